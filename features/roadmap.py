"""`make roadmap`: run the features, and print a line for each phase of the roadmap.

A phase has the number of its feature file, and says what that proves: nothing is written twice. Its scenarios
run in each world that is asked for; those with a browser only in the embedded one, which has the pages.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from features.recording import Outcome, phase_of, recorded
from platform_app.console import out

FEATURES = Path(__file__).parent
WORLDS = ("embedded", "real")


@dataclass(frozen=True)
class Phase:
    """A phase of the roadmap, as its feature file tells of it."""

    number: int
    title: str
    in_browser: bool


def phases(folder: Path = FEATURES) -> list[Phase]:
    """All of them, in their order. Raises ValueError for a feature file without a title."""
    found = []
    for module in sorted(folder.glob("test_[0-9][0-9]_*.py")):
        number = phase_of(module.name)
        assert number is not None, module
        feature = folder / f"{module.stem.removeprefix('test_')}.feature"
        first = feature.read_text(encoding="utf-8").partition("\n")[0]
        if not first.startswith("Feature: "):
            raise ValueError(f"{feature.name} begins without its title")
        in_browser = "pytest.mark.browser" in module.read_text(encoding="utf-8")
        found.append(Phase(number, first.removeprefix("Feature: "), in_browser))
    return found


@dataclass(frozen=True)
class Result:
    """How the scenarios of a phase ended in a world."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> "Result":
        """The counts, and the sum of the seconds."""
        states = [(one.state, one.seconds) for one in outcomes]
        names = [state for state, _ in states]
        seconds = sum(seconds for _, seconds in states)
        return cls(names.count("passed"), names.count("failed"), names.count("skipped"), seconds)

    @property
    def green(self) -> bool:
        """Whether something has run, and all of it has passed."""
        return self.passed > 0 and self.failed == 0 and self.skipped == 0

    def __str__(self) -> str:
        counts = {"failed": self.failed, "skipped": self.skipped, "passed": self.passed}
        told = ", ".join(f"{count} {state}" for state, count in counts.items() if count)
        if not told:
            return "[red]not run[/]"
        return f"[{'green' if self.green else 'red'}]{told}[/] in {self.seconds:.1f} s"


Cell = Result | str
"""What is told of a phase in a world: how it ended, or why it was not run there."""


def run(world: str, marked: str, folder: Path) -> list[Outcome]:
    """Run the features with these marks in a world; pytest tells meanwhile what it is at."""
    file = folder / "outcomes.json"
    file.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-p", "features.recording", "--record", str(file)]
    subprocess.run([*command, "features", "--world", world, "-m", marked], cwd=FEATURES.parent, check=False)
    return list(recorded(file))


def results(world: str, wanted: Sequence[Phase], *, browser: bool) -> Mapping[int, Cell]:
    """How the phases end in a world, by number; `browser` says whether there is one."""
    with tempfile.TemporaryDirectory() as folder:
        outcomes = run(world, f"not browser{' and not real' * (world == 'embedded')}", Path(folder))
        if browser and world == "embedded":
            outcomes += run(world, "browser", Path(folder))
    found: dict[int, Cell] = {}
    for phase in wanted:
        if phase.in_browser and world != "embedded":
            found[phase.number] = "the pages are driven in the embedded world"
        elif phase.in_browser and not browser:
            found[phase.number] = "[yellow]not run: no Chromium[/]"
        else:
            found[phase.number] = Result.of(one for one in outcomes if one.phase == phase.number)
    return found


def show(wanted: Sequence[Phase], found: Mapping[str, Mapping[int, Cell]], console: Console = out) -> bool:
    """Print the table, with a column for each world; returns whether nothing is red."""
    table = Table("phase", "proves", *found, box=SIMPLE)
    for phase in wanted:
        cells = [str(of_world[phase.number]) for of_world in found.values()]
        table.add_row(str(phase.number), phase.title, *cells)
    console.print(table)
    told = [cell for of_world in found.values() for cell in of_world.values()]
    return all(cell.green for cell in told if isinstance(cell, Result))


def main() -> int:
    """The command; 1 when a phase is red."""
    parser = argparse.ArgumentParser(prog="make roadmap", description=__doc__)
    parser.add_argument(
        "--world", choices=WORLDS, action="append", help="may be said twice; default: embedded"
    )
    worlds = dict.fromkeys(parser.parse_args().world or ["embedded"])
    wanted = phases()
    found = {world: results(world, wanted, browser=_has_browser()) for world in worlds}
    return 0 if show(wanted, found) else 1


def _has_browser() -> bool:
    from tests.browser import has_chromium  # takes half a second

    return has_chromium()


if __name__ == "__main__":
    sys.exit(main())
