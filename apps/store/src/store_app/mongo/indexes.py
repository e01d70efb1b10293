"""The indexes of an edition. No question and no turn of refreshing may read a whole collection."""

from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

TOMBSTONES = 30 * 24 * 3600
"""Seconds that it is remembered which offerings were deleted: no event comes later than that.

Of characteristics, specifications and prices it is remembered as long as the edition lives: what refers to
one could not tell otherwise that it is gone from that it is still on its way.
"""
MOST_CURRENCIES = 10
"""That have indexes of their own, four each; a collection has 64 at most. Prices in any other currency are
sorted when they are asked for."""

SUSPECTED = 7 * 24 * 3600
"""Seconds that a message is suspected for: one that never came again is no matter any more."""

_SHOWN = {"shown": True}


def _there(field: str) -> dict[str, Any]:
    return {field: {"$exists": True}}


SUSPECTS = (IndexModel([("at", ASCENDING)], expireAfterSeconds=SUSPECTED),)
STAGED = (IndexModel([("at", ASCENDING)], expireAfterSeconds=TOMBSTONES),)
COPIES = (
    IndexModel([("of", ASCENDING), ("_id", ASCENDING)]),
    IndexModel([("characteristics", ASCENDING)], sparse=True),
)
ENTRIES = (
    IndexModel([("refs", ASCENDING)]),
    IndexModel([("stale", ASCENDING)], partialFilterExpression=_there("stale")),
    IndexModel([("recheck_at", ASCENDING)], partialFilterExpression=_there("recheck_at")),
    IndexModel(
        [("deleted_at", ASCENDING)],
        expireAfterSeconds=TOMBSTONES,
        partialFilterExpression={"deleted": True},
    ),
    IndexModel([("key", ASCENDING)], partialFilterExpression=_there("key")),
    # Only what can be bought costs anything in the indexes for shoppers. An order has an index for each
    # direction in which it is asked for: ties are broken by the id, always upwards. What is chosen most has
    # the most usual order behind it, so that a page is read and not all that was found.
    *(
        IndexModel(keys, partialFilterExpression=_SHOWN)
        for keys in (
            [("shown", ASCENDING), ("name", ASCENDING), ("_id", ASCENDING)],
            [("shown", ASCENDING), ("published", DESCENDING), ("_id", ASCENDING)],
            [("shown", ASCENDING), ("valid_to", ASCENDING), ("valid_from", ASCENDING), ("marks", ASCENDING)],
            [("terms", ASCENDING)],
            [("said", ASCENDING), ("name", ASCENDING), ("_id", ASCENDING)],
            [("categories", ASCENDING), ("name", ASCENDING), ("_id", ASCENDING)],
            [("attrs.k", ASCENDING), ("attrs.n", ASCENDING)],
            [("attrs.k", ASCENDING), ("attrs.d", ASCENDING), ("attrs.s", ASCENDING)],
        )
    ),
)


def of_currency(currency: str) -> list[IndexModel]:
    """The indexes for what is sold in a currency, cheapest and dearest first, at all and in a category."""
    field = f"from.{currency}"
    return [
        IndexModel(
            [(first, ASCENDING), (field, direction), ("_id", ASCENDING)],
            partialFilterExpression={**_SHOWN, **_there(field)},
        )
        for first in ("shown", "categories")
        for direction in (ASCENDING, DESCENDING)
    ]


def currency_of(key: list[tuple[str, Any]]) -> str | None:
    """The currency that an index is of, None for all others."""
    found = [field.removeprefix("from.") for field, _ in key if field.startswith("from.")]
    return found[0] if found else None
