"""What `make roadmap` tells of the features is what has happened to them."""

from io import StringIO
from pathlib import Path
from typing import Literal

import pytest
from rich.console import Console

from features.recording import Outcome, Recorder, recorded
from features.roadmap import Cell, Phase, Result, phases, show
from tests.architecture.contracts import ROOT

STORE = "features/test_09_store.py"


def reported(
    id: str, when: Literal["setup", "call", "teardown"], outcome: Literal["passed", "failed", "skipped"]
) -> pytest.TestReport:
    """What pytest reports, half a second each."""
    return pytest.TestReport(id, (STORE, 1, "one"), {}, outcome, None, when, duration=0.5)


def test_the_worst_that_happens_to_a_scenario_counts(tmp_path: Path) -> None:
    file = tmp_path / "outcomes.json"
    recorder = Recorder(file)
    good, bad, left_out = (f"{STORE}::{name}" for name in ("good", "bad", "left_out"))
    for id in (good, bad):
        recorder.pytest_runtest_logreport(reported(id, "setup", "passed"))
        recorder.pytest_runtest_logreport(reported(id, "call", "passed"))
    recorder.pytest_runtest_logreport(reported(good, "teardown", "passed"))
    recorder.pytest_runtest_logreport(reported(bad, "teardown", "failed"))
    recorder.pytest_runtest_logreport(reported(left_out, "setup", "skipped"))
    recorder.pytest_runtest_logreport(reported("tests/test_other.py::no_scenario", "call", "failed"))
    broken = pytest.CollectReport("features/test_10_gateway.py", "failed", "SyntaxError", None)
    recorder.pytest_collectreport(broken)
    recorder.pytest_sessionfinish()
    assert list(recorded(file)) == [
        Outcome(9, good, "passed", 1.5),
        Outcome(9, bad, "failed", 1.5),
        Outcome(9, left_out, "skipped", 0.5),
        Outcome(10, "features/test_10_gateway.py", "failed", 0.0),
    ]


def test_a_run_that_has_not_ended_has_no_outcomes(tmp_path: Path) -> None:
    assert list(recorded(tmp_path / "outcomes.json")) == []


PASSED = Outcome(1, "one", "passed", 1.25)


@pytest.mark.parametrize(
    ("cell", "told", "green"),
    [
        (Result.of([PASSED, PASSED]), "2 passed in 2.5 s", True),
        (Result.of([PASSED, Outcome(1, "two", "failed", 0.0)]), "1 failed, 1 passed in 1.2 s", False),
        (Result.of([PASSED, Outcome(1, "two", "skipped", 0.0)]), "1 skipped, 1 passed in 1.2 s", False),
        (Result.of([]), "not run", False),
        ("[yellow]not run: no Chromium[/]", "not run: no Chromium", True),
    ],
)
def test_a_phase_is_a_line_and_red_unless_all_of_it_has_passed(cell: Cell, told: str, green: bool) -> None:
    console = Console(width=100, record=True, file=StringIO())
    phase = Phase(7, "Prices", in_browser=False)
    assert show([phase], {"embedded": {7: cell}, "real": {7: Result.of([PASSED])}}, console) is green
    (line,) = [line for line in console.export_text().splitlines() if "Prices" in line]
    assert " ".join(line.split()) == f"7 Prices {told} 1 passed in 1.2 s"


def test_each_feature_is_a_phase_of_the_roadmap_and_says_what_the_feature_file_says() -> None:
    found = phases()
    assert [one.number for one in found] == list(range(1, len(found) + 1))
    assert [one.number for one in found if one.in_browser] == [13, 14, 15]
    told = {one.title for one in found}
    files = sorted((ROOT / "features").glob("*.feature"))
    assert told == {file.read_text().splitlines()[0].removeprefix("Feature: ") for file in files}
