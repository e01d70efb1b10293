"""`make bench`: everything in one run on one machine, and its figures kept in `bench/results`."""

import argparse
import sys
import time
from pathlib import Path

from rich.console import Console

from bench import (
    chassis,
    gateway,
    keeping,
    pages,
    publishing,
    reading,
    relaying,
    stack,
    store,
    tracing,
    writing,
)
from bench.figures import Figure
from bench.machine import kind, machine, versions
from kernel.logging import configure_logging
from kernel.settings import LogSettings

PARTS = {
    one.__name__.removeprefix("bench."): one
    for one in (writing, reading, store, publishing, stack, gateway, relaying, chassis, tracing, pages)
}
"""In the order of the last table."""
ASKED_FOR = frozenset({"pages"})
"""Not in a whole run: they need Chromium, and npm's packages."""
RESULTS = Path(__file__).parent / "results"


def main() -> int:
    """Print a table of each part, and all figures in one; returns the status to exit with."""
    asked = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    asked.add_argument("parts", nargs="*", metavar="PART", help=f"only some of: {', '.join(PARTS)}")
    asked.add_argument("--name", default=kind(), help="of the files that keep a whole run: %(default)s")
    given = asked.parse_args()
    if unknown := {*given.parts} - PARTS.keys():
        asked.error(f"there is no part {', '.join(sorted(unknown))}")
    configure_logging("bench", LogSettings(log_level="error"))
    console = Console(width=None if sys.stdout.isatty() else 160, highlight=False)
    console.print(", ".join([*machine().values(), f"Python {versions()['Python']}"]))
    began, figures, failed = time.monotonic(), list[Figure](), list[str]()
    for name in given.parts or [one for one in PARTS if one not in ASKED_FOR]:
        begun = time.monotonic()
        try:
            figures += PARTS[name].main(console)
        except Exception:  # what the others have measured is not lost
            console.print_exception(max_frames=5)
            failed.append(name)
        console.print(f"[dim]{name}: {time.monotonic() - begun:.0f} s[/]")
    console.print(keeping.table(figures))
    if failed:
        console.print(f"[red]Not measured: {', '.join(failed)}. Nothing is kept of this run.[/]")
        return 1
    if not given.parts:
        keeping.keep(figures, RESULTS, given.name, time.monotonic() - began)
    return 0


if __name__ == "__main__":
    sys.exit(main())
