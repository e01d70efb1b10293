"""P22: an offering is published completely or not at all, whatever happens to those who do the steps.

Every step meets business errors, faults that go away, faults that need an operator, and workers that die
while they are at it; the engine is killed, too. In the end everything is in the store with its price held for
good, or back where it was with nothing held.
"""

import asyncio
import random
import time
from collections.abc import Iterator

import pytest

from tests.resilience.harness.publishing import (
    WORKERS,
    Document,
    Fault,
    Harm,
    Phones,
    Publisher,
    deploy_with_timer,
    in_between,
    judged,
    publishing,
)
from tests.resilience.harness.sizes import chosen_seed, sized
from tests.worlds import World

pytestmark = pytest.mark.real

PUBLICATIONS, KILLS = sized(100), sized(20)
FAULTS = ("", "", "", "price", "values")
"""Of five offerings two cannot be published, for a reason that their authors are told."""
TIMER = 40
"""Seconds of the timer here, instead of two minutes: what began just before the last fault and comes to
nothing is undone within the minute that is promised."""
LEAST = PUBLICATIONS // 10
"""Published in spite of all, or else the run was good for nothing: how many depends on the machine."""


@pytest.fixture
def world(native: World) -> Iterator[World]:
    """The stack, with its own timer again when the test is over."""
    deploy_with_timer(native, TIMER)
    yield native
    deploy_with_timer(native)


async def kill_workers(harm: Harm, chance: random.Random) -> int:
    """Kill one after the other, the engine in the middle; returns how often."""
    for number in range(KILLS):
        name = chance.choice(WORKERS)
        await asyncio.to_thread(harm.kill, name)
        await asyncio.sleep(chance.uniform(0.0, 0.5))
        await asyncio.to_thread(harm.start, name)
        if number == KILLS // 2:
            await asyncio.to_thread(harm.kill, "camunda")
            await asyncio.to_thread(harm.start, "camunda")
    return KILLS + 1


async def break_tables(world: World, chance: random.Random, stop: asyncio.Event) -> int:
    """Faults of a tenth of a second, which a second try survives, and of two seconds, which none does."""
    count = 0
    while not stop.is_set():
        fault = chance.choice((Fault(world, "pricing"), Fault(world, "specification")))
        async with fault.lasting():
            await asyncio.sleep(chance.choice((0.1, 0.1, 2.0)))
        count += 1
        await asyncio.sleep(chance.uniform(0.5, 1.5))
    return count


async def publish_all(publisher: Publisher, drafts: list[Document], pause: float) -> None:
    """Ask for one after the other."""
    for one in drafts:
        answer = await publisher.publish(one)
        assert answer.status_code == 202, answer.text
        one["publication"] = answer.json()["id"]
        await asyncio.sleep(pause)


async def settled(world: World, publisher: Publisher, drafts: list[Document]) -> list[str]:
    """What is in between when everybody has heard of the last ends: an event that met a fault comes again
    after 5 s, and then after 30 s."""
    deadline = time.monotonic() + 45
    while True:
        left = await in_between(world, publisher, drafts)
        if not left or time.monotonic() > deadline:
            return left
        await asyncio.sleep(2.0)


async def test_completely_or_not_at_all(world: World) -> None:
    seed = chosen_seed()
    chance = random.Random(seed)  # noqa: S311  # a choice, not a secret
    stop = asyncio.Event()
    async with publishing(world) as publisher:
        phones = await Phones.of(publisher)
        wanted = [FAULTS[number % len(FAULTS)] for number in range(PUBLICATIONS)]
        drafts = [await phones.drafted(fault) for fault in wanted]
        killing = asyncio.create_task(kill_workers(Harm(world), chance))
        breaking = asyncio.create_task(break_tables(world, chance, stop))
        await publish_all(publisher, drafts, pause=0.2)
        kills = await killing
        stop.set()
        broken = await breaking
        began = time.monotonic()
        ids = {one["publication"] for one in drafts}
        ended = await publisher.all_ended(ids, within=60, help=True)
        seconds = time.monotonic() - began
        for consumer in ("pricing", "specification"):  # events that met three faults were parked
            await asyncio.to_thread(world.catalog, "dlq", "replay", "--consumer", consumer, "--all")
        left = await settled(world, publisher, drafts)
        verdict = await judged(world, publisher, drafts)
        counts = " ".join(f"{status.lower()}={count}" for status, count in sorted(ended.items()))
        print(  # noqa: T201
            f"{verdict.line(seed)} {counts} kills={kills} faults={broken} after={seconds:.1f}s"
        )
        assert left == []
        verdict.require_clean(seed)
        found = await publisher.publications(ids)
        for one, fault in zip(drafts, wanted, strict=True):
            publication = found[one["publication"]]
            if fault:  # whatever else happened to it, it is not published
                assert publication["status"] == "REJECTED", publication
            elif publication["status"] == "REJECTED":  # too long for the timer
                assert publication["cause"]["code"] == "TIMED_OUT", publication
        assert ended["PUBLISHED"] >= LEAST
