"""P4: a crash of PostgreSQL loses nothing that was answered with 2xx, and needs no restart of ours."""

import asyncio
import time
from pathlib import Path

import asyncpg
import pytest

from tests.resilience.harness.author import Author
from tests.resilience.harness.quiet import parked
from tests.resilience.harness.servers import SERVICE, Servers
from tests.resilience.harness.sizes import SOAK, sized
from tests.resilience.harness.stack import Stack, harness
from tests.resilience.harness.watching import pids, resumed

pytestmark = pytest.mark.real

KILLS = sized(2)
LAST_AWAY = 8.0 if SOAK else 0.0
"""Seconds. The test's consumer gives a message up after ten tries, which are a second apart, not minutes."""


async def back(stack: Stack) -> float:
    """Start PostgreSQL again; returns when it accepts connections."""
    began = time.monotonic()
    starting = asyncio.create_task(asyncio.to_thread(stack.servers.postgres.start))
    while True:
        assert not starting.done() or starting.exception() is None, starting.exception()
        try:
            connection = await asyncpg.connect(stack.servers.database(SERVICE), timeout=2)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await asyncio.sleep(0.05)
            continue
        connection.terminate()
        return time.monotonic() - began


async def promise(stack: Stack) -> None:
    before = pids(stack)
    async with stack.writers(count=8).writing():
        for kill in range(KILLS):
            await asyncio.sleep(stack.random.uniform(1.0, 2.0))
            stack.servers.postgres.kill()
            await asyncio.sleep(LAST_AWAY * (kill == KILLS - 1))
            away = await back(stack)
            *served, flows = await asyncio.gather(
                *map(Author(stack).gets_through, stack.urls), resumed(stack, within=10)
            )
            print(  # noqa: T201
                f"PostgreSQL back after {away:.1f} s; the services serve {max(served):.1f} s"
                f" and events flow {flows:.1f} s later"
            )
    await stack.check(within=30)
    assert await parked(stack.servers) == set()
    assert pids(stack) == before, "only PostgreSQL was started again"


async def test_the_database_may_die(servers: Servers, tmp_path: Path) -> None:
    with harness(servers, tmp_path, services=2) as stack:
        await promise(stack)
