"""`make soak`: the promises that a long run is for, at full size, and a report of them.

The report has the ledger's five counts for each promise, which must all be 0, what was done to the platform
meanwhile, the seed and the machine.
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

from tests.resilience.harness.checker import COUNTS
from tests.resilience.harness.sizes import chosen_seed
from tests.resilience.harness.telling import REPORT, Told, told_in

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
PROMISES = (1, 9, 14, 19, 22, 25, 27)
"""Nothing is lost, order, poison, restarts, publishing, rebuilding, traces."""


@dataclass(frozen=True)
class Run:
    """What was run, what it has told, with which status pytest has ended, and whether somebody stopped it."""

    size: str
    seed: int
    at: datetime
    seconds: float
    told: Sequence[Told]
    status: int
    broken_off: bool = False

    @property
    def clean(self) -> bool:
        """Whether something has run, all of it has passed, and each promise has a ledger of zeros."""
        ledgers = [one for one in self.told if one.ledger]
        without = {one.promise for one in self.told} - {one.promise for one in ledgers}
        return self.status == 0 and bool(ledgers) and not without and self._nothing_found

    @property
    def verdict(self) -> str:
        """What is to be said of it. A run that was broken off may not have come to a promise's ledger."""
        if self.broken_off and self._nothing_found:
            return f"broken off, {len(self.told)} passed until then"
        return "all kept" if self.clean else "NOT all kept"

    @property
    def _nothing_found(self) -> bool:
        zeros = all(one.counts[name] == 0 for one in self.told if one.ledger for name in COUNTS)
        return zeros and all(one.outcome == "passed" for one in self.told)


def modules(promises: Iterable[int]) -> list[str]:
    """The files with the tests of these promises."""
    return [str(file) for one in promises for file in sorted(FOLDER.glob(f"test_p{one:02}_*.py"))]


def run(size: str, seed: int, promises: Iterable[int], more: Sequence[str]) -> Run:
    """Run the tests; pytest tells meanwhile what it is at. `more` is for pytest."""
    at, begin = datetime.now(UTC), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "told.json"
        env = {"RESILIENCE_SIZE": size, "RESILIENCE_SEED": str(seed), REPORT: str(file)}
        command = [sys.executable, "-m", "pytest", "-m", "real", "-v", *modules(promises), *more]
        broken_off = False
        with subprocess.Popen(command, cwd=ROOT, env={**os.environ, **env}) as tests:
            while tests.returncode is None:
                try:
                    tests.wait()
                except KeyboardInterrupt:  # pytest has it, too, and puts away what it has started
                    broken_off = True
        told = list(told_in(file))
        return Run(size, seed, at, time.monotonic() - begin, told, tests.returncode, broken_off)


def machine() -> str:
    """What the figures were measured on."""
    memory = psutil.virtual_memory().total / 2**30
    system = f"{platform.system()} {platform.machine()}"
    return f"{system}, {psutil.cpu_count()} cores, {memory:.0f} GB, Python {platform.python_version()}"


def report(done: Run) -> str:
    """The report, as Markdown."""
    titles = ("promise", "test", "result", "seconds", "kills", *COUNTS)
    rows = [
        (f"P{one.promise}", one.test, one.outcome, f"{one.seconds:.0f}", *_counted(one)) for one in done.told
    ]
    table = [titles, ("---",) * len(titles), *rows]
    lines = [f"P{one.promise} {one.test}: {line}" for one in done.told for line in one.lines]
    return "\n".join(
        [
            f"# Promises at {done.size} size: {done.verdict}",
            "",
            f"{done.at:%Y-%m-%d %H:%M} UTC, {done.seconds:.0f} s, seed {done.seed}. {machine()}.",
            "",
            *(f"| {' | '.join(row)} |" for row in table),
            "",
            "What the runs were good for:",
            "",
            "```",
            *lines,
            "```",
            "",
        ]
    )


def _counted(one: Told) -> Sequence[str]:
    """The kills and the ledger's counts; nothing where a test keeps no ledger."""
    counts = one.counts
    names = ("kills", *COUNTS) if one.ledger else ("kills",)
    cells = [str(counts.get(name, "")) for name in names]
    return cells + [""] * (1 + len(COUNTS) - len(cells))


def main() -> int:
    """The command; 1 unless every promise is kept."""
    parser = argparse.ArgumentParser(
        prog="make soak", description=__doc__, epilog="Everything else is for pytest."
    )
    parser.add_argument("--size", choices=["soak", "smoke"], default="soak")
    parser.add_argument("--promise", type=int, choices=PROMISES, action="append", help="may be said twice")
    parser.add_argument("--report", type=Path, default=ROOT / "bench" / "results" / "soak.md")
    asked, more = parser.parse_known_args()
    done = run(asked.size, chosen_seed(), asked.promise or PROMISES, more)
    file = asked.report.with_suffix(".broken-off.md") if done.broken_off else asked.report
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(report(done), encoding="utf-8")
    sys.stdout.write(f"{done.verdict}: {file}\n")
    return 0 if done.clean else 1


if __name__ == "__main__":
    sys.exit(main())
