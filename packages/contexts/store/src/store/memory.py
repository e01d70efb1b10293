"""The store in memory: the plainest statement of what it promises, and what serves where no mongod runs."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from store.domain.compose import compose, needed, spelled
from store.domain.entry import Attribute, Entry
from store.domain.facets import Mark, chosen, marks, paths, told
from store.domain.ordering import place_of, sort_value, value_at
from store.domain.search import Facet, Found, OneOf, Range, Search
from store.domain.sources import Copy, Offering
from store.domain.words import found_in, terms, texts_of
from store.ports import Refreshed, publication_ended

_AT_A_TIME = 200
"""Entries that are looked at before others in this process have a turn."""
MOST_PUBLICATIONS = 10_000
"""Publications that are remembered; the one that was heard of longest ago is forgotten first."""


class MemoryStore:
    """See `Copies`, `KnownCopies` and `Catalogue`."""

    def __init__(self) -> None:
        self._copies: dict[UUID, Copy] = {}
        self._entries: dict[UUID, Entry] = {}
        self._terms: dict[UUID, frozenset[str]] = {}  # of the entries, for stems are slow to find
        self._users = defaultdict[UUID, set[UUID]](set)  # which offerings a copy was needed for
        self._stale: set[UUID] = set()

    async def keep(self, copy: Copy) -> None:
        """See `Copies`."""
        before = self._copies.get(copy.id)
        if not copy.outdates(before):
            return
        self._copies[copy.id] = copy
        if isinstance(copy.source, Offering):
            self._stale.add(copy.id)
        elif before is None or before.shown != copy.shown:
            self._stale |= self._users[copy.id]

    async def known(self, ids: Collection[UUID]) -> Mapping[UUID, Copy]:
        """See `KnownCopies`."""
        return {id: self._copies[id] for id in ids if id in self._copies}

    async def refresh(self, now: datetime) -> Refreshed:
        """See `Copies`."""
        due = {id for id, one in self._entries.items() if one.recheck_at and one.recheck_at <= now}
        ids, self._stale = self._stale | due, set()
        shown = [entry for id in ids if (entry := self._compose(id, now)) is not None]
        return Refreshed(composed=len(ids), shown=shown)

    def _compose(self, id: UUID, now: datetime) -> Entry | None:
        """The entry, when it shows a new version."""
        copy, before = self._copies[id], self._entries.pop(id, None)
        if isinstance(copy.source, Offering):
            for other in needed(copy.source, self._copies):
                self._users[other].add(id)
        entry = compose(copy, self._copies, now)
        if entry is None:
            return None
        new = before is None or before.version != entry.version
        self._terms[id] = frozenset(terms(texts_of(entry)))
        self._entries[id] = replace(entry, visible_at=now if before is None or new else before.visible_at)
        return self._entries[id] if new else None

    async def search(self, wanted: Search, now: datetime) -> Found:
        """See `Catalogue`."""
        found = await self._matching(wanted, now)
        found.sort(key=lambda one: str(one.id))
        found.sort(key=lambda one: sort_value(one, wanted), reverse=wanted.descending)
        rest = [one for one in found if _after(one, wanted)]
        items = rest[: wanted.limit]
        more = len(rest) > len(items)
        return Found(
            items=items,
            next=place_of(items[-1], wanted) if more else None,
            total=len(found) if wanted.counted else None,
            facets=await self._facets(wanted, now) if wanted.counted else None,
        )

    async def _matching(self, wanted: Search, now: datetime) -> list[Entry]:
        """All that is found, of what there is now. Everybody else in the process has a turn meanwhile."""
        found = list[Entry]()
        for index, one in enumerate(list(self._entries.values())):
            if one.on_sale(now) and matches(one, wanted, self._terms[one.id]):
                found.append(one)
            if index % _AT_A_TIME == 0:
                await asyncio.sleep(0)
        return found

    async def _facets(self, wanted: Search, now: datetime) -> list[Facet]:
        counts = await self._counts(wanted, now)
        for key, without in chosen(wanted).items():
            counts = Counter({mark: count for mark, count in counts.items() if mark.key != key})
            siblings = await self._counts(without, now)
            counts |= Counter({mark: count for mark, count in siblings.items() if mark.key == key})
        return told(counts)

    async def _counts(self, wanted: Search, now: datetime) -> Counter[Mark]:
        return Counter(mark for one in await self._matching(wanted, now) for mark in marks(one))

    async def find(self, key: str) -> Entry | None:
        """See `Catalogue`."""
        return next((one for one in self._entries.values() if one.key == key), None)

    async def size(self) -> Mapping[str, int]:
        """See `Catalogue`."""
        return {"entries": len(self._entries), "stale": len(self._stale)}


class MemoryStaging:
    """See `Staging`."""

    def __init__(self, most: int = MOST_PUBLICATIONS) -> None:
        self._most = most
        self._publications: dict[UUID, Entry | None] = {}  # None is the tombstone

    async def stage(self, publication_id: UUID, entry: Entry) -> None:
        """See `Staging`."""
        if await self.ended(publication_id):
            raise publication_ended(publication_id)
        self._note(publication_id, entry)

    async def end(self, publication_id: UUID) -> None:
        """See `Staging`."""
        self._note(publication_id, None)

    async def ended(self, publication_id: UUID) -> bool:
        """See `Staging`."""
        return self._publications.get(publication_id, ...) is None

    async def staged(self, publication_id: UUID) -> Entry | None:
        """See `Staging`."""
        return self._publications.get(publication_id)

    def _note(self, publication_id: UUID, entry: Entry | None) -> None:
        self._publications.pop(publication_id, None)
        self._publications[publication_id] = entry
        if len(self._publications) > self._most:
            del self._publications[next(iter(self._publications))]


def matches(entry: Entry, wanted: Search, own: Collection[str]) -> bool:
    """Whether all conditions of a question hold for an entry, whose terms are its `own`."""
    return (
        all(found_in(word, own, last=word == wanted.words[-1]) for word in wanted.words)
        and (not wanted.category or not set(paths(entry.category)).isdisjoint(wanted.category))
        and all(any(_says(said, choice) for said in entry.attributes) for choice in wanted.one_of)
        and all(any(_within(said, range) for said in entry.attributes) for range in wanted.ranges)
        and _costs(entry, wanted)
    )


def _says(attribute: Attribute, choice: OneOf) -> bool:
    return attribute.key == choice.key and spelled(attribute) in choice.values


def _within(attribute: Attribute, wanted: Range) -> bool:
    if attribute.key != wanted.key:
        return False
    number = attribute.number if wanted.dimension is None else attribute.size
    if number is None or wanted.dimension not in (None, attribute.dimension):
        return False
    holds = {"gt": number.__gt__, "gte": number.__ge__, "lt": number.__lt__, "lte": number.__le__}
    return all(holds[how](bound) for how, bound in wanted.bounds.items())


def _costs(entry: Entry, wanted: Search) -> bool:
    if wanted.currency is None:
        return True
    amount = entry.from_amounts.get(wanted.currency)
    if amount is None:
        return False
    low, high = wanted.price.gte, wanted.price.lte
    return (low is None or amount >= low) and (high is None or amount <= high)


def _after(entry: Entry, wanted: Search) -> bool:
    if wanted.after is None:
        return True
    own, end = sort_value(entry, wanted), value_at(wanted.after, wanted.by)
    if own == end:
        return str(entry.id) > wanted.after.id
    return own < end if wanted.descending else own > end  # type: ignore[operator]  # of one order, of one type
