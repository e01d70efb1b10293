"""What the promises print of a run, which pytest would keep to itself: gathered, and told in the end.

A line of the ledger is what `checker.Verdict.line` makes. `RESILIENCE_REPORT` names a file to which all of it
is written as JSON; `soak.py` makes its report of that.
"""

import json
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from tests.resilience.harness.checker import COUNTS

REPORT = "RESILIENCE_REPORT"
_PROMISE = re.compile(r"resilience/test_p(\d\d)_\w+\.py::(\w+)")
_COUNT = re.compile(r"\b([a-z_]+)=(\d+)\b")


@dataclass(frozen=True)
class Told:
    """How the test of a promise ended, after how many seconds, and what it has printed."""

    promise: int
    test: str
    outcome: str
    seconds: float
    lines: Sequence[str]

    @property
    def counts(self) -> dict[str, int]:
        """Whatever its lines count, by name."""
        return {name: int(count) for line in self.lines for name, count in _COUNT.findall(line)}

    @property
    def ledger(self) -> Sequence[str]:
        """Its lines of the ledger: with all five counts."""
        return [line for line in self.lines if all(f"{name}=" in line for name in COUNTS)]


class Tellings:
    """Gathers what is told; a plugin of pytest."""

    def __init__(self) -> None:
        self.all: list[Told] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """What a test has printed comes with the report of its call; what cannot be set up counts, too."""
        found = _PROMISE.search(report.nodeid)
        if found is None or (report.when != "call" and not report.failed):
            return
        lines = [line for line in report.capstdout.splitlines() if " " in line]  # not the seed alone
        self.all.append(Told(int(found[1]), found[2], report.outcome, report.duration, lines))
        self._write()

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """The ledger's lines."""
        lines = [(one, line) for one in self.all for line in one.ledger]
        if lines:
            terminalreporter.section("ledger")
        for one, line in lines:
            terminalreporter.line(f"P{one.promise} {one.test}: {line}")

    def _write(self) -> None:
        """After each test: a run of hours may be broken off."""
        if file := os.environ.get(REPORT):
            Path(file).write_text(json.dumps([asdict(one) for one in self.all], indent=1), encoding="utf-8")


def told_in(file: Path) -> Iterable[Told]:
    """What a run has written down; nothing when it has not come to the end of a test."""
    return [Told(**one) for one in json.loads(file.read_text(encoding="utf-8"))] if file.exists() else []
