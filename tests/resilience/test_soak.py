"""The report of a long run says what its tests have printed, and that all is kept only when it is."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.resilience.harness.checker import COUNTS, Verdict
from tests.resilience.harness.telling import REPORT, Tellings, Told, told_in
from tests.resilience.soak import PROMISES, Run, modules, report

CLEAN = Verdict([], [], [], [], []).line(7)
KEPT = Told(1, "test_nothing", "passed", 61.0, [f"{CLEAN} operations=40 kills=3"])


def run(*told: Told, status: int = 0) -> Run:
    return Run("soak", 7, datetime(2026, 1, 2, 3, 4, tzinfo=UTC), 70.0, told, status)


def test_what_a_test_prints_is_gathered_and_written_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tellings, file = Tellings(), tmp_path / "told.json"
    monkeypatch.setenv(REPORT, str(file))
    id, said = "tests/resilience/test_p01_nothing_lost.py::test_nothing", f"seed=7\n{KEPT.lines[0]}\n"
    for name, when in ((id, "setup"), (id, "call"), (id, "teardown"), ("tests/test_other.py::test", "call")):
        printed = [("Captured stdout call", said)]
        report = pytest.TestReport(name, ("", 1, ""), {}, "passed", None, when, printed, duration=61.0)  # type: ignore[arg-type]
        tellings.pytest_runtest_logreport(report)
    assert list(told_in(file)) == tellings.all == [KEPT]
    assert KEPT.ledger == KEPT.lines
    assert KEPT.counts == {"seed": 7, **dict.fromkeys(COUNTS, 0), "operations": 40, "kills": 3}


def test_the_report_has_a_line_for_each_promise() -> None:
    text = report(
        run(KEPT, replace(KEPT, test="test_nobody_waits", seconds=9.0, lines=["up: 160 p50=2.0ms"]))
    )
    assert text.startswith("# Promises at soak size: all kept\n\n2026-01-02 03:04 UTC, 70 s, seed 7. ")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line[:1] == "|"]
    assert rows[0] == ["promise", "test", "result", "seconds", "kills", *COUNTS]
    assert rows[2:] == [
        ["P1", "test_nothing", "passed", "61", "3", "0", "0", "0", "0", "0"],
        ["P1", "test_nobody_waits", "passed", "9", "", "", "", "", "", ""],
    ]


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ([], 5),
        ([KEPT, replace(KEPT, promise=9, lines=[])], 0),
        ([replace(KEPT, outcome="failed")], 1),
        ([KEPT], 2),
        ([replace(KEPT, lines=[CLEAN.replace("lost=0", "lost=1")])], 0),
    ],
    ids=[
        "nothing has run",
        "one has no ledger",
        "a test has failed",
        "one was not read",
        "something is lost",
    ],
)
def test_it_does_not_say_that_all_is_kept_when(told: list[Told], status: int) -> None:
    assert report(run(*told, status=status)).startswith("# Promises at soak size: NOT all kept")


def test_a_run_that_was_broken_off_says_so_and_what_was_done_until_then() -> None:
    text = report(replace(run(KEPT, status=2), broken_off=True))
    assert text.startswith("# Promises at soak size: broken off, 1 passed until then\n")
    assert "| P1 | test_nothing | passed |" in text


@pytest.mark.parametrize(
    "told", [replace(KEPT, outcome="failed"), replace(KEPT, lines=[CLEAN.replace("lost=0", "lost=1")])]
)
def test_a_run_that_was_broken_off_hides_nothing(told: Told) -> None:
    text = report(replace(run(KEPT, told, status=2), broken_off=True))
    assert text.startswith("# Promises at soak size: NOT all kept")


def test_all_promises_that_a_long_run_is_for_have_a_test() -> None:
    assert len(modules(PROMISES)) == len(PROMISES)
