"""What the embedded stack takes on real input: to import and publish 1,442 models, then its memory, and idle.

`python -m bench.stack` measures this alone. It takes some minutes: most of them are publications.
"""

import asyncio
import math
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from bench.commits import committed, rate
from bench.figures import Figure, Floor, at_most
from kernel.logging import configure_logging
from kernel.settings import LogSettings
from platform_app.importing.run import AT_A_TIME
from platform_app.processes import Processes
from tests.real_input.importing import NAME, imported
from tests.real_input.run import SAMPLE, pids_of
from tests.real_input.usage import Step, Usage
from tests.worlds import World, world_of

RESIDENT = 200.0
"""Meant: the most MB of the one process of ours after the import."""
IDLE = 3.0
"""Meant: the most per cent of a core that the whole stack takes when nobody asks for anything."""
_SECONDS, _ALONE = 60.0, 30.0
"""For how long the stack is looked at while it is idle, and its servers alone."""
_SETTLING = 10.0
"""Seconds that a stack gets after its start, and its servers after ours was stopped."""
_LAP, _MOST_LAPS, _LEAST_FALL = 30.0, 10, 0.1
"""Seconds in which the stack is looked at until it has come to rest, how often at most, and which part of its
CPU must be gone since the look before, for it to be on its way there."""
_OURS = "platform"
_LIBRARIES = (
    *("fastapi", "uvicorn", "uvloop", "httptools", "pydantic_settings", "dependency_injector.providers"),
    *("sqlalchemy.ext.asyncio", "asyncpg", "alembic.command", "pymongo", "httpx", "keycloak", "jwt"),
    *("opentelemetry.sdk.trace", "prometheus_client", "structlog", "lxml.etree", "argon2"),
)
"""What the one process of ours is built on, and cannot be smaller than."""


@dataclass(frozen=True)
class Taken:
    """What the stack took: after its start, for each part of the import, and idle, in whole and its servers.

    `commits` are those of the import, `rate` is how many a second asyncpg alone does there, and `libraries`
    the MB of a process that has loaded what ours is built on.
    """

    start: Step
    imports: Sequence[Step]
    idle: Step
    servers: Step
    commits: int
    rate: float
    libraries: float

    @property
    def seconds(self) -> float:
        """Of the whole import."""
        return sum(one.seconds for one in self.imports)


def measured(world: World) -> Taken:
    """Import, and look at the stack; its process of ours is stopped in the end."""
    url = world.database("offering")
    with Usage(pids_of(world)) as usage:
        time.sleep(_SETTLING)
        start = usage.lap("start", 0)
        begun = asyncio.run(committed(url))
        usage.lap("before the import", 0)
        imported(world, SAMPLE, usage, "import")
        imports = usage.steps[2:]
        commits = asyncio.run(committed(url)) - begun
        settle(usage)
        time.sleep(_SECONDS)
        idle = usage.lap("idle", 0)
        Processes(world.home).stop(_OURS)
        floor = asyncio.run(rate(url, AT_A_TIME))
        time.sleep(_SETTLING)
        usage.lap("the floor of the import", 0)
        time.sleep(_ALONE)
        servers = usage.lap("servers alone", 0)
    return Taken(start, imports, idle, servers, commits, floor, libraries())


def settle(usage: Usage) -> None:
    """Wait until what the import has left to do is done: the steps of each publication are kept behind it.

    That takes minutes. A stack whose CPU goes on falling is measured as it is then.
    """
    before = math.inf
    for _ in range(_MOST_LAPS):
        time.sleep(_LAP)
        taken = sum(per_cent(usage.lap("settling", 0)).values())
        if taken >= before * (1 - _LEAST_FALL):
            return
        before = taken


def libraries() -> float:
    """MB of a process that has loaded the libraries of ours, and does nothing."""
    told = f"import {', '.join(_LIBRARIES)}, psutil; print(psutil.Process().memory_info().rss / 1e6)"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    return float(done.stdout)


def per_cent(step: Step) -> Mapping[str, float]:
    """By process, how much of a core it took."""
    return {name: seconds / step.seconds * 100 for name, seconds in step.cpu.items() if name != NAME}


def _importing(taken: Taken) -> Iterator[Figure]:
    """An import is written by the services' own use cases, each row at least one commit."""
    for step in taken.imports:
        kind = step.name.rpartition(" ")[2]
        if kind in ("prices", "offerings", "publications"):
            yield Figure(
                part="import",
                what=f"{step.count:,} {kind}",
                value=step.count / step.seconds,
                unit="/s",
                floor=None
                if kind == "publications"
                else Floor(f"a row a commit, {AT_A_TIME} at a time, by asyncpg", taken.rate),
            )
    yield Figure(
        part="import",
        what="all of it, published",
        value=taken.seconds,
        unit="s",
        floor=Floor(
            f"its {taken.commits:,} commits, {AT_A_TIME} at a time, by asyncpg", taken.commits / taken.rate
        ),
    )


def _memory(taken: Taken) -> Iterator[Figure]:
    """Memory that processes of a server share is counted once."""
    yield Figure(
        part="memory",
        what=f"{_OURS} after the import, resident",
        value=taken.idle.end[_OURS],
        unit="MB",
        floor=Floor("a process with the same libraries", taken.libraries),
        budgets=(at_most(RESIDENT),),
    )
    for name in taken.idle.fair:
        if name not in (_OURS, NAME):
            yield Figure(
                part="memory",
                what=f"{name} after the import, what is shared once",
                value=taken.idle.fair[name],
                unit="MB",
                floor=Floor("after its start", taken.start.fair[name]),
            )


def _idle(taken: Taken) -> Iterator[Figure]:
    whole, servers = per_cent(taken.idle), per_cent(taken.servers)
    yield Figure(
        part="idle",
        what=f"CPU of the whole stack, {_SECONDS:.0f} s, of one core",
        value=sum(whole.values()),
        unit="%",
        floor=Floor("its servers, without us", sum(one for name, one in servers.items() if name != _OURS)),
        budgets=(at_most(IDLE),),
    )
    for name, value in sorted(whole.items(), key=lambda one: -one[1]):
        yield Figure(
            part="idle",
            what=f"CPU of {name}",
            value=value,
            unit="%",
            floor=None if name == _OURS else Floor("the same, without us", servers.get(name, 0.0)),
        )


def _table(taken: Taken) -> Table:
    table = Table("step of the import", "things", "s", "a second", "CPU s of ours", "peak MB of ours")
    for step in taken.imports:
        a_second = f"{step.count / step.seconds:,.0f}" if step.count else ""
        cpu, peak = f"{step.cpu[_OURS]:.1f}", f"{step.peak[_OURS]:.0f}"
        table.add_row(step.name, f"{step.count or ''}", f"{step.seconds:.1f}", a_second, cpu, peak)
    return table


def main(console: Console) -> Sequence[Figure]:
    """Print the table; returns its figures, and those of memory and idle CPU."""
    with world_of("embedded") as world:
        taken = measured(world)
    console.print(_table(taken))
    return [*_importing(taken), *_memory(taken), *_idle(taken)]


if __name__ == "__main__":
    from bench.keeping import table

    configure_logging("bench", LogSettings(log_level="error"))
    out = Console()
    out.print(table(main(out)))
