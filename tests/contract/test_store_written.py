"""What is written of entries on MongoDB: the very text that shoppers are shown, in this format and before."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from dependency_injector.providers import Object
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import integers
from pydantic import TypeAdapter

from kernel.bus import Bus
from kernel.http import create_app
from store.domain.entry import Entry
from store.domain.search import By, Search
from store.domain.sources import Copy
from store.memory import MemoryStore
from store_app.container import Container
from store_app.mongo.documents import ALL, BETWEEN_MARKS, FORMAT, WrittenEntry, read_entry
from store_app.mongo.editions import MongoStore
from store_app.routes import EntryView, store_routes
from store_app.settings import StoreSettings
from store_app.written import WrittenEntries
from tests.contract.catalogues import (
    NOW,
    Catalogue,
    characteristic,
    composed,
    dice,
    offering,
    price,
    specification,
)
from tests.contract.shops import AnyStore, mongo_store
from tests.resilience.harness.sizes import sized
from tests.servers import RunningMongod

COLOUR, PHONE, FEE = characteristic("colour"), specification("phone", "colour", "memory"), price("fee")
MEMORY = characteristic("memory", "integer", unit="GB")
RED = offering("fibre", values={"colour": "red", "memory": 8}, category="phones/android", name="Red plan")
WORD = Search(words=("plan",), by=By.RELEVANCE, descending=True)
_BY_NAMES = TypeAdapter(Entry)


async def refreshed(store: AnyStore) -> None:
    while (await store.refresh(NOW)).composed:
        pass


async def filled(store: AnyStore) -> None:
    for source in (COLOUR, MEMORY, PHONE, FEE, RED):
        await store.keep(Copy(source=source))
    await refreshed(store)


def viewed(entry: Entry) -> Any:
    """The JSON of an entry as its view tells it."""
    return json.loads(EntryView.model_validate(entry).model_dump_json(by_alias=True))


@settings(max_examples=sized(40), deadline=None)
@given(seed=integers(0, 2**32))
def test_the_text_of_an_entry_is_what_its_view_tells(seed: int) -> None:
    random = dice(seed)
    catalogue = Catalogue(random, 8, versions=(1,))
    for entry in composed(catalogue.history).values():
        entry = replace(entry, visible_at=random.choice((None, NOW, NOW + timedelta(microseconds=1))))
        written = WrittenEntry.of(entry)
        assert json.loads(written.text) == viewed(entry)
        assert written.read() == entry


async def get(store: AnyStore, path: str) -> Any:
    """What the service answers over a store."""
    told = StoreSettings.model_validate({"auth_issuer": "http://issuer.invalid"})
    container = Container(settings=told, catalogue=Object(store), subscriptions=Object(Bus()))
    routes = [store_routes(container)]
    app = create_app("store", "Store", routers=routes, tracing=container.tracing(), verify=None)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://store") as client:
        answer = await client.get(f"/store/{path}")
    assert answer.headers["content-type"] == "application/json"
    return answer.raise_for_status().json()


@settings(max_examples=sized(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=integers(0, 2**32))
async def test_the_service_answers_the_same_over_both_stores(mongo: MongoStore, seed: int) -> None:
    memory, edition = MemoryStore(), await mongo.present()
    for documents in (edition.copies, edition.entries):
        await documents.delete_many({})
    history = Catalogue(dice(seed), 15).history
    await edition.keep_all(history)
    for copy in history:
        await memory.keep(copy)
    await refreshed(mongo)
    await refreshed(memory)
    for path in (
        *("offerings", "offerings?limit=3", "offerings?q=plan", "offerings?category=phones&limit=2"),
        *("offerings?attr.colour=red,green&sort=-name", "offerings?facets=false&currency=EUR&sort=price"),
    ):
        page = await get(mongo, path)
        assert page == await get(memory, path)
        while page["next"]:
            more = f"{path}{'&' if '?' in path else '?'}cursor={page['next']}"
            page = await get(mongo, more)
            assert page == await get(memory, more)


async def test_a_page_is_not_read_to_be_shown(mongo: MongoStore) -> None:
    await filled(mongo)
    found = (await mongo.search(Search(), NOW)).items
    assert isinstance(found, WrittenEntries)
    (text,), (entry,) = found.texts, found
    assert json.loads(text) == viewed(entry)
    assert (len(found), found[0], found[:1], found[-1]) == (1, entry, [entry], entry)
    assert repr(found) == repr([entry])
    assert found != []
    assert found != entry


async def as_before(store: MongoStore) -> Entry:
    """The document of the entry as the release before this format wrote it."""
    edition = await store.present()
    entry = await store.find("fibre")
    assert entry is not None
    document = await edition.entries.find_one({}) or {}
    steps = [f"category\x1f{path}\x1fCategory\x1f{path}" for path in document["categories"]]
    choices = document["marks"].split(BETWEEN_MARKS)[1:]
    marks = BETWEEN_MARKS.join((ALL, *choices, *steps))
    former = {
        "entry": _BY_NAMES.dump_json(entry).decode(),
        "marks": marks,
        "terms": [one for one in document["terms"] if not one.startswith("~")],
        "name_stems": ["=red", "=plan"],
    }
    await edition.entries.update_one({}, {"$set": former, "$unset": {"more": "", "sum": ""}})
    await store.mongo["formats"].delete_many({})
    return entry


async def test_what_was_written_in_the_format_before_is_read(mongo: MongoStore) -> None:
    await filled(mongo)
    answers = [await mongo.search(one, NOW) for one in (Search(), WORD)]
    entry = await as_before(mongo)
    assert await mongo.find("fibre") == entry
    assert [await mongo.search(one, NOW) for one in (Search(), WORD)] == answers
    assert (await get(mongo, "offerings"))["items"] == [viewed(entry)]


async def test_what_was_written_in_the_format_before_is_composed_anew(mongod_server: RunningMongod) -> None:
    async with mongo_store(mongod_server.url, "format") as store:
        await filled(store)
        edition = await store.present()
        document = await edition.entries.find_one({}, {"touched": 0})
        entry = await as_before(store)
    async with mongo_store(mongod_server.url, "format") as store:
        assert await store.size() == {"entries": 1, "stale": 1}
        edition = await store.present()
        done = await store.refresh(NOW + timedelta(hours=1))
        assert (done.composed, [*done.shown]) == (1, [])
        assert await store.find("fibre") == entry
        assert await edition.entries.find_one({}, {"touched": 0}) == document
    async with mongo_store(mongod_server.url, "format") as store:
        assert await store.size() == {"entries": 1, "stale": 0}
        assert await store.mongo["formats"].find().to_list() == [{"_id": 1, "format": FORMAT}]


@pytest.mark.parametrize("field", ["entry", "more"])
async def test_a_text_that_was_changed_is_not_shown(mongo: MongoStore, field: str) -> None:
    await filled(mongo)
    edition = await mongo.present()
    document = await edition.entries.find_one({}) or {}
    changed = document[field].replace("1", "2")
    await edition.entries.update_one({}, {"$set": {field: changed}})
    found = await mongo.search(Search(), NOW)
    assert ([*found.items], found.total) == ([], 1)
    assert await mongo.find("fibre") is None
    with pytest.raises(ValueError, match="does not fit its checksum"):
        read_entry({**document, field: changed})


async def test_long_numbers_are_shown_digit_by_digit(mongo: MongoStore) -> None:
    await filled(mongo)
    await mongo.keep(Copy(source=price("fee", "0.000000000000000000000000000001", version=2)))
    await refreshed(mongo)
    (shown,) = (await get(mongo, "offerings"))["items"]
    assert shown["fromAmounts"] == {"EUR": f"{Decimal('1E-30'):f}"}
    assert shown["prices"][0]["amount"] == f"{Decimal('1E-30'):f}"
