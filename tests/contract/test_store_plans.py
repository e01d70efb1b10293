"""How MongoDB answers: no question, and nothing that is done for events, reads a whole collection."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase

from store.domain.search import By, OneOf, Place, PriceRange, Range, Search
from store.domain.sources import Copy, Source
from store_app.mongo.editions import MongoStore
from store_app.mongo.search import question
from tests.contract.catalogues import (
    COLOURS,
    CURRENCIES,
    NOW,
    characteristic,
    id_of,
    offering,
    price,
    specification,
)
from tests.contract.shops import mongo_store
from tests.servers import RunningMongod

OFFERINGS = 2000
DATABASE = "plans"
LIMIT = 24
FACTOR = 2.0
"""How many times as many documents may be read as are returned (for a page) or were found (for counts)."""

COLOUR = (OneOf(key="colour", values=("red",)),)
MEMORY = (Range(key="memory", dimension="bit1", bounds={"gte": 8e9 * 60, "lt": 8e9 * 62}),)
FIVE = PriceRange(gte=5, lte=5)  # type: ignore[arg-type]


def catalogue() -> Iterator[Source]:
    """Two thousand phones, of which any word, size, colour, category or price is some."""
    yield characteristic("colour")
    yield characteristic("memory", "integer", unit="GB")
    yield characteristic("unused", "boolean")
    for index in range(20):
        yield specification(f"spec-{index}", "colour", "memory")
    for index in range(300):
        yield price(f"price-{index}", f"{index % 100}", CURRENCIES[index % 3])
    for index in range(OFFERINGS):
        yield offering(
            f"phone-{index}",
            f"spec-{index % 20}",
            [f"price-{index % 300}"],
            name=f"Phone number {index % 500} word{index % 40}",
            category=f"phones/line-{index % 25}",
            values={"colour": COLOURS[index % 4], "memory": index % 100},
        )


async def filled(url: str) -> None:
    async with mongo_store(url, DATABASE) as store:
        edition, sources = await store.present(), [*catalogue()]
        await edition.keep_all([Copy(source=source) for source in sources])
        while (await store.refresh(NOW)).composed:
            pass


@pytest.fixture(scope="module")
def url(mongod_server: RunningMongod) -> str:
    """A server that has the catalogue. What a test changes of it must not matter to others."""
    asyncio.run(filled(mongod_server.url))
    return mongod_server.url


@pytest.fixture
async def database(url: str) -> AsyncIterator[AsyncDatabase[dict[str, Any]]]:
    """The store's database, behind its back."""
    async with AsyncMongoClient[dict[str, Any]](url) as client:
        yield client[DATABASE]


@pytest.fixture
async def store(url: str) -> AsyncIterator[MongoStore]:
    """The store with the catalogue."""
    async with mongo_store(url, DATABASE) as store:
        yield store


@dataclass(frozen=True)
class Plan:
    """What explaining a pipeline told."""

    stages: Sequence[str]
    read: int
    found: int


async def explained(database: AsyncDatabase[dict[str, Any]], pipeline: Sequence[Mapping[str, Any]]) -> Plan:
    command = {"aggregate": "entries__1", "pipeline": [*pipeline], "cursor": {}}
    told = await database.command("explain", command, verbosity="executionStats")
    ran = next(_all(told, "executionStats"))
    stages = [str(one) for one in _all({**told, "executionStats": None}, "stage")]
    return Plan(stages, ran["totalDocsExamined"], ran["nReturned"])


def _all(told: Any, name: str) -> Iterator[Any]:
    """What has this name anywhere, except in plans that were rejected."""
    if isinstance(told, list):
        for one in told:
            yield from _all(one, name)
    elif isinstance(told, dict):
        for key, value in told.items():
            if key == name:
                yield value
            if key != "rejectedPlans":
                yield from _all(value, name)


def branches(wanted: Search) -> tuple[list[list[dict[str, Any]]], list[list[dict[str, Any]]]]:
    """The parts of the page of a question, and what counts for it."""
    stages = question(wanted, NOW, "entries__1")
    others = [one["$unionWith"]["pipeline"] for one in stages if "$unionWith" in one]
    counts = [one for one in others if any("$group" in stage for stage in one)]
    page = [one for one in stages if "$unionWith" not in one]
    return [page, *(one for one in others if one not in counts)], counts


SORTED_BY_AN_INDEX = [
    pytest.param(Search(**asked, limit=LIMIT), id=name)  # type: ignore[arg-type]
    for name, asked in {
        "name": {},
        "newest": {"by": By.PUBLISHED, "descending": True},
        "cheapest": {"by": By.PRICE, "currency": "EUR"},
        "dearest": {"by": By.PRICE, "currency": "USD", "descending": True},
        "price range": {"by": By.PRICE, "currency": "EUR", "price": PriceRange(gte=50)},  # type: ignore[arg-type]
        "second page": {"after": Place(value="phone number 250", id=str(id_of("phone-250")))},
        "second page of prices": {
            "by": By.PRICE,
            "currency": "KWD",
            "descending": True,
            "after": Place(value="50", id=str(id_of("phone-50"))),
        },
    }.items()
]


@pytest.mark.parametrize("wanted", SORTED_BY_AN_INDEX)
async def test_a_page_in_the_order_of_an_index_reads_a_page(
    database: AsyncDatabase[dict[str, Any]], wanted: Search
) -> None:
    (page,), _ = branches(wanted)
    plan = await explained(database, page)
    assert "COLLSCAN" not in plan.stages
    assert plan.found == LIMIT + 1
    assert plan.read <= FACTOR * (LIMIT + 1)


