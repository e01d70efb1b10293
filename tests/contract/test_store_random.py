"""Random catalogues: MongoDB answers as memory does, and rival writers and refreshers lose nothing."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import integers

from store.domain.entry import Entry
from store.domain.search import Found, Search
from store.domain.sources import Copy
from store.memory import MemoryStore
from store.ports import Catalogue as Readable
from store.ports import Copies
from store_app.mongo.editions import MongoStore
from tests.contract.catalogues import NOW, Catalogue, composed, dice, disordered, newest, search
from tests.contract.shops import mongo_store
from tests.resilience.harness.sizes import sized
from tests.servers import RunningMongod

QUESTIONS = 15
WRITERS, REFRESHERS = 16, 3


async def refreshed(store: Copies) -> None:
    while (await store.refresh(NOW)).composed:
        pass


async def pages(store: Readable, wanted: Search) -> list[Found]:
    """All pages that answer a question."""
    found = [await store.search(wanted, NOW)]
    while found[-1].next is not None:
        found.append(await store.search(replace(wanted, after=found[-1].next), NOW))
    return found


@settings(max_examples=sized(15), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=integers(0, 2**32), offerings=integers(0, 25))
async def test_mongodb_answers_as_memory_does(mongo: MongoStore, seed: int, offerings: int) -> None:
    random, memory, edition = dice(seed), MemoryStore(), await mongo.present()
    for documents in (edition.copies, edition.entries):
        await documents.delete_many({})
    history = Catalogue(random, offerings).history
    for copy in history:
        await memory.keep(copy)
    await edition.keep_all(disordered(random, history))
    await refreshed(memory)
    await refreshed(mongo)
    assert await mongo.size() == await memory.size()
    for _ in range(QUESTIONS):
        wanted = search(random)
        assert await pages(mongo, wanted) == await pages(memory, wanted), wanted
    for key in {copy.source.key for copy in history}:
        assert await mongo.find(key) == await memory.find(key)
    assert await edition.audit([*newest(history).values()], NOW) == []


@pytest.fixture
async def processes(mongod_server: RunningMongod) -> AsyncIterator[list[MongoStore]]:
    """Two processes' stores in one database."""
    async with AsyncExitStack() as stack:
        names = [f"rivals_{id(stack)}"] * 2
        yield [await stack.enter_async_context(mongo_store(mongod_server.url, name)) for name in names]


async def test_rivals_leave_every_entry_made_of_the_newest(processes: list[MongoStore]) -> None:
    """Thousands of versions of a few shared parts and offerings come at once, in disorder and repeatedly."""
    random = dice(11)
    history = Catalogue(random, 12, versions=(sized(40),)).history
    events = iter(disordered(random, history))
    done = asyncio.Event()

    async def write(store: MongoStore, events: Iterator[Copy]) -> None:
        for copy in events:
            await store.keep(copy)

    async def compose(store: MongoStore) -> list[Entry]:
        shown: list[Entry] = []
        while True:
            ended = done.is_set()
            turn = await store.refresh(NOW)
            shown += turn.shown
            if ended and not turn.composed:
                return shown

    refreshers = [asyncio.create_task(compose(processes[index % 2])) for index in range(REFRESHERS)]
    await asyncio.gather(*(write(processes[index % 2], events) for index in range(WRITERS)))
    done.set()
    shown = [entry for turn in await asyncio.gather(*refreshers) for entry in turn]
    store, expected = processes[0], composed(history)
    assert await store.size() == {"entries": len(expected), "stale": 0}
    for key in {copy.source.key for copy in history}:
        found = await store.find(key)
        assert (found and replace(found, visible_at=None)) == expected.get(key)
    assert {(entry.key, entry.version) for entry in shown} >= {
        (key, one.version) for key, one in expected.items()
    }
    edition = await store.present()
    assert await edition.audit([*newest(history).values()], NOW) == []
