"""P3: the death of the broker costs time, not data, and nobody but the broker is started again."""

import asyncio
import time
from pathlib import Path

import pytest

from platform_app.tcp_ports import is_open
from tests.resilience.harness.quiet import parked
from tests.resilience.harness.servers import Servers
from tests.resilience.harness.sizes import SOAK, sized
from tests.resilience.harness.stack import Stack, harness
from tests.resilience.harness.watching import pids, resumed

pytestmark = pytest.mark.real

KILLS = sized(2)
LAST_AWAY = 40.0 if SOAK else 0.0
"""Seconds, after which everybody tries to come back as seldom as they ever do."""


async def back(stack: Stack) -> float:
    """Start the broker again; returns when its port answers, which is long before its queues can be had."""
    broker, began = stack.servers.rabbitmq, time.monotonic()
    starting = asyncio.create_task(asyncio.to_thread(broker.start))
    while not await asyncio.to_thread(is_open, broker.server.port):
        assert not starting.done(), starting.exception()
        await asyncio.sleep(0.05)
    return time.monotonic() - began


async def promise(stack: Stack) -> None:
    before = pids(stack)
    async with stack.writers(count=4, pause=0.05).writing():
        for kill in range(KILLS):
            await asyncio.sleep(stack.random.uniform(1.0, 2.0))
            stack.servers.rabbitmq.kill()
            await asyncio.sleep(LAST_AWAY * (kill == KILLS - 1))
            away = await back(stack)
            flows = await resumed(stack, within=10)
            print(f"broker back after {away:.1f} s, events flow {flows:.1f} s later")  # noqa: T201
    await stack.check(within=30)
    assert await parked(stack.servers) == set()
    assert pids(stack) == before, "only the broker was started again"


async def test_the_broker_may_die(servers: Servers, tmp_path: Path) -> None:
    with harness(servers, tmp_path, services=2, consumers=2) as stack:
        await promise(stack)
