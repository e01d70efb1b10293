"""Those who stage and those who drop at the same time, how MongoDB does it, and what is forgotten."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from pymongo import AsyncMongoClient

from kernel.errors import RuleBroken
from store.domain.entry import Entry
from store.domain.search import Search
from store.memory import MemoryStaging
from store.ports import Staging
from store_app.mongo.staging import MongoStaging
from tests.contract.catalogues import NOW
from tests.contract.publishing import ASKED, HEARD, PUBLICATION, Publishing, checked
from tests.contract.shops import Shop, mongo_store
from tests.servers import RunningMongod


@pytest.fixture
def publishing(shop: Shop) -> Publishing:
    """A store that has heard nothing yet."""
    return Publishing.of(shop)


async def rivals(publications: Sequence[tuple[Staging, Staging]], entry: Entry) -> None:
    """Each is staged and dropped by two processes at the same time; in the end nothing is staged."""
    for number, (one, other) in enumerate(publications):
        id = UUID(int=1000 + number)
        doing: list[Callable[[], Awaitable[None]]] = [
            *(partial(by.stage, id, entry) for by in (one, other, one, other)),
            *(partial(by.end, id) for by in (other, one)),
        ]
        doing = doing[number % 6 :] + doing[: number % 6]
        results = await asyncio.gather(*(do() for do in doing), return_exceptions=True)
        assert all(found is None or isinstance(found, RuleBroken) for found in results), results
        assert [await by.staged(id) for by in (one, other)] == [None, None]
        assert [await by.ended(id) for by in (one, other)] == [True, True]
        with pytest.raises(RuleBroken):
            await one.stage(id, entry)


async def staged_entry(publishing: Publishing) -> Entry:
    await publishing.shop.hear(*HEARD)
    await publishing.stage()
    entry = await publishing.staging.staged(PUBLICATION)
    assert entry is not None
    return entry


async def test_at_the_same_time_nothing_is_staged_in_the_end(publishing: Publishing) -> None:
    entry = await staged_entry(publishing)
    await rivals([(publishing.staging, publishing.staging)] * 20, entry)


async def test_of_two_processes_nothing_is_staged_in_the_end(
    mongod_server: RunningMongod, publishing: Publishing
) -> None:
    entry, name = await staged_entry(publishing), f"rivals_{uuid4().hex}"
    async with mongo_store(mongod_server.url, name) as one, mongo_store(mongod_server.url, name) as other:
        await rivals([(MongoStaging(one), MongoStaging(other))] * 20, entry)
        both = (MongoStaging(one), MongoStaging(other)) * 4
        await asyncio.gather(*(staging.stage(PUBLICATION, entry) for staging in both))
        assert [await staging.staged(PUBLICATION) for staging in both] == [entry] * 8


async def test_in_memory_the_last_publications_are_remembered(publishing: Publishing) -> None:
    entry, staging = await staged_entry(publishing), MemoryStaging(most=2)
    for number in range(3):
        await staging.end(UUID(int=number))
    assert [await staging.ended(UUID(int=number)) for number in range(3)] == [False, True, True]
    await staging.stage(UUID(int=3), entry)
    assert [await staging.ended(UUID(int=number)) for number in range(4)] == [False, False, True, False]
    assert await staging.staged(UUID(int=3)) == entry


async def test_publications_are_looked_up_by_their_id_alone(mongod_server: RunningMongod) -> None:
    """As the server itself has noted of what was really done; and they go after 30 days."""
    name = f"plans_{uuid4().hex}"
    async with (
        AsyncMongoClient[dict[str, Any]](mongod_server.url) as client,
        mongo_store(mongod_server.url, name) as store,
    ):
        publishing = Publishing.of(Shop(store))
        await publishing.shop.hear(*HEARD)
        database = client[name]
        await database.command("profile", 2)
        await publishing.stage()
        await publishing.stage()
        await publishing.staging.staged(PUBLICATION)
        await publishing.drop()
        await publishing.ended()
        await publishing.check(checked(ASKED))
        await database.command("profile", 0)
        noted = await database["system.profile"].find({"ns": {"$ne": f"{name}.system.profile"}}).to_list()
        staged = [one for one in noted if one["ns"] == f"{name}.staged"]
        assert len(staged) >= 8
        assert all("_id" in one["planSummary"] or "IDHACK" in one["planSummary"] for one in staged), staged
        plans = [one.get("planSummary", "") for one in noted]
        assert not [plan for plan in plans if "COLLSCAN" in plan]
        assert sum(one.get("docsExamined", 0) for one in staged) <= len(staged)
        indexes = await database["staged"].index_information()
        assert [one.get("expireAfterSeconds") for one in indexes.values()] == [None, 30 * 24 * 3600]
        assert await database["staged"].find({}, {"at": 0}).to_list() == [
            {"_id": str(PUBLICATION), "ended": True}
        ]
        assert (await store.search(Search(), NOW)).items == []
