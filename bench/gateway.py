"""What the gateway costs: a request through it, beside one past it and one through the least proxy."""

import asyncio
import json
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from bench.load import Measured, get, measure
from bench.processes import Servers

ADDED, SHARE = 0.6, 0.5
"""Meant: the most milliseconds that the gateway adds for one client, its least share of the floor's rate."""
_ALONE, _TOGETHER = 3000, 6000


@dataclass(frozen=True)
class Both:
    """One client at a time, and sixteen."""

    alone: Measured
    together: Measured


def _measured(port: int, path: str, pid: int) -> Both:
    return Both(
        asyncio.run(measure(port, get(path), pid, count=_ALONE, connections=1)),
        asyncio.run(measure(port, get(path), pid, count=_TOGETHER)),
    )


def over_http(servers: Servers) -> dict[str, Both]:
    """The upstream by itself, behind the least proxy, and behind the gateway."""
    with ExitStack() as stack:
        upstream, pid = servers.start(stack, "upstream")
        base = f"http://127.0.0.1:{upstream}"
        found = {"the service itself": _measured(upstream, "/offerings/1", pid)}
        with ExitStack() as one:
            port, pid = servers.start(one, "proxy", base)
            found["floor: aiohttp under ASGI"] = _measured(port, "/offerings/1", pid)
        with ExitStack() as one:
            addresses = json.dumps({"offering": base})
            port, pid = servers.start(one, "gateway", "http://issuer.invalid", addresses)
            found["gateway"] = _measured(port, "/api/offerings/1", pid)
    return found


def in_one_process(servers: Servers) -> dict[str, Both]:
    """A service with our chassis that is mounted in the gateway."""
    found = {}
    for how, what in (("around", "mounted, its chassis only"), ("through", "mounted, both chassis")):
        with ExitStack() as stack:
            port, pid = servers.start(stack, "mounted", "http://issuer.invalid", how)
            found[what] = _measured(port, "/api/offerings/1", pid)
    return found


def main(console: Console) -> None:
    """Print the tables."""
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
    once, twice = mounted.values()
    console.print(f"a second chassis costs {twice.together.cpu / once.together.cpu - 1:.0%} more CPU")
