"""What is written of copies and entries, and how it is read.

States and entries are JSON texts: pydantic reads them faster than documents of MongoDB's, and numbers stay
exact, however long. Beside them stand the fields that are looked for.

The text of an entry is what shoppers are shown of it, to the letter, so that a page of them is put together
without reading any. What they are not shown stands beside it (`more`), and so does a checksum of both: a text
that it does not fit was spoiled, or written by another release. One of a release before this format is read
as it was written then.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from hashlib import blake2b
from typing import Any
from uuid import UUID

from bson.decimal128 import Decimal128, create_decimal128_context
from pydantic import TypeAdapter

from store.domain.compose import measured, spelled
from store.domain.entry import Attribute, Entry
from store.domain.facets import Mark, choices, paths
from store.domain.ordering import sort_value
from store.domain.search import By, Search
from store.domain.sources import Characteristic, Copy, Kind, Offering, Price, Source, Specification
from store.domain.words import terms, texts_of

FORMAT = 2
"""Of what refreshing makes of an entry. Whoever changes that counts it up: older ones are composed anew."""
ALL = "*"
"""How the mark begins that every entry has, of its category: the sum of their counts is the total."""
TEXT = ("entry", "more", "sum")
"""The fields that an entry is read from."""
COMPOSED = (
    *(*TEXT, "key", "recheck_at", "shown", "valid_from", "valid_to", "name", "published", "from"),
    *("terms", "said", "attrs", "categories", "marks"),
)
"""What refreshing makes of an entry; all else in its document is what was heard."""
FORMER = ("name_stems",)
"""What it made of one in formats before this one."""

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
_MORE = {"recheck_at", "sources"}
_HIDDEN: Any = {**dict.fromkeys(_MORE, True), "attributes": {"__all__": {"dimension", "size"}}}
"""What shoppers are not shown: sizes come of numbers and units, and all else stands in `more`."""
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


def digest(copy: Copy) -> str:
    """A digest of what entries may show of a copy: see `Copy.shown`."""
    return blake2b(copy.shown.encode(errors="surrogatepass"), digest_size=16).hexdigest()


def since(document: Mapping[str, Any]) -> int:
    """The version from which on entries show the same of a copy as in its present one.

    Without a note of this very version (an older release has written it, say) that is the present one.
    """
    note = document.get("said") or {}
    return int(note["since"]) if note.get("at") == version_of(document) else version_of(document)


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


@dataclass(frozen=True)
class WrittenEntry:
    """An entry as it is written: `text` is the JSON that shoppers are shown."""

    text: str
    more: str

    @classmethod
    def of(cls, entry: Entry) -> "WrittenEntry":
        """The texts of an entry."""
        text, more = (
            _ENTRY.dump_json(entry, by_alias=True, exclude=_HIDDEN),
            _ENTRY.dump_json(entry, by_alias=True, include=_MORE),
        )
        return cls(text.decode(), more.decode())

    @classmethod
    def found(cls, document: Mapping[str, Any]) -> "WrittenEntry":
        """What is written in a document, of which `TEXT` is looked at.

        Raises:
            ValueError, TypeError, KeyError: when it was spoiled, or written by a newer release.
        """
        if "sum" not in document:
            return cls.of(_ENTRY.validate_json(document["entry"]))
        written = cls(document["entry"], document["more"])
        if written.sum != document["sum"]:
            raise ValueError("the text of an entry does not fit its checksum")
        return written

    @property
    def sum(self) -> int:
        """The checksum. The same texts in another format have another one."""
        return zlib.crc32(self.more.encode(), zlib.crc32(self.text.encode(), FORMAT))

    def read(self) -> Entry:
        """The entry that was written."""
        entry = _ENTRY.validate_json(f"{self.text[:-1]},{self.more[1:]}")
        return replace(entry, attributes=[measured(one) for one in entry.attributes])


def read_entry(document: Mapping[str, Any]) -> Entry:
    """The entry in a document. Raises what `WrittenEntry.found` does."""
    return WrittenEntry.found(document).read()


def written_entry(entry: Entry) -> dict[str, Any]:
    """The fields of an entry, of which those that have no value are missing.

    What cannot be bought, as no price of it is valid, can be found by its key only.
    """
    written = WrittenEntry.of(entry)
    fields: dict[str, Any] = {"entry": written.text, "more": written.more, "sum": written.sum}
    fields["key"] = entry.key
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
        "terms": [*_merged(set(terms(texts_of(entry)))), *map(in_name, _stems(entry.name))],
        "said": sorted({said(one.key, spelled(one)) for one in entry.attributes}),
        "attrs": [_measured(one) for one in entry.attributes if one.number is not None],
        "categories": paths(entry.category),
        "marks": BETWEEN_MARKS.join((ALL + entry.category, *sorted(map(_BETWEEN.join, choices(entry))))),
    }


def _stems(text: str) -> Iterator[str]:
    return (term[1:] for term in terms([text]) if term.startswith("="))


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


def in_name(stem: str) -> str:
    """The term of an entry whose name has a word of this stem; no word begins like that."""
    return f"~{stem}"


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


def read_mark(text: str) -> Mark:
    """The mark that was written as this text."""
    return Mark(*text.split(_BETWEEN, 3))


def marks_of(facet: str) -> dict[str, str]:
    """The condition that a mark is one of this facet."""
    return {"$gte": facet + _BETWEEN, "$lt": facet + chr(ord(_BETWEEN) + 1)}


def texts(ids: Iterable[UUID]) -> list[str]:
    """Ids as they are kept."""
    return [str(id) for id in ids]
