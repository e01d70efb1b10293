"""`python -m tests.real_input [embedded] [native] [--keep FOLDER]`: the run on each stack."""

import argparse
import sys
from pathlib import Path

from rich.console import Console

from tests.real_input.report import keep, machine, show
from tests.real_input.run import run
from tests.worlds import world_of


def main() -> int:
    """Run, print, keep; returns the status to exit with."""
    asked = argparse.ArgumentParser(prog="python -m tests.real_input", description=__doc__)
    asked.add_argument("stacks", nargs="*", choices=("embedded", "native"), default=["embedded", "native"])
    asked.add_argument("--keep", type=Path, metavar="FOLDER", help="write Markdown and JSON there, too")
    given = asked.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 160, highlight=False)
    console.print(machine())
    clean = True
    for stack in given.stacks:
        with world_of(stack) as world:
            outcome = run(world)
        show(outcome, console)
        if given.keep:
            keep(outcome, given.keep)
        clean = clean and outcome.clean
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main())
