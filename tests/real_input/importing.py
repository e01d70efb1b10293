"""The command `catalog import`, watched: each kind of row is a step of its own."""

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.real_input.usage import Usage
from tests.worlds import World

NAME = "catalog import"
"""What its process is called among those of the stack."""
_DONE = re.compile(r"(\w+): (\d+) of (\d+), \d+/s")


def imported(world: World, file: Path, usage: Usage, called: str) -> tuple[int, str]:
    """Import a file, publishing what its rows say; returns the command's status and what it said at its end.

    A step is told to `usage` when a kind of row is done, as far as the command says so, named `called: KIND`.
    """
    command = ["catalog", "import", str(file)]
    with subprocess.Popen(
        command, env=world.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        usage.add(NAME, process.pid)
        assert process.stdout is not None
        assert process.stderr is not None
        said: list[str] = []
        for kind, count in _kinds(process.stderr, said.append):
            usage.lap(f"{called}: {kind}s", count)
        told = process.stdout.read()
    usage.lap(f"{called}: the end", 0)
    return process.returncode, told if not process.returncode else f"{told}\n{''.join(said)}"


def _kinds(lines: Iterator[str], note: Callable[[str], None]) -> Iterator[tuple[str, int]]:
    """Each kind when all of its rows are done; it may be said twice."""
    last = ""
    for line in lines:
        note(line)
        if (found := _DONE.match(line)) and found[2] == found[3] and found[1] != last:
            last = found[1]
            yield last, int(found[2])
