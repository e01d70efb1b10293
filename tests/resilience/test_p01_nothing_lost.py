"""P1: no acknowledged change is ever lost, and none invented, whoever is killed."""

import asyncio
from pathlib import Path

import pytest

from tests.resilience.harness.servers import Servers
from tests.resilience.harness.sizes import sized
from tests.resilience.harness.stack import Stack, harness

pytestmark = pytest.mark.real

KILLS = sized(8)
OPERATIONS = sized(600)


async def promise(stack: Stack) -> None:
    async with stack.writers(count=8).writing() as load:
        kills = 0
        while kills < KILLS or load.acknowledged < OPERATIONS:
            await asyncio.sleep(stack.random.uniform(0.4, 1.0))
            await stack.restart(stack.random.choice(sorted(stack.children)))
            kills += 1
    await stack.check(within=30)


async def test_kills_cost_time_and_nothing_else(servers: Servers, tmp_path: Path) -> None:
    with harness(servers, tmp_path, services=2, consumers=1) as stack:
        await promise(stack)
