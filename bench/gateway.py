"""What the gateway costs: a request through it, beside one past it and one through the least proxy."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import astuple, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from bench.figures import Figure, Floor, at_least, at_most
from bench.load import Measured, get, measure
from bench.processes import Servers

ADDED, SHARE = 0.6, 0.5
"""Meant: the most milliseconds that the gateway adds for one client, its least share of the floor's rate."""
_ROUNDS, _ALONE, _TOGETHER = 4, 1000, 3000


@dataclass(frozen=True)
class Both:
    """One client at a time, and sixteen."""

    alone: Measured
    together: Measured


def _measured(asked: Mapping[str, tuple[int, int, str]]) -> dict[str, Both]:
    """Measure in turns, given port, pid and path, so that what else the machine does meets all alike."""
    rounds: list[dict[str, Both]] = [
        {
            what: Both(
                asyncio.run(measure(port, get(path), pid, count=_ALONE, connections=1)),
                asyncio.run(measure(port, get(path), pid, count=_TOGETHER)),
            )
            for what, (port, pid, path) in asked.items()
        }
        for _ in range(_ROUNDS)
    ]
    return {
        what: Both(
            _middle([one[what].alone for one in rounds]), _middle([one[what].together for one in rounds])
        )
        for what in asked
    }


def _middle(every: Sequence[Measured]) -> Measured:
    return Measured(*(median(figures) for figures in zip(*map(astuple, every), strict=True)))


def over_http(servers: Servers) -> dict[str, Both]:
    """The upstream by itself, behind the least proxy, and behind the gateway."""
    with ExitStack() as stack:
        upstream, pid = servers.start(stack, "upstream")
        base = f"http://127.0.0.1:{upstream}"
        addresses = json.dumps({"offering": base})
        return _measured(
            {
                "the service itself": (upstream, pid, "/offerings/1"),
                "floor: aiohttp under ASGI": (*servers.start(stack, "proxy", base), "/offerings/1"),
                "gateway": (
                    *servers.start(stack, "gateway", "http://issuer.invalid", addresses),
                    "/api/offerings/1",
                ),
            }
        )


def in_one_process(servers: Servers) -> dict[str, Both]:
    """A service with our chassis that is mounted in the gateway."""
    with ExitStack() as stack:
        return _measured(
            {
                what: (*servers.start(stack, "mounted", "http://issuer.invalid", how), "/api/offerings/1")
                for how, what in (
                    ("around", "mounted, its chassis only"),
                    ("through", "mounted, both chassis"),
                )
            }
        )


def main(console: Console) -> Sequence[Figure]:
    """Print the tables; returns their figures."""
    with TemporaryDirectory() as folder:
        proxied, mounted = over_http(Servers(Path(folder))), in_one_process(Servers(Path(folder)))
    table = Table("what", "p50 ms, 1 client", "requests/s, 16 clients", "its CPU us/request")
    for what, one in {**proxied, **mounted}.items():
        table.add_row(what, f"{one.alone.median:.2f}", f"{one.together.rate:,.0f}", f"{one.together.cpu:.0f}")
    console.print(table)
    itself, floor, ours = proxied.values()
    added = ours.alone.median - itself.alone.median
    console.print(f"the gateway adds {added:.2f} ms for one client (meant: at most {ADDED})")
    share = ours.together.rate / floor.together.rate
    console.print(f"it has {share:.2f} of the floor's rate (meant: at least {SHARE})")
    by_cpu = (
        floor.together.cpu / ours.together.cpu
    )  # a busy machine slows both down, and brings the rates closer
    console.print(f"by CPU, which a quiet machine would show, it has {by_cpu:.2f}")
    once, twice = mounted.values()
    console.print(f"a second chassis costs {twice.together.cpu / once.together.cpu - 1:.0%} more CPU")
    least = floor.alone.median - itself.alone.median
    return [
        Figure(
            part="gateway",
            what="added to a request, 1 client, median",
            value=added,
            unit="ms",
            floor=Floor("added by aiohttp under ASGI", least),
            budgets=(at_most(ADDED),),
        ),
        Figure(
            part="gateway",
            what="requests through it, 16 clients",
            value=ours.together.rate,
            unit="/s",
            floor=Floor("aiohttp under ASGI", floor.together.rate),
            budgets=(at_least(SHARE, ratio=True),),
        ),
        Figure(
            part="gateway",
            what="CPU of a request where all share a process",
            value=twice.together.cpu,
            unit="us",
            floor=Floor("the service's own chassis only", once.together.cpu),
        ),
    ]


if __name__ == "__main__":
    main(Console())
