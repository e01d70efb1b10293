"""When MongoDB is away, or too slow, or nobody waits any more."""

import asyncio
import gc

import pytest

from kernel.errors import Unavailable
from store.domain.search import Search
from store.domain.sources import Copy
from store_app.mongo import editions
from store_app.mongo.editions import MongoStore
from tests.contract.carriers import eventually
from tests.contract.catalogues import NOW, offering, price, specification
from tests.servers import RunningMongod

FIBRE = offering("fibre")
unclosed = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
"""Pymongo leaves it to the garbage collector to close a socket that it was about to connect."""


async def filled(mongo: MongoStore) -> None:
    for source in (specification("phone"), price("fee"), FIBRE):
        await mongo.keep(Copy(source=source))
    while (await mongo.refresh(NOW)).composed:
        pass


async def test_an_answer_that_takes_too_long_is_none(
    mongo: MongoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled(mongo)
    monkeypatch.setattr(editions, "ANSWER", 1e-6)
    for ask in (lambda: mongo.search(Search(), NOW), lambda: mongo.find("fibre"), mongo.size):
        with pytest.raises(Unavailable, match="does not answer right now"):
            await ask()


@unclosed
async def test_whoever_is_told_to_end_does(mongo: MongoStore) -> None:
    """Python 3.11 loses some of the cancellations that come while pymongo waits."""

    async def ask() -> None:
        while True:
            await mongo.find("fibre")

    for index in range(100):
        asking = asyncio.create_task(ask())
        await asyncio.sleep(index / 10_000)
        asking.cancel()
        done, _ = await asyncio.wait([asking], timeout=2)
        assert done == {asking}
        assert asking.cancelled()
    gc.collect()


@unclosed
@pytest.mark.real
async def test_a_server_that_was_killed_is_waited_for(
    mongo: MongoStore, mongod_server: RunningMongod
) -> None:
    """Shoppers are told at once; who keeps waits for it, or is told to come again. Nothing is lost."""
    await filled(mongo)
    mongod_server.kill()
    for ask in (lambda: mongo.search(Search(), NOW), mongo.check):
        with pytest.raises(Unavailable):
            async with asyncio.timeout(2):
                await ask()

    async def kept() -> bool:
        await mongo.keep(Copy(source=offering("fibre", version=2)))
        return True

    keeping = asyncio.create_task(eventually(kept, within=60))
    await asyncio.to_thread(mongod_server.start)
    await keeping
    await mongo.check()
    while (await mongo.refresh(NOW)).composed:
        pass
    found = await mongo.search(Search(), NOW)
    assert [one.version for one in found.items] == [2]
    gc.collect()


@unclosed
async def test_a_store_without_a_server_does_not_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(editions, "LONG", 0.2)
    with pytest.raises(Unavailable):
        async with MongoStore("mongodb://127.0.0.1:1", "nowhere"):
            pass
    gc.collect()
