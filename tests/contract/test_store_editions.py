"""Editions of the store on MongoDB: made anew beside the one that is read, audited, mended, dropped."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase

from kernel.errors import Conflict
from store.domain.search import By, Search
from store.domain.sources import Copy, Kind, Source
from store.ports import Copies, Drift
from store_app.mongo.edition import MongoEdition
from store_app.mongo.editions import MongoStore
from tests.contract.catalogues import NOW, characteristic, days, id_of, offering, price, specification
from tests.contract.shops import mongo_store
from tests.servers import RunningMongod

COLOUR, PHONE, FEE = characteristic("colour"), specification("phone", "colour"), price("fee")
RED = offering("fibre", values={"colour": "red"})
ALL = [Copy(source=source) for source in (COLOUR, PHONE, FEE, RED)]


@pytest.fixture
async def database(mongod_server: RunningMongod) -> AsyncIterator[AsyncDatabase[dict[str, Any]]]:
    """A new database, behind the back of any store."""
    async with AsyncMongoClient[dict[str, Any]](mongod_server.url) as client:
        yield client[f"test_{uuid4().hex}"]


@pytest.fixture
async def store(
    mongod_server: RunningMongod, database: AsyncDatabase[dict[str, Any]]
) -> AsyncIterator[MongoStore]:
    async with mongo_store(mongod_server.url, database.name) as store:
        yield store


@pytest.fixture
async def other(
    store: MongoStore, mongod_server: RunningMongod, database: AsyncDatabase[dict[str, Any]]
) -> AsyncIterator[MongoStore]:
    """The same store in another process."""
    async with mongo_store(mongod_server.url, database.name) as other:
        yield other


async def filled(edition: MongoEdition, *copies: Copy) -> None:
    await edition.keep_all(copies or ALL)
    await refreshed(edition)


async def refreshed(edition: Copies) -> None:
    while (await edition.refresh(NOW)).composed:
        pass


async def versions(edition: MongoEdition) -> dict[str, int]:
    found = await edition.search(Search(), NOW)
    return {one.key: one.version for one in found.items}


async def collections(database: AsyncDatabase[dict[str, Any]]) -> list[str]:
    return sorted(name for name in await database.list_collection_names() if "__" in name)


async def test_of_many_who_are_first_all_have_the_same_store(
    mongod_server: RunningMongod, database: AsyncDatabase[dict[str, Any]]
) -> None:
    async def open_and_keep(source: Source) -> None:
        async with mongo_store(mongod_server.url, database.name) as store:
            await store.keep(Copy(source=source))

    await asyncio.gather(*(open_and_keep(offering(f"fibre-{number}")) for number in range(8)))
    assert await collections(database) == ["copies__1", "entries__1"]
    assert await database["entries__1"].count_documents({}) == 8
    assert await database["store"].count_documents({}) == 1


async def test_a_new_edition_is_written_beside_the_present_one(store: MongoStore, other: MongoStore) -> None:
    await filled(await store.present())
    assert await other.building() is None
    number, fresh, read = await store.begun()
    assert (number, read, await other.building()) == (2, {}, 2)
    await fresh.keep_all(ALL[:2])
    await store.note(number, "characteristic", COLOUR.id)
    await store.note(number, "specification", PHONE.id)
    assert await versions(await other.present()) == {"fibre": 1}
    again, _, read = await other.begun()
    assert (again, read) == (2, {"characteristic": COLOUR.id, "specification": PHONE.id})
    await filled(fresh, *ALL[2:])
    assert await other.find("fibre") == replace(await _found(fresh), visible_at=NOW)
    await store.switch(number)
    assert (await store.present()).number == (await other.present()).number == 2
    assert await other.building() is None
    with pytest.raises(Conflict, match="Edition 2 of the store is not being written"):
        await store.note(number, "price", FEE.id)


async def _found(edition: MongoEdition) -> Any:
    found = await edition.find("fibre")
    assert found is not None
    return found


async def test_every_process_keeps_in_every_edition(store: MongoStore, other: MongoStore) -> None:
    """From when a new one has begun; also in the one before, once there is another."""
    await filled(await store.present())
    await other.keep(ALL[0])  # it has read the pointer
    number, fresh, _ = await store.begun()
    await other.keep(Copy(source=replace(RED, version=2)))
    await filled(fresh)
    await store.switch(number)
    await other.keep(Copy(source=replace(RED, version=3)))
    await refreshed(other)
    assert await versions(fresh) == {"fibre": 3}
    assert await store.roll_back()
    assert (await store.present()).number == 1
    assert await versions(await store.present()) == {"fibre": 3}
    assert await store.roll_back()
    assert (await store.present()).number == 2


async def test_refreshing_shows_what_shoppers_see(store: MongoStore) -> None:
    await filled(await store.present())
    number, fresh, _ = await store.begun()
    await fresh.keep_all(ALL)
    done = await store.refresh(NOW)
    assert (done.composed, [*done.shown]) == (1, [])
    await store.switch(number)
    await store.keep(Copy(source=replace(RED, version=2)))
    done = await store.refresh(NOW)
    assert (done.composed, [one.version for one in done.shown]) == (2, [2])


async def test_editions_that_nobody_reads_are_dropped(
    store: MongoStore, database: AsyncDatabase[dict[str, Any]]
) -> None:
    assert not await store.roll_back()
    for expected in (2, 3, 4):
        number, _, _ = await store.begun()
        assert number == expected
        await store.switch(number)
        await store.switch(number)  # as after a lost answer
    assert await collections(database) == ["copies__3", "copies__4", "entries__3", "entries__4"]
    await database["entries__1"].insert_one({})  # as of a writer who was held up
    number, _, _ = await store.begun()
    assert await collections(database) == [
        f"{kind}__{one}" for kind in ("copies", "entries") for one in (3, 4, 5)
    ]
    with pytest.raises(Conflict):
        await store.switch(number + 1)


async def test_who_dies_before_marking_entries_has_lost_nothing(
    store: MongoStore, database: AsyncDatabase[dict[str, Any]]
) -> None:
    """The event comes again, and then they are marked."""
    edition = await store.present()
    await filled(edition)
    new = Copy(source=price("fee", "3", version=2))
    await store.keep(new)
    await database["entries__1"].update_many({}, {"$unset": {"stale": ""}})  # it was never marked
    assert await edition.size() == {"entries": 1, "stale": 0}
    await store.keep(new)
    await refreshed(edition)
    assert (await _found(edition)).from_amounts == {"EUR": 3}
    await store.keep(Copy(source=FEE))  # older: nothing to do
    assert await edition.size() == {"entries": 1, "stale": 0}


async def test_of_many_currencies_all_are_sorted(store: MongoStore) -> None:
    """The first twenty by an index of their own."""
    edition = await store.present()
    codes = [f"A{letter}{other}" for letter in "ABCDE" for other in "ABCDE"]
    prices = [price(code, f"{amount}", code) for code in codes for amount in [ord(code[1])]]
    fibre = offering("fibre", prices=codes)
    await filled(edition, *ALL[:2], *(Copy(source=one) for one in (*prices, fibre)))
    for code in codes:
        found = await edition.search(Search(by=By.PRICE, currency=code, descending=True), NOW)
        assert (found.total, [one.key for one in found.items]) == (1, ["fibre"])
    names = await edition.entries.index_information()
    assert sum("from." in name for name in names) == 40


async def test_tombstones_of_offerings_are_forgotten_in_time(store: MongoStore) -> None:
    edition = await store.present()
    await filled(edition)
    buried = Copy(source=replace(RED, version=2), deleted=True)
    await filled(edition, buried)
    ((_, index),) = [
        (name, one) for name, one in (await edition.entries.index_information()).items() if "deleted" in name
    ]
    assert index["expireAfterSeconds"] == 30 * 24 * 3600
    (document,) = await edition.entries.find({"deleted_at": {"$type": "date"}}).to_list()
    assert document["_id"] == str(RED.id)
    assert "entry" not in document
    await edition.entries.delete_one({})
    assert await edition.audit([buried], NOW) == []
    missing = Drift(of=Kind.OFFERING, id=RED.id, what="missing")
    assert await edition.audit([Copy(source=RED)], NOW) == [missing]


async def test_ids_are_told_in_their_order(store: MongoStore) -> None:
    edition = await store.present()
    prices = sorted((price(f"price-{index}") for index in range(7)), key=lambda one: one.id)
    copies = [Copy(source=one, deleted=one is prices[3]) for one in prices]
    await edition.keep_all([*copies, *ALL[:2], ALL[3]])
    ids = [one.id for one in prices]
    assert await edition.ids(Kind.PRICE, None, 3) == ids[:3]
    assert await edition.ids(Kind.PRICE, ids[2], 100) == ids[3:]
    assert await edition.ids(Kind.PRICE, ids[-1], 100) == []
    assert await edition.ids(Kind.OFFERING, None, 100) == [RED.id]


async def test_an_audit_finds_what_differs_and_restoring_mends_it(store: MongoStore) -> None:
    edition = await store.present()
    await filled(edition)
    assert await edition.audit(ALL, NOW) == []

    async def audited_after(of: Source, update: dict[str, Any]) -> list[tuple[UUID, str]]:
        documents = edition.entries if of.of is Kind.OFFERING else edition.copies
        await documents.update_one({"_id": str(of.id)}, update)
        found = await edition.audit(ALL, NOW)
        for copy in ALL:
            if copy.id in {one.id for one in found}:
                await edition.restore(copy)
        await refreshed(edition)
        assert await edition.audit(ALL, NOW) == []
        assert (await _found(edition)).sources == {copy.id: 1 for copy in ALL}
        return [(one.id, one.what) for one in found]

    for source in (FEE, RED):
        assert await audited_after(source, {"$inc": {"v": -1}}) == [(source.id, "stale")]
        for spoiled in ({"source": "{}"}, {"deleted": True}):
            found = await audited_after(source, {"$set": spoiled})
            assert (source.id, "changed") in found
    wrong: dict[str, Any] = {"name": "x", "terms": [], "marks": "*", "shown": False, "entry": "{}"}
    for field, value in wrong.items():
        assert await audited_after(RED, {"$set": {field: value}}) == [(RED.id, "changed")]
    assert await audited_after(RED, {"$unset": {"categories": ""}}) == [(RED.id, "changed")]


async def test_what_is_going_to_be_composed_is_no_drift(store: MongoStore) -> None:
    edition = await store.present()
    dated = Copy(source=price("fee", valid_for=days(None, 1)))
    await filled(edition, *ALL[:2], dated, ALL[3])
    newer = Copy(source=replace(dated.source, version=2))
    await store.keep(newer)
    assert await edition.audit([newer, ALL[3]], NOW) == []
    await filled(edition, newer)
    assert await edition.audit([newer, ALL[3]], NOW + timedelta(days=2)) == []
    assert await edition.audit([dated], NOW) == []  # it has heard more than the log said when it was read


async def test_what_was_heard_since_is_not_restored_over(store: MongoStore) -> None:
    edition = await store.present()
    await filled(edition, *ALL, Copy(source=replace(RED, version=5)))
    await edition.restore(ALL[3])
    assert await versions(edition) == {"fibre": 5}


async def test_what_no_log_has_is_removed(store: MongoStore) -> None:
    edition = await store.present()
    extra = [Copy(source=one) for one in (price("wrong"), offering("extra", prices=["fee", "wrong"]))]
    await filled(edition, *ALL, *extra)
    assert await versions(edition) == {"extra": 1, "fibre": 1}
    await edition.remove(Kind.OFFERING, id_of("extra"))
    assert await versions(edition) == {"fibre": 1}
    await edition.remove(Kind.PRICE, UUID(int=0))
    await edition.remove(Kind.PRICE, FEE.id)
    await filled(edition, ALL[3])
    assert await versions(edition) == {}
    assert await edition.ids(Kind.PRICE, None, 9) == [id_of("wrong")]
