"""A question as one command, and its answer.

The command has a branch for the page and, when it counts, one for the marks of all that was found and one
for each facet that is chosen from. `$facet` would do the same, without any index and slower.

What matches best is asked for in two parts, as those that have a word in their name are few and have a term
of their own. The second part is not begun when the first one fills the page.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from bson.decimal128 import Decimal128
from bson.regex import Regex

from kernel.logging import get_logger
from store.domain.facets import Mark, chosen, steps, told
from store.domain.ordering import value_at
from store.domain.search import CATEGORY, By, Found, Place, Range, Search
from store.domain.words import stem
from store_app.mongo.documents import (
    ALL,
    BETWEEN_MARKS,
    TEXT,
    UNREADABLE,
    WrittenEntry,
    in_name,
    marks_of,
    moment,
    number,
    of_stem,
    read_mark,
    said,
)
from store_app.written import WrittenEntries

Condition = dict[str, Any]
Stage = dict[str, Any]
_RELEVANCE = "relevance"

_log = get_logger(__name__)


def question(wanted: Search, now: datetime, collection: str) -> list[Stage]:
    """The pipeline that answers a question about the entries in a collection."""
    stages = _page(wanted, now) if wanted.by is not By.RELEVANCE else _best(wanted, now, collection)
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
    items = WrittenEntries([*_read(page)], lambda one: one.text, WrittenEntry.read)
    next = _place(page[-1], wanted) if len(found) > len(page) else None
    if not wanted.counted:
        return Found(items=items, next=next)
    total, counts = _counted([row for row in rows if "entry" not in row], wanted)
    return Found(items=items, next=next, total=total, facets=told(counts))


def _read(rows: Iterable[Mapping[str, Any]]) -> Iterator[WrittenEntry]:
    for row in rows:
        try:
            yield WrittenEntry.found(row)
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
        of_facet, count = "facet" in row, row["count"]
        for mark in _marks(row["_id"]):
            if of_facet or mark.key not in own:
                counts[mark] += count
        if not of_facet and row["_id"].startswith(ALL):
            total += count
    return total, counts


def _marks(written: str) -> list[Mark]:
    """What a mark that was written says: that of a category stands for all its steps."""
    return steps(written.removeprefix(ALL)) if written.startswith(ALL) else [read_mark(written)]


def _page(wanted: Search, now: datetime) -> list[Stage]:
    field = _sorted_by(wanted)
    conditions = conditions_of(wanted, now)
    if wanted.by is By.PRICE:
        conditions.append({field: {"$exists": True}})
    if wanted.after is not None:
        conditions += _behind(wanted.after, field, wanted)
    return [{"$match": {"$and": conditions}}, *_first(field, wanted), {"$project": _told(field)}]


def _best(wanted: Search, now: datetime, collection: str) -> list[Stage]:
    """The page in the order of relevance, which is how many of the words are in the name."""
    parts = [*_called(wanted, now), _mentioning(wanted, now)]
    first, *rest = parts if wanted.descending else reversed(parts)
    more: list[Stage] = [{"$unionWith": {"coll": collection, "pipeline": one}} for one in rest]
    return [*first, *more, {"$limit": wanted.limit + 1}]


def _called(wanted: Search, now: datetime) -> Iterator[list[Stage]]:
    """Those with one word in their name, or more."""
    called, place = _in_name(wanted), wanted.after
    if not called or (place is not None and wanted.descending and value_at(place, wanted.by) == 0):
        return
    hits = [{"$cond": [{"$in": [one, "$terms"]}, 1, 0]} for one in called]
    yield [
        {"$match": {"$and": [*conditions_of(wanted, now), {"terms": {"$in": called}}]}},
        {"$project": {**_told(), _RELEVANCE: {"$add": hits}}},
        *([{"$match": {"$and": _behind(place, _RELEVANCE, wanted)}}] if place is not None else []),
        *_first(_RELEVANCE, wanted),
    ]


def _mentioning(wanted: Search, now: datetime) -> list[Stage]:
    """Those with no word in their name, by their ids."""
    called, place, conditions = _in_name(wanted), wanted.after, conditions_of(wanted, now)
    if place is not None and value_at(place, wanted.by) == 0:
        conditions.append({"_id": {"$gt": place.id}})
    elif place is not None and not wanted.descending:
        conditions.append({"_id": {"$in": []}})  # they were on the pages before
    if called:
        conditions.append({"terms": {"$nin": called}})
    return [
        {"$match": {"$and": conditions}},
        {"$sort": {"_id": 1}},
        {"$limit": wanted.limit + 1},
        {"$project": {**_told(), _RELEVANCE: {"$literal": 0}}},
    ]


def _in_name(wanted: Search) -> list[str]:
    return [in_name(stem(one)) for one in wanted.words]


def _first(field: str, wanted: Search) -> list[Stage]:
    """One more than are on the page: it tells that there is another page."""
    return [{"$sort": {field: -1 if wanted.descending else 1, "_id": 1}}, {"$limit": wanted.limit + 1}]


def _told(*fields: str) -> dict[str, int]:
    return dict.fromkeys((*TEXT, *fields), 1)


def _counts(wanted: Search, now: datetime, facet: str = "") -> list[Stage]:
    """How many entries have each mark, or each mark of one facet."""
    one: Any = "$marks"
    each: list[Stage] = []
    if facet == CATEGORY:  # the first mark is of it
        one = {"$substrBytes": ["$marks", 0, {"$indexOfBytes": ["$marks", BETWEEN_MARKS]}]}
    else:
        each = [{"$project": {"marks": {"$split": ["$marks", BETWEEN_MARKS]}}}, {"$unwind": "$marks"}]
        each += [{"$match": {"marks": marks_of(facet)}}] if facet else []
    return [
        {"$match": {"$and": conditions_of(wanted, now)}},
        {"$project": {"_id": 0, "marks": 1}},
        *each,
        {"$group": {"_id": one, "count": {"$sum": 1}}},
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
