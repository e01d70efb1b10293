"""Whether what an offering says can be shown to shoppers, and the entry that would be."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from uuid import UUID

from kernel.errors import Problem
from store.domain.compose import alive, entry_of
from store.domain.entry import Entry
from store.domain.sources import Content, Copy, Offering, Price, Specification

LARGEST_ENTRY = 256 * 1024
"""Bytes of an entry as JSON.

An offering that says all it may in Latin letters, a hundred values of 500 letters, at fifty prices of fifty
tiers each, has 215 KB: what has more is a list of thousands of values, which nobody reads. A page has up to
100 entries, and is answered within a second or not at all: of this size they are 26 MB, which takes 0.3 s.
Without a bound an entry of 17,000 numbers has 2.3 MB, and nobody sees the page that it is on.
"""
_LEAST_VALUE, _LEAST_PRICE = 110, 230
"""Bytes that a value and a price have in an entry at least, by the names of their fields alone."""


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What can be said of showing a content: the `entry` it makes, or all `problems` that are in the way.

    It has neither as long as a part is unknown.
    """

    entry: Entry | None = None
    problems: Sequence[Problem] = ()


def judge(offering: Offering, content: Content, known: Mapping[UUID, Copy], now: datetime) -> Judged:
    """Whether an offering can be shown that says this. What is not known yet is no problem.

    The pointers are into the content. Nothing is composed of what is too large already by the number of what
    it says, so that judging takes a moment, whatever is asked.
    """
    if problem := crowded(content):
        return Judged(problems=[problem])
    if problems := [*_missing(content), *_gone(content, known)]:
        return Judged(problems=problems)
    entry = entry_of(offering, content, known, now)
    if entry is None:
        return Judged()
    problem = _too_large(entry)
    return Judged(problems=[problem]) if problem else Judged(entry=entry)


def crowded(content: Content) -> Problem | None:
    """That an entry with so many values and prices would be too large, whatever they are."""
    said = [len(value) if isinstance(value, list | tuple) else 1 for value in content.values.values()]
    least = {
        "/values": _LEAST_VALUE * sum(said),
        "/priceIds": _LEAST_PRICE * len(content.price_ids),
        "/description": len(content.description),
    }
    return _beyond(least, sum(least.values()), "at least ")


def bytes_of(entry: Entry) -> int:
    """Bytes of it as JSON, without what is of no interest to shoppers: what it was composed of."""
    return _size(asdict(replace(entry, sources={})))


def _missing(content: Content) -> Iterator[Problem]:
    if content.specification_id is None:
        yield Problem("missing", "Nothing is shown without a specification: choose one.", "/specificationId")
    if not content.price_ids:
        yield Problem("missing", "Nothing is shown without a price: add at least one.", "/priceIds")


def _gone(content: Content, known: Mapping[UUID, Copy]) -> Iterator[Problem]:
    """Parts of which it is known that there are none any more."""
    copy = known.get(content.specification_id) if content.specification_id else None
    if copy is not None and alive(copy, Specification) is None:
        said = "There is no such specification any more: choose another one."
        yield Problem("gone", said, "/specificationId")
    for index, id in enumerate(content.price_ids):
        copy = known.get(id)
        if copy is not None and alive(copy, Price) is None:
            said = "There is no such price any more: choose another one."
            yield Problem("gone", said, f"/priceIds/{index}")


def _too_large(entry: Entry) -> Problem | None:
    parts = {
        "/values": _size([asdict(one) for one in entry.attributes]),
        "/priceIds": _size([asdict(one) for one in entry.prices]),
        "/description": _size(entry.description),
    }
    return _beyond(parts, bytes_of(entry))


def _beyond(parts: Mapping[str, int], size: int, at_least: str = "") -> Problem | None:
    """That an entry has too many bytes, where its largest part is; None when it has not."""
    if size <= LARGEST_ENTRY:
        return None
    largest = max(parts, key=lambda pointer: parts[pointer])
    found, most = -(-size // 1024), LARGEST_ENTRY // 1024
    said = f"This makes an entry of {at_least}{found} KB; at most {most} KB can be shown. Say less here."
    return Problem("too_large", said, largest)


def _size(value: object) -> int:
    # Half a character cannot be encoded: it counts as something, and whoever keeps it refuses it.
    return len(json.dumps(value, ensure_ascii=False, default=str).encode(errors="replace"))
