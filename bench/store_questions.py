"""What shoppers ask the store, and the same asked of the same collection by bare pymongo: the floors."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from typing import Any
from urllib.parse import urlencode

from bson.decimal128 import Decimal128
from bson.regex import Regex
from pymongo.asynchronous.collection import AsyncCollection

from bench.store_catalogue import Catalogue
from store.domain.words import stem
from store_app.mongo.documents import ALL, BETWEEN_MARKS, in_name, of_stem

Documents = AsyncCollection[dict[str, Any]]
Counts = tuple[int, int | None]
"""How many entries are on a page, and in all where that is counted."""

PAGE = 24
RARE, OFTEN = 0.01, 0.1
"""Shares of all entries that have a word which is searched for."""


@dataclass(frozen=True)
class Question:
    """A question as an address, and by hand."""

    path: str
    by_hand: Callable[[Documents], Awaitable[Counts]]


@dataclass(frozen=True)
class Sort:
    """A sort of questions, and how many of them are asked in a turn.

    `meant` are the most milliseconds for half of them, by the most entries that a store has for that.
    """

    name: str
    make: Callable[[Catalogue, Random, int], Question]
    meant: Mapping[int, int]
    count: int

    def most(self, size: int) -> int:
        """What is meant for a store of this size."""
        return next((most for upto, most in self.meant.items() if size <= upto), max(self.meant.values()))


def words(catalogue: Catalogue, random: Random, size: int) -> Question:
    """A word that one to ten in a hundred have, with all facets."""
    word = catalogue.common_words(random, RARE, OFTEN)
    return _counted({"q": word}, word, {})


def words_in_a_category(catalogue: Catalogue, random: Random, size: int) -> Question:
    """The same in a category: what is beside it is counted, too."""
    word, category = catalogue.common_words(random, RARE, OFTEN), _category(catalogue, random, 1)
    return _counted({"q": word, "category": category}, word, {"categories": category})


def dearest(catalogue: Catalogue, random: Random, size: int) -> Question:
    """Of a category, in a colour, below a price: the dearest first."""
    category, colour = _category(catalogue, random, 2), random.choice(catalogue.choices["colour"])
    most = random.choice((60, 100, 200))
    asked = {"category": category, "attr.colour": colour, "currency": "EUR", "price.lte": most}
    wanted = {
        "shown": True,
        "categories": category,
        "said": f"colour={colour}",
        "from.EUR": {"$lte": Decimal128(Decimal(most))},
    }
    return _page({**asked, "sort": "-price"}, wanted, [("from.EUR", -1), ("_id", 1)])


def by_name(catalogue: Catalogue, random: Random, size: int) -> Question:
    """Of a brand, with a memory of at least so much, by name."""
    brand = random.choice(catalogue.choices["brand"])
    asked = {"attr.brand": brand, "attr.memory.gte": 64}
    wanted = {
        "shown": True,
        "said": f"brand={brand}",
        "attrs": {"$elemMatch": {"k": "memory", "n": {"$gte": 64}}},
    }
    return _page({**asked, "sort": "name"}, wanted, [("name", 1), ("_id", 1)])


def first_page(catalogue: Catalogue, random: Random, size: int) -> Question:
    """What is in a category, by name: what a shopper sees who only looks around."""
    category = _category(catalogue, random, random.choice((1, 2, 3)))
    wanted = {"shown": True, "categories": category}
    return _page({"category": category, "sort": "name"}, wanted, [("name", 1), ("_id", 1)])


def one(catalogue: Catalogue, random: Random, size: int) -> Question:
    """One entry by its key."""
    key = catalogue.key(random.randrange(size))

    async def by_hand(entries: Documents) -> Counts:
        return int(await entries.find_one({"key": key}, ["entry"]) is not None), None

    return Question(f"/store/offerings/{key}", by_hand)


_COUNTED, _LISTED, _KNOWN = {10_000: 15, 100_000: 60}, {100_000: 5}, {100_000: 3}
SORTS = (
    Sort("words, facets", words, _COUNTED, 25),
    Sort("words, category, facets", words_in_a_category, _COUNTED, 25),
    Sort("three filters, dearest", dearest, _LISTED, 40),
    Sort("two filters, by name", by_name, _LISTED, 40),
    Sort("one filter, by name", first_page, _LISTED, 40),
    Sort("one by its key", one, _KNOWN, 100),
)


def _category(catalogue: Catalogue, random: Random, steps: int) -> str:
    return "/".join(random.choice(catalogue.categories).split("/")[:steps])


def _valid() -> dict[str, Any]:
    now = datetime.now(UTC).isoformat()
    return {"valid_from": {"$lte": now}, "valid_to": {"$gt": now}}


def _page(asked: Mapping[str, Any], wanted: Mapping[str, Any], order: list[tuple[str, int]]) -> Question:
    async def by_hand(entries: Documents) -> Counts:
        found = entries.find({**wanted, **_valid()}, ["entry"]).sort(order).limit(PAGE)
        return len(await found.to_list()), None

    return Question(f"/store/offerings?{urlencode({**asked, 'facets': 'false'})}", by_hand)


def _counted(asked: Mapping[str, Any], word: str, more: Mapping[str, Any]) -> Question:
    """The page, the marks of all that was found, and those beside what is chosen: all at the same time."""
    whole = of_stem(stem(word))

    async def by_hand(entries: Documents) -> Counts:
        text = {"shown": True, "terms": {"$in": [*whole, Regex(f"^{word}")]}, **_valid()}
        called = {"$in": [in_name(stem(word)), "$terms"]}
        page: list[dict[str, Any]] = [
            {"$match": {**text, **more}},
            {"$project": {"entry": 1, "called": called}},
            {"$sort": {"called": -1, "_id": 1}},
            {"$limit": PAGE},
        ]
        count: list[dict[str, Any]] = [
            {"$project": {"_id": 0, "marks": {"$split": ["$marks", BETWEEN_MARKS]}}},
            {"$unwind": "$marks"},
            {"$group": {"_id": "$marks", "count": {"$sum": 1}}},
        ]
        counts = [[{"$match": {**text, **more}}, *count], *([[{"$match": text}, *count]] if more else [])]
        items, marks, *_ = await asyncio.gather(*(_rows(entries, one) for one in (page, *counts)))
        return len(items), sum(one["count"] for one in marks if one["_id"].startswith(ALL))

    return Question(f"/store/offerings?{urlencode(asked)}", by_hand)


async def _rows(entries: Documents, pipeline: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return await (await entries.aggregate(pipeline, batchSize=100_000)).to_list()
