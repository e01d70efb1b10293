"""A question as one command, and its answer.

The command has a branch for the page and, when it counts, one for the marks of all that was found and one
for each facet that is chosen from. `$facet` would do the same, without any index and slower.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from bson.decimal128 import Decimal128
from bson.regex import Regex

from kernel.logging import get_logger
from store.domain.entry import Entry
from store.domain.facets import Mark, chosen, told
from store.domain.ordering import value_at
from store.domain.search import By, Found, Place, Range, Search
from store.domain.words import stem
from store_app.mongo.documents import (
    ALL,
    BETWEEN_MARKS,
    UNREADABLE,
    marks_of,
    moment,
    number,
    of_stem,
    read_entry,
    read_mark,
    said,
)

Condition = dict[str, Any]
Stage = dict[str, Any]
_RELEVANCE = "relevance"

_log = get_logger(__name__)


def question(wanted: Search, now: datetime, collection: str) -> list[Stage]:
    """The pipeline that answers a question about the entries in a collection."""
    stages = _page(wanted, now)
    if wanted.counted:
        branches = [_counts(wanted, now)]
        branches += [_counts(without, now, facet) for facet, without in chosen(wanted).items()]
        stages += [{"$unionWith": {"coll": collection, "pipeline": one}} for one in branches]
    return stages


def found_in(rows: Sequence[Mapping[str, Any]], wanted: Search) -> Found:
    """The answer that the rows of the command are.

    An entry that cannot be read is left out. The place behind a page is told by its last row all the same, so
    that the next one is found.
    """
    found = [row for row in rows if "entry" in row]
    page = found[: wanted.limit]
    items = [*_read(page)]
    next = _place(page[-1], wanted) if len(found) > len(page) else None
    if not wanted.counted:
        return Found(items=items, next=next)
    total, counts = _counted([row for row in rows if "entry" not in row], wanted)
    return Found(items=items, next=next, total=total, facets=told(counts))


def _read(rows: Iterable[Mapping[str, Any]]) -> Iterator[Entry]:
    for row in rows:
        try:
            yield read_entry(row["entry"])
        except UNREADABLE:
            _log.exception("entry.refuse", id=row["_id"])


def _place(row: Mapping[str, Any], wanted: Search) -> Place:
    value: Any = row
    for name in _sorted_by(wanted).split("."):
        value = value[name]
    text = f"{value.to_decimal():f}" if isinstance(value, Decimal128) else str(value)
    return Place(value=text, id=row["_id"])


def _counted(rows: Iterable[Mapping[str, Any]], wanted: Search) -> tuple[int, Counter[Mark]]:
    """The total, and how many entries have a mark: of a facet that is chosen from, in its own branch."""
    total, counts, own = 0, Counter[Mark](), chosen(wanted).keys()
    for row in rows:
        if row["_id"] == ALL:
            total = row["count"]
            continue
        mark = read_mark(row["_id"])
        if "facet" in row or mark.key not in own:
            counts[mark] = row["count"]
    return total, counts


def _page(wanted: Search, now: datetime) -> list[Stage]:
    field = _sorted_by(wanted)
    conditions, scored = conditions_of(wanted, now), list[Stage]()
    behind = [] if wanted.after is None else _behind(wanted.after, field, wanted)
    if wanted.by is By.RELEVANCE:
        hits = [{"$cond": [{"$in": [f"={stem(one)}", "$name_stems"]}, 1, 0]} for one in wanted.words]
        scored = [{"$project": {"entry": 1, field: {"$add": hits}}}, {"$match": {"$and": [{}, *behind]}}]
    elif wanted.by is By.PRICE:
        conditions += [{field: {"$exists": True}}, *behind]
    else:
        conditions += behind
    return [
        {"$match": {"$and": conditions}},
        *scored,
        {"$sort": {field: -1 if wanted.descending else 1, "_id": 1}},
        {"$limit": wanted.limit + 1},
        {"$project": {"entry": 1, field: 1}},
    ]


def _counts(wanted: Search, now: datetime, facet: str = "") -> list[Stage]:
    """How many entries have each mark, or each mark of one facet."""
    of_facet = [{"$match": {"marks": marks_of(facet)}}] if facet else []
    return [
        {"$match": {"$and": conditions_of(wanted, now)}},
        {"$project": {"_id": 0, "marks": 1}},
        {"$project": {"marks": {"$split": ["$marks", BETWEEN_MARKS]}}},
        {"$unwind": "$marks"},
        *of_facet,
        {"$group": {"_id": "$marks", "count": {"$sum": 1}}},
        *([{"$set": {"facet": facet}}] if facet else []),
    ]


def _sorted_by(wanted: Search) -> str:
    match wanted.by:
        case By.RELEVANCE:
            return _RELEVANCE
        case By.PRICE:
            return f"from.{wanted.currency}"
        case By.PUBLISHED:
            return "published"
    return "name"


def _behind(place: Place, field: str, wanted: Search) -> list[Condition]:
    """What comes behind a place. The first condition is needless, and bounds the reading of an index."""
    end = value_at(place, wanted.by)
    value = number(end) if isinstance(end, Decimal) else end
    further = "$lt" if wanted.descending else "$gt"
    same = {field: value, "_id": {"$gt": place.id}}
    return [{field: {f"{further}e": value}}, {"$or": [{field: {further: value}}, same]}]


def conditions_of(wanted: Search, now: datetime) -> list[Condition]:
    """All that must hold for what is found, wherever a page begins."""
    present = moment(now)
    conditions: list[Condition] = [
        {"shown": True},
        {"valid_from": {"$lte": present}},
        {"valid_to": {"$gt": present}},
        *(_word(word, last=word == wanted.words[-1]) for word in wanted.words),
        *({"said": {"$in": [said(one.key, value) for value in one.values]}} for one in wanted.one_of),
        *(_range(one) for one in wanted.ranges),
    ]
    if wanted.category:
        conditions.append({"categories": {"$in": [*wanted.category]}})
    if wanted.currency is not None:
        conditions += _costs(wanted.currency, wanted)
    return conditions


def _word(word: str, *, last: bool) -> Condition:
    """A word has letters and digits only, so nothing of it has a meaning in a pattern."""
    beginning = [Regex(f"^{word}")] if last else []
    return {"terms": {"$in": [*of_stem(stem(word)), *beginning]}}


def _range(wanted: Range) -> Condition:
    measured: dict[str, Any] = {"k": wanted.key}
    size = "n" if wanted.dimension is None else "s"
    if wanted.dimension is not None:
        measured["d"] = wanted.dimension
    measured[size] = {f"${how}": bound for how, bound in wanted.bounds.items()} or {"$exists": True}
    return {"attrs": {"$elemMatch": measured}}


def _costs(currency: str, wanted: Search) -> list[Condition]:
    """Bounds of more digits than MongoDB compares are rounded inwards, which is exact: amounts have fewer."""
    field, low, high = f"from.{currency}", wanted.price.gte, wanted.price.lte
    bounds: list[Condition] = [{field: {"$exists": True}}]
    if low is not None:
        bounds.append({field: {"$gte": number(low, ROUND_CEILING)}})
    if high is not None:
        bounds.append({field: {"$lte": number(high, ROUND_FLOOR)}})
    return bounds
