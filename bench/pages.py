"""How soon the pages are there, as Lighthouse simulates it: the store on a phone, a grid on a desktop.

`python -m bench.pages HOME` looks at the embedded stack that is up in this CATALOG_HOME, else one is started.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import httpx
from rich.console import Console
from rich.table import Table

from bench.figures import Figure, at_least, at_most
from bench.stack import settle
from tests.lighthouse import Found, look
from tests.real_input.run import pids_of
from tests.real_input.usage import Usage
from tests.worlds import World, running, world_of

_ROUNDS = 3
PERFORMANCE, LARGEST, BLOCKED, SHIFT = 0.92, 2.8, 150, 0.02
"""Meant: the least mark, the most seconds until the largest part is there and milliseconds without an ear
(both on a phone), and how much may move."""


def _session(world: World) -> tuple[str, str]:
    """Where the web application is, and the cookie of a reader."""
    address = world.link("web application")
    login = {"username": "reader", "password": world.passwords["reader"]}
    answer = httpx.post(
        f"{address}/session/login", json=login, headers={"origin": address}, timeout=30, trust_env=False
    )
    answer.raise_for_status()
    return address, "; ".join(f"{name}={value}" for name, value in answer.cookies.items())


def looks(world: World) -> dict[str, list[Found]]:
    """What each round has found, in turns, so that what else the machine does meets all alike."""
    found: dict[str, list[Found]] = {"store, phone": [], "grid of offerings, desktop": []}
    phone, desktop = found.values()
    for _ in range(_ROUNDS):
        address, cookie = _session(world)
        phone.append(look(f"{address}/store"))
        desktop.append(look(f"{address}/viewer/offerings", desktop=True, cookie=cookie))
    return found


def main(console: Console, home: Path | None = None) -> Sequence[Figure]:
    """Print the table; returns its figures."""
    with ExitStack() as stack:
        if home:
            world = stack.enter_context(running(home))
        else:
            world = stack.enter_context(world_of("embedded", web=True))
            world.catalog("sample", "telecom")
        with Usage(pids_of(world)) as usage:
            settle(usage)  # what the stack still does with the sample would be taken for the pages' time
        found = looks(world)
    table = Table("page", "performance", "largest part, s", "blocked, ms", "moved", "performance, all rounds")
    for name, rounds in found.items():
        table.add_row(
            name,
            f"{median(one.performance for one in rounds):.2f}",
            f"{median(one.largest for one in rounds) / 1000:.2f}",
            f"{median(one.blocked for one in rounds):.0f}",
            f"{median(one.shift for one in rounds):.3f}",
            ", ".join(f"{one.performance:.2f}" for one in rounds),
        )
    table.add_row(
        "meant", f">= {PERFORMANCE}", f"<= {LARGEST} (phone)", f"<= {BLOCKED} (phone)", f"<= {SHIFT}"
    )
    console.print(table)
    return [*_figures(found)]


def _figures(found: dict[str, list[Found]]) -> Iterator[Figure]:
    """Lighthouse has no floor: what it simulates is the same on every machine."""
    for name, rounds in found.items():
        yield Figure(
            part="pages",
            what=f"{name}, Lighthouse's mark",
            value=median(one.performance for one in rounds),
            unit="",
            budgets=(at_least(PERFORMANCE),),
        )
    phone = next(iter(found.values()))
    yield Figure(
        part="pages",
        what="store, phone, until the largest part is there",
        value=median(one.largest for one in phone) / 1000,
        unit="s",
        budgets=(at_most(LARGEST),),
    )


if __name__ == "__main__":
    main(Console(), *map(Path, sys.argv[1:2]))
