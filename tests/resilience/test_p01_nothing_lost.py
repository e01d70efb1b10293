"""P1: no acknowledged change is ever lost, and none invented, whoever is killed."""

import asyncio
from pathlib import Path

import pytest

from tests.resilience.harness.publishing import Harm
from tests.resilience.harness.servers import Servers
from tests.resilience.harness.sizes import sized
from tests.resilience.harness.stack import Stack, harness
from tests.resilience.harness.whole import whole
from tests.worlds import World

pytestmark = pytest.mark.real

KILLS = sized(8)
OPERATIONS = sized(600)
ON_THE_WAY = ("gateway", "characteristic", "store")
"""The processes of ours that a change of a characteristic passes. The service has the relay in it."""


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


async def test_so_it_is_from_the_gateway_to_the_documents_of_the_store(native: World) -> None:
    harm = Harm(native)
    async with whole(native) as platform:
        kills = 0
        async with platform.writers(count=8).writing() as load:
            while kills < KILLS or load.acknowledged < OPERATIONS:
                await asyncio.sleep(platform.random.uniform(0.4, 1.0))
                name = platform.random.choice(ON_THE_WAY)
                await asyncio.to_thread(harm.kill, name)
                await asyncio.to_thread(harm.start, name)
                kills += 1
        await platform.check(within=30, kills=kills)