FILTERED = [
    pytest.param(Search(**asked, limit=LIMIT), id=name)  # type: ignore[arg-type]
    for name, asked in {
        "word": {"words": ("word17",), "by": By.RELEVANCE, "descending": True},
        "beginning": {"words": ("number", "word1"), "by": By.RELEVANCE, "descending": True},
        "choice": {"one_of": COLOUR, "by": By.RELEVANCE},
        "range": {"ranges": MEMORY},
        "own unit": {"ranges": (Range(key="memory", bounds={"lt": 2}),)},
        "category": {"category": ("phones/line-3",), "by": By.PUBLISHED},
        "price": {"currency": "EUR", "price": FIVE},
        "choice and range": {"one_of": COLOUR, "ranges": MEMORY},
        "word and category": {"words": ("word3",), "category": ("phones/line-3", "phones/line-8")},
        "oldest": {"by": By.PUBLISHED, "category": ("phones/line-3",)},
    }.items()
]


@pytest.mark.parametrize("wanted", FILTERED)
async def test_what_is_asked_for_is_found_by_an_index(
    database: AsyncDatabase[dict[str, Any]], wanted: Search
) -> None:
    """The narrowest condition is looked up; the others are looked at in what was found by it."""
    page, counts = branches(wanted)
    narrowest = min(await _alone(database, wanted))
    for pipeline in (*page, *counts):
        plan = await explained(database, pipeline)
        assert "COLLSCAN" not in plan.stages
        assert plan.read <= FACTOR * max(narrowest, plan.found, LIMIT + 1)


async def _alone(database: AsyncDatabase[dict[str, Any]], wanted: Search) -> list[int]:
    """How many have each condition of a question alone."""
    alone = [
        *(Search(words=(word,)) for word in wanted.words),
        *(Search(one_of=[one]) for one in wanted.one_of),
        *(Search(ranges=[one]) for one in wanted.ranges),
        *([Search(category=wanted.category)] if wanted.category else []),
        *([Search(currency=wanted.currency, price=wanted.price)] if wanted.currency else []),
    ]
    return [(await explained(database, branches(one)[1][0])).found for one in alone]


async def test_of_what_matches_best_no_more_is_read_than_may_fill_the_page(
    store: MongoStore, database: AsyncDatabase[dict[str, Any]]
) -> None:
    """One in forty is called word1, and ten more begin like that: they come last, and are not looked at."""
    edition, best = await store.present(), Search(words=("word1",), by=By.RELEVANCE, limit=LIMIT)
    assert (await edition.search(best, NOW)).total == 11 * OFFERINGS // 40
    read = dict[bool, int]()
    for descending in (True, False):
        await database.command("profile", 2)
        await edition.search(replace(best, descending=descending, counted=False), NOW)
        await database.command("profile", 0)
        noted = await database["system.profile"].find({"command.aggregate": "entries__1"}).to_list()
        await database["system.profile"].drop()
        read[descending] = sum(one["docsExamined"] for one in noted)
    assert read[True] == OFFERINGS // 40
    assert read[False] > read[True]


async def test_counts_of_everything_read_an_index_only(database: AsyncDatabase[dict[str, Any]]) -> None:
    _, counts = branches(Search(one_of=COLOUR))
    whole, without = [await explained(database, one) for one in (branches(Search())[1][0], counts[1])]
    for plan in (whole, without):
        assert (plan.read, plan.found) == (0, OFFERINGS)
        assert "COLLSCAN" not in plan.stages


async def test_a_reading_of_everything_is_seen(database: AsyncDatabase[dict[str, Any]]) -> None:
    plan = await explained(database, [{"$match": {"visible": True}}])
    assert "COLLSCAN" in plan.stages
    assert plan.read == OFFERINGS


async def test_nothing_else_reads_a_whole_collection(
    store: MongoStore, database: AsyncDatabase[dict[str, Any]]
) -> None:
    """As the server itself has noted of what was really done."""
    edition = await store.present()
    await database.command("profile", 2)
    await store.find("phone-7")
    await store.size()
    for source in (
        price("price-7", "3", version=2),
        characteristic("unused", "boolean", version=2),
        offering("phone-7", "spec-7", ["price-7"], version=2),
    ):
        await store.keep(Copy(source=source))
    while (await store.refresh(NOW)).composed:
        pass
    await edition.ids(Copy(source=price("x")).source.of, id_of("x"), 10)
    await edition.audit([Copy(source=offering("phone-8"))], NOW)
    await database.command("profile", 0)
    noted = await database["system.profile"].find({"ns": {"$regex": "(entries|copies)__1$"}}).to_list()
    plans = {one.get("planSummary", "") for one in noted}
    assert len(noted) >= 10
    assert not [plan for plan in plans if "COLLSCAN" in plan]
    read = sum(one.get("docsExamined", 0) for one in noted)
    assert read <= 5 * (2 + OFFERINGS // 300)  # the price's phones: marked, read, written


async def test_there_are_indexes_for_currencies_and_room_for_more(store: MongoStore) -> None:
    names = [*(await (await store.present()).entries.index_information())]
    assert sum("from." in name for name in names) == 4 * len(CURRENCIES)
    assert len(names) - 2 * len(CURRENCIES) + 2 * 20 <= 64
