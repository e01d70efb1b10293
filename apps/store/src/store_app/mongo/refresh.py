"""Entries are composed anew, and written unless something of them has changed meanwhile.

No entry stays composed of an old state of a part P, whatever happens at the same time. Keeping P is: write P,
then mark the entries that refer to it, which counts up `touched` and makes them stale. Refreshing is: read an
entry with `touched`, then read P, then write the entry if `touched` is as it was read. So when it has read
an old P, the mark comes after the reading of `touched`: either before the write, which then fails and leaves
the entry stale, or after it, and makes it stale again. An entry that the marking did not find, as its
offering (or a specification with a new characteristic) was not written yet, is made stale by that write. It
comes after the one of P, so whoever composes the entry then reads the new P. What an entry refers to is a
part of what was heard of its offering, and is written with it; it never comes of what was composed.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pymongo import UpdateOne

from kernel.logging import get_logger
from store.domain.compose import compose, needed
from store.domain.entry import Entry
from store.domain.sources import Copy, Offering
from store.ports import Refreshed
from store_app.mongo.client import WRITE, Documents, answering
from store_app.mongo.documents import (
    COMPOSED,
    FORMER,
    TEXT,
    UNREADABLE,
    moment,
    read_copy,
    read_entry,
    texts,
    written_entry,
)

BATCH = 200
"""Entries that are composed in a turn, of those that are stale and of those whose time has come each."""
_LANES = 3
"""Which of the first batches a turn takes is left to chance, so that processes seldom do the same work."""
_AT_A_TIME = 20
"""Entries that are composed before others in this process have a turn, which is about 10 ms."""
_FIELDS = dict.fromkeys(("v", "deleted", "source", "refs", "touched", *TEXT), 1)

_log = get_logger(__name__)


@dataclass(frozen=True)
class Heard:
    """The document of an entry, and the copy of its offering that is in it."""

    document: dict[str, Any]
    copy: Copy

    @property
    def entry(self) -> Entry | None:
        """The entry that was composed last; None when there is none, or none that can be read."""
        try:
            return read_entry(self.document)
        except UNREADABLE:
            return None


@dataclass
class _Turn:
    """What a turn is going to write, and the entries among that which show a new version."""

    now: datetime
    known: dict[UUID, Copy] = field(default_factory=dict)
    writes: list[UpdateOne] = field(default_factory=list)
    shown: list[Entry] = field(default_factory=list)
    currencies: set[str] = field(default_factory=set)
    failed: int = 0

    def read(self, documents: Iterable[dict[str, Any]]) -> list[Heard]:
        """Those that can be read."""
        found = list[Heard]()
        for one in documents:
            try:
                found.append(Heard(one, read_copy(one)))
            except UNREADABLE as error:
                self._put_off(one, error)
        return found

    def add(self, heard: Heard) -> None:
        """Compose an entry."""
        try:
            fields = self._composed(heard)
        except Exception as error:
            self._put_off(heard.document, error)
        else:
            absent = {"stale", *COMPOSED, *FORMER} - fields.keys()
            change = {"$unset": dict.fromkeys(absent, ""), "$inc": {"touched": 1}}
            self._write(heard.document, change | ({"$set": fields} if fields else {}))

    def _put_off(self, document: dict[str, Any], error: Exception) -> None:
        """What cannot be composed stays as it is, and comes last from now on."""
        _log.error("entry.fail", id=document["_id"], reason=type(error).__name__, exc_info=error)
        self.failed += 1
        self._write(document, {"$set": {"stale": datetime.now(UTC)}, "$unset": {"recheck_at": ""}})

    def _write(self, document: dict[str, Any], change: dict[str, Any]) -> None:
        self.writes.append(UpdateOne({name: document.get(name) for name in ("_id", "touched")}, change))

    def _composed(self, heard: Heard) -> dict[str, Any]:
        entry, before = compose(heard.copy, self.known, self.now), heard.entry
        if entry is None:
            return {}
        new = before is None or before.version != entry.version
        entry = replace(entry, visible_at=self.now if before is None or new else before.visible_at)
        fields = written_entry(entry)
        if new:
            self.shown.append(entry)
        self.currencies |= entry.from_amounts.keys()
        return fields


@dataclass(frozen=True)
class Composing:
    """Composes the entries of an edition; `meet` is told of currencies before they are written."""

    copies: Documents
    entries: Documents
    meet: Callable[[Iterable[str]], Awaitable[None]]

    async def __call__(self, now: datetime) -> Refreshed:
        """Compose a batch. Raises Unavailable."""
        with answering(WRITE):
            found = await self._due(now)
            if not found:
                return Refreshed(composed=0)
            turn = _Turn(now)
            heard = turn.read(found)
            turn.known |= await self.known([one.copy for one in heard])
        for index, one in enumerate(heard, start=1):
            turn.add(one)
            if index % _AT_A_TIME == 0:
                await asyncio.sleep(0)
        await self.meet(turn.currencies)
        with answering(WRITE):
            done = await self.entries.bulk_write(turn.writes, ordered=False)
            everything = done.matched_count == len(turn.writes)
            shown = turn.shown if everything else await self._written(turn.shown)
        return Refreshed(composed=len(found) - turn.failed, shown=shown)

    async def _due(self, now: datetime) -> list[dict[str, Any]]:
        """Those that are stale longest come first, so that none waits for ever. One round trip: each part is
        begun only if those before it have left room."""
        first, *others = map(self._stale, {random.randrange(_LANES): 0, 0: 0})  # noqa: S311  # no secret
        time_has_come: list[dict[str, Any]] = [
            {"$match": {"recheck_at": {"$lte": moment(now)}}},
            {"$limit": BATCH},
            {"$project": _FIELDS},
        ]
        pipeline = [*first, *map(self._and, others), {"$limit": BATCH}, self._and(time_has_come)]
        found = await (await self.entries.aggregate(pipeline, batchSize=2 * BATCH + 1)).to_list()
        return [*{one["_id"]: one for one in found}.values()]

    def _and(self, pipeline: list[dict[str, Any]]) -> dict[str, Any]:
        return {"$unionWith": {"coll": self.entries.name, "pipeline": pipeline}}

    def _stale(self, lane: int) -> list[dict[str, Any]]:
        return [
            {"$match": {"stale": {"$exists": True}}},
            {"$sort": {"stale": 1}},
            {"$skip": lane * BATCH},
            {"$limit": BATCH},
            {"$project": _FIELDS},
        ]

    async def known(self, offerings: Iterable[Copy]) -> dict[UUID, Copy]:
        """The copies that the entries of these are composed of, as far as there are any. Two round trips."""
        sources = [one.source for one in offerings if isinstance(one.source, Offering)]
        known = await self._read({id for one in sources for id in one.refers_to})
        return known | await self._read({id for one in sources for id in needed(one, known)} - known.keys())

    async def _read(self, ids: Collection[UUID]) -> dict[UUID, Copy]:
        found = await self.copies.find({"_id": {"$in": texts(ids)}}).to_list() if ids else []
        known: dict[UUID, Copy] = {}
        for one in found:
            try:
                known[UUID(one["_id"])] = read_copy(one)
            except UNREADABLE:
                _log.exception("copy.refuse", id=one["_id"])
        return known

    async def _written(self, shown: Sequence[Entry]) -> list[Entry]:
        """Those that were written by this turn: nothing of them had changed meanwhile."""
        found = await self.entries.find({"_id": {"$in": texts(one.id for one in shown)}}, TEXT).to_list()
        entries = [read_entry(one) for one in found if "entry" in one]
        present = {(one.id, one.version, one.visible_at) for one in entries}
        return [one for one in shown if (one.id, one.version, one.visible_at) in present]
