"""What a test looks at while it does harm: who lives, whether events flow, what a service says of itself."""

import asyncio
import time
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from tests.resilience.harness.servers import COPY, SERVICE, Servers
from tests.resilience.harness.stack import Stack


def pids(stack: Stack) -> Mapping[str, int | None]:
    """The pid of each of our processes; None of a dead one."""
    return {name: child.pid for name, child in stack.children.items()}


@dataclass(frozen=True)
class _Seen:
    """The ids of all events at a moment, of those that wait to be published, and of those applied."""

    logged: Set[UUID]
    pending: Set[UUID]
    applied: Set[UUID]

    def flows_since(self, then: "_Seen") -> bool:
        """Whether the relay has published and the consumer has applied something that it had not then.

        Both, because either alone may go on with what it has. Not that something new has come all the way:
        after a long silence that stands behind all the rest.
        """
        fresh = self.logged - then.logged
        return bool((fresh | then.pending) - self.pending) and bool(self.applied - then.applied)


async def resumed(stack: Stack, within: float = 10.0) -> float:
    """Wait until events flow under a load: out of the outbox, and into the read model; returns the seconds.

    Raises AssertionError after `within` seconds.
    """
    began, then = time.monotonic(), await _seen(stack.servers)
    while True:
        now = await _seen(stack.servers)
        if now and then and now.flows_since(then):
            return time.monotonic() - began
        if time.monotonic() - began > within:
            raise AssertionError(f"seed={stack.seed} nothing flows within {within:g} s")
        then = then or now
        await asyncio.sleep(0.2)


async def _seen(servers: Servers) -> _Seen | None:
    """Look; None while a database is away."""
    try:
        service = await asyncpg.connect(servers.database(SERVICE), timeout=2)
        copy = await asyncpg.connect(servers.database(COPY), timeout=2)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return None
    try:
        applied = {id for (id,) in await copy.fetch("select event_id from effect")}
        rows = await service.fetch(
            "select event_id, pending.seq from event_log left join outbox_pending pending using (seq)"
        )
        return _Seen({id for id, _ in rows}, {id for id, seq in rows if seq is not None}, applied)
    finally:
        service.terminate()
        copy.terminate()


async def outbox_of(url: str) -> Mapping[str, Any]:
    """What a service says about its outbox at /readyz; the detail has a further `status`, "up" or "down"."""
    async with httpx.AsyncClient(timeout=5, trust_env=False) as http:
        answer = await http.get(f"{url}/readyz")
    outbox = answer.json()["dependencies"]["outbox"]
    return {"status": outbox["status"], **(outbox.get("detail") or {})}


async def told(
    stack: Stack, service: str, what: Callable[[Mapping[str, Any]], bool], within: float
) -> float | None:
    """Seconds until a service says of its outbox what is expected; None when it does not in time."""
    began = time.monotonic()
    while not what(await outbox_of(stack.urls[service])):
        if time.monotonic() - began > within:
            return None
        await asyncio.sleep(0.1)
    return time.monotonic() - began
