"""A pytest plugin that writes down how each scenario ended.

`python -m pytest -p features.recording --record FILE features` leaves a JSON list in FILE. `features.roadmap`
reads it: it is the one who runs the features so.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import pytest

State = Literal["passed", "failed", "skipped"]
_MODULE = re.compile(r"(?:^|/)test_(\d\d)_\w+\.py")  # the number of a feature is that of its phase


def phase_of(name: str) -> int | None:
    """The roadmap phase of a test, or of a module with tests; None when it belongs to none."""
    found = _MODULE.search(name)
    return int(found[1]) if found else None


@dataclass(frozen=True)
class Outcome:
    """How a scenario ended. The seconds are those of its steps and of what was set up for it."""

    phase: int
    scenario: str
    state: State
    seconds: float


class Recorder:
    """Gathers what pytest reports of the features, and writes it to `file` when the run is over."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._found: dict[str, Outcome] = {}

    @property
    def outcomes(self) -> list[Outcome]:
        """What is known so far."""
        return list(self._found.values())

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Setup, steps and teardown are reported one after the other: the worst of them counts."""
        self._note(report.nodeid, report.outcome, report.duration)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A module that cannot be read has failed: its scenarios are not even known."""
        if report.failed:
            self._note(report.nodeid, "failed", 0.0)

    def pytest_sessionfinish(self) -> None:
        """Write it down."""
        self._file.write_text(json.dumps([asdict(one) for one in self.outcomes], indent=1))

    def _note(self, id: str, state: State, seconds: float) -> None:
        if (phase := phase_of(id)) is None:
            return
        before = self._found.get(id)
        if before is not None:
            state = max(before.state, state, key=("passed", "skipped", "failed").index)
            seconds += before.seconds
        self._found[id] = Outcome(phase, id, state, seconds)


def recorded(file: Path) -> Iterable[Outcome]:
    """What a run has written down; nothing when it has not come to its end."""
    return [Outcome(**one) for one in json.loads(file.read_text())] if file.exists() else []


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where to write."""
    parser.addoption("--record", type=Path, required=True, help="The file to write the outcomes to.")


def pytest_configure(config: pytest.Config) -> None:
    """Record this run."""
    config.pluginmanager.register(Recorder(config.getoption("--record")))
