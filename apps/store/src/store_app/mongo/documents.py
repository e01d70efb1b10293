"""What is written of copies and entries, and how it is read.

States and entries are JSON texts: an entry of eight attributes and three prices is read in 32 us by pydantic
(in 50 us it would be as a document of MongoDB's), and numbers stay exact, however long. Beside them stand the
fields that are looked for.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any
from uuid import UUID

from bson.decimal128 import Decimal128, create_decimal128_context
from pydantic import TypeAdapter

from store.domain.compose import spelled
from store.domain.entry import Attribute, Entry
from store.domain.facets import Mark, marks, paths
from store.domain.ordering import sort_value
from store.domain.search import By, Search
from store.domain.sources import Characteristic, Copy, Kind, Offering, Price, Source, Specification
from store.domain.words import terms, texts_of

ALL = "*"
"""The mark that every entry has: its count is the total."""
COMPOSED = (
    *("entry", "key", "recheck_at", "shown", "valid_from", "valid_to", "name", "published", "from"),
    *("terms", "name_stems", "said", "attrs", "categories", "marks"),
)
"""What refreshing makes of an entry; all else in its document is what was heard."""

BETWEEN_MARKS = "\x1e"
"""The marks of an entry are one text, as an index that has it answers how many there are of each: reading the
entries would take three times as long. No text of the write sides has control characters."""
UNREADABLE = (ValueError, TypeError, KeyError)
"""What is raised by reading a document that was spoiled, or written by a newer release."""
_BETWEEN = "\x1f"
"""Between the parts of a mark."""
_ALWAYS = ("", "~")
"""From and to of what is always valid: before and behind all moments."""
_BY_NAME, _BY_PUBLISHED = Search(by=By.NAME), Search(by=By.PUBLISHED)
_EXACT = create_decimal128_context()
_ENTRY = TypeAdapter(Entry)
_SOURCES: Mapping[Kind, TypeAdapter[Any]] = {
    kind.of: TypeAdapter(kind) for kind in (Characteristic, Specification, Price, Offering)
}


def written_copy(copy: Copy) -> dict[str, Any]:
    """What is kept of an aggregate, beside its id."""
    source: dict[str, Any] = {
        "source": _written_source(copy.source),
        "v": copy.version,
        "deleted": copy.deleted,
    }
    if isinstance(copy.source, Offering):
        deleted_at = datetime.now(UTC) if copy.deleted else None
        return {**source, "deleted_at": deleted_at, "refs": [str(id) for id in copy.source.refers_to]}
    source["of"] = str(copy.source.of)
    if isinstance(copy.source, Specification):
        source["characteristics"] = [str(use.characteristic_id) for use in copy.source.uses]
    return source


def _written_source(source: Source) -> str:
    return _SOURCES[source.of].dump_json(source, by_alias=True).decode()


def read_copy(document: Mapping[str, Any]) -> Copy:
    """The copy in a document of either collection; entries are those of offerings."""
    kind = Kind(document.get("of", Kind.OFFERING))
    return Copy(source=_SOURCES[kind].validate_json(document["source"]), deleted=document["deleted"])


def version_of(document: Mapping[str, Any]) -> int:
    """The version in a document; less than any when there is none."""
    version = document.get("v")
    return version if isinstance(version, int) else -1


def read_entry(text: str) -> Entry:
    """The entry that was written as this text."""
    return _ENTRY.validate_json(text)


def written_entry(entry: Entry) -> dict[str, Any]:
    """The fields of an entry, of which those that have no value are missing.

    What cannot be bought, as no price of it is valid, can be found by its key only.
    """
    fields: dict[str, Any] = {"entry": _ENTRY.dump_json(entry).decode(), "key": entry.key}
    if entry.recheck_at is not None:
        fields["recheck_at"] = moment(entry.recheck_at)
    return fields | _searched(entry) if entry.from_amounts else fields


def _searched(entry: Entry) -> dict[str, Any]:
    first, last = entry.valid_for.from_, entry.valid_for.to
    return {
        "shown": True,
        "valid_from": _ALWAYS[0] if first is None else moment(first),
        "valid_to": _ALWAYS[1] if last is None else moment(last),
        "name": sort_value(entry, _BY_NAME),
        "published": sort_value(entry, _BY_PUBLISHED),
        "from": {currency: number(amount) for currency, amount in entry.from_amounts.items()},
        "terms": [*_merged(set(terms(texts_of(entry))))],
        "name_stems": [term for term in terms([entry.name]) if term.startswith("=")],
        "said": sorted({said(one.key, spelled(one)) for one in entry.attributes}),
        "attrs": [_measured(one) for one in entry.attributes if one.number is not None],
        "categories": paths(entry.category),
        "marks": BETWEEN_MARKS.join((ALL, *sorted(map(_written_mark, marks(entry))))),
    }


def _measured(attribute: Attribute) -> dict[str, Any]:
    fields = {"k": attribute.key, "n": attribute.number, "d": attribute.dimension, "s": attribute.size}
    return {name: value for name, value in fields.items() if value is not None}


def _merged(found: set[str]) -> Iterator[str]:
    """The terms; a word that is its own stem is one instead of two, which is a third less to be indexed."""
    for term in sorted(found):
        if not term.startswith("="):
            yield f"{term}=" if f"={term}" in found else term
        elif term[1:] not in found:
            yield term


def of_stem(stem: str) -> list[str]:
    """The terms of which an entry has one when it has a word of this stem."""
    return [f"={stem}", f"{stem}="]


def said(key: str, value: str) -> str:
    """That an attribute has a value."""
    return f"{key}={value}"


def moment(at: datetime) -> str:
    """A moment to the microsecond, which the dates of MongoDB round off; as texts they sort as in time."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def number(value: Decimal, rounding: str = ROUND_HALF_EVEN) -> Decimal128:
    """A number of at most 34 digits as it is; a longer one rounded."""
    context = _EXACT.copy()
    context.rounding = rounding
    return Decimal128(context.create_decimal(value))


def _written_mark(mark: Mark) -> str:
    return _BETWEEN.join((mark.key, mark.value, mark.label, mark.text))


def read_mark(text: str) -> Mark:
    """The mark that was written as this text."""
    return Mark(*text.split(_BETWEEN, 3))


def marks_of(facet: str) -> dict[str, str]:
    """The condition that a mark is one of this facet."""
    return {"$gte": facet + _BETWEEN, "$lt": facet + chr(ord(_BETWEEN) + 1)}


def texts(ids: Iterable[UUID]) -> list[str]:
    """Ids as they are kept."""
    return [str(id) for id in ids]
