"""An edition: the collections of copies and of entries."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pymongo import UpdateOne

from kernel.logging import get_logger
from store.domain.entry import Entry
from store.domain.search import Found, Search
from store.domain.sources import Copy, Kind, Offering, Price
from store.ports import Drift, Refreshed, Seen
from store_app.mongo import audit, indexes
from store_app.mongo.client import ANSWER, LONG, WRITE, Documents, Mongo, answering
from store_app.mongo.documents import (
    FORMAT,
    TEXT,
    UNREADABLE,
    digest,
    read_entry,
    since,
    texts,
    written_copy,
)
from store_app.mongo.refresh import Composing
from store_app.mongo.search import found_in, question

FORMATS = "formats"
"""The collection that tells in which format the entries of each edition were composed at least."""

_log = get_logger(__name__)


class MongoEdition:
    """See `Edition`, and `Catalogue`. All methods raise Unavailable when MongoDB does not answer in time."""

    def __init__(self, mongo: Mongo, number: int) -> None:
        self.number = number
        self._mongo = mongo
        self.copies = mongo[f"copies__{number}"]
        self.entries = mongo[f"entries__{number}"]
        self._composing = Composing(self.copies, self.entries, self._meet)
        self._currencies: set[str] | None = None

    async def prepare(self) -> None:
        """Make the indexes that are not there, and have what an older release composed composed anew."""
        with answering(LONG):
            await self.copies.create_indexes([*indexes.COPIES])
            await self.entries.create_indexes([*indexes.ENTRIES])
            formats = self._mongo[FORMATS]
            if await formats.find_one({"_id": self.number, "format": FORMAT}) is None:
                await self.entries.update_many({"key": {"$gte": ""}}, _stale())
                await formats.replace_one({"_id": self.number}, {"format": FORMAT}, upsert=True)

    async def keep(self, copy: Copy) -> None:
        """See `Copies`.

        Of what is a part of entries, these are marked as stale even when it was kept before: whoever kept it
        may have died before it marked them. See `_news`.
        """
        with answering(WRITE):
            documents, update = self._guarded(copy)
            await documents.update_one({"_id": str(copy.id)}, update, upsert=True)
            if documents is self.copies:
                await self._mark(await self._news([copy]))

    async def keep_all(self, copies: Sequence[Copy]) -> None:
        """See `Edition`."""
        with answering(LONG):
            offerings = [copy for copy in copies if copy.source.of is Kind.OFFERING]
            parts = [copy for copy in copies if copy.source.of is not Kind.OFFERING]
            await asyncio.gather(self._write(offerings), self._keep_parts(parts))

    async def _keep_parts(self, parts: Sequence[Copy]) -> None:
        prices = any(copy.source.of is Kind.PRICE for copy in parts)
        if parts and (await self._write(parts) < len(parts) or prices):
            parts = await self._news(parts)
        await self._mark(parts)

    async def _write(self, copies: Sequence[Copy]) -> int:
        """Write those of one collection; tells how many were news."""
        if not copies:
            return 0
        guarded = [(copy, self._guarded(copy)[1]) for copy in copies]
        writes = [UpdateOne({"_id": str(copy.id)}, update, upsert=True) for copy, update in guarded]
        done = await self._place(copies[0].source.of).bulk_write(writes, ordered=False)
        return done.modified_count + done.upserted_count

    def _guarded(self, copy: Copy, over: int | None = None) -> tuple[Documents, list[dict[str, Any]]]:
        """Where a copy is kept, and the update that keeps it over an older version, and over no other.

        With `over` it is kept over all versions up to that, and over what is no version.

        The guard is in the update: an upsert that filters by version would insert the same id again.
        """
        newer: dict[str, Any] = {"$lt": [{"$ifNull": ["$v", -1]}, copy.version]}
        if over is not None:
            newer = {"$or": [{"$not": [{"$isNumber": "$v"}]}, {"$lte": ["$v", over]}]}
        written: dict[str, Any] = {"$mergeObjects": ["$$ROOT", {"$literal": written_copy(copy)}]}
        documents = self._place(copy.source.of)
        if isinstance(copy.source, Offering):
            touched = {"$add": [{"$ifNull": ["$touched", 0]}, 1]}
            stale: dict[str, Any] = {"$ifNull": ["$stale", "$$NOW"]}
            if not copy.source.refers_to:  # nothing comes of it, and nothing has to go that never came
                stale = {"$cond": [{"$eq": [{"$type": "$entry"}, "missing"]}, "$stale", stale]}
            written["$mergeObjects"].append({"touched": touched, "stale": stale})
        if isinstance(copy.source, Price):
            written["$mergeObjects"].append({"said": _said(copy, anew=over is not None)})
        return documents, [{"$replaceWith": {"$cond": [newer, written, "$$ROOT"]}}]

    async def _news(self, copies: Sequence[Copy]) -> list[Copy]:
        """Those since whose version entries show of it what they are to show now.

        What was old is not among them, nor a price of which only the holds have changed. Whoever kept what
        changed may have died, and then it comes again, and is among them still, however many holds came
        meanwhile.
        """
        ids = texts(one.id for one in copies)
        found = await self.copies.find({"_id": {"$in": ids}}, ["v", "said"]).to_list()
        there = {one["_id"]: since(one) for one in found}
        return [one for one in copies if there.get(str(one.id)) == one.version]

    async def _mark(self, changed: Iterable[Copy]) -> None:
        """Have the entries composed anew that these are parts of."""
        await self._mark_ids((copy.source.of, copy.id) for copy in changed)

    async def _mark_ids(self, changed: Iterable[tuple[Kind, UUID]]) -> None:
        """Have the entries composed anew that these are parts of, or would be."""
        by_kind: dict[Kind, list[str]] = {kind: [] for kind in Kind}
        for of, id in changed:
            by_kind[of].append(str(id))
        parts = by_kind[Kind.SPECIFICATION] + by_kind[Kind.PRICE]
        if characteristics := by_kind[Kind.CHARACTERISTIC]:
            parts += await self.copies.distinct("_id", {"characteristics": {"$in": characteristics}})
        if parts:
            await self.entries.update_many({"refs": {"$in": parts}}, _stale())

    def _place(self, of: Kind) -> Documents:
        return self.entries if of is Kind.OFFERING else self.copies

    async def refresh(self, now: datetime) -> Refreshed:
        """See `Copies`."""
        return await self._composing(now)

    async def _meet(self, currencies: Iterable[str]) -> None:
        """Make the indexes of currencies that are new to this process, unless there are too many.

        Of a large store they take longer than other writes may; nothing else waits for them meanwhile.
        """
        with answering(LONG):
            if self._currencies is None:
                known = (await self.entries.index_information()).values()
                self._currencies = {one for index in known if (one := indexes.currency_of(index["key"]))}
            for currency in sorted(set(currencies) - self._currencies):
                if len(self._currencies) < indexes.MOST_CURRENCIES:
                    await self.entries.create_indexes(indexes.of_currency(currency))
                    self._currencies.add(currency)

    async def search(self, wanted: Search, now: datetime) -> Found:
        """See `Catalogue`."""
        with answering(ANSWER):
            pipeline = question(wanted, now, self.entries.name)
            rows = await (await self.entries.aggregate(pipeline, batchSize=100_000)).to_list()
        return found_in(rows, wanted)

    async def find(self, key: str) -> Entry | None:
        """See `Catalogue`."""
        with answering(ANSWER):
            found = await self.entries.find_one({"key": key}, TEXT)
        try:
            return None if found is None else read_entry(found)
        except UNREADABLE:
            _log.exception("entry.refuse", key=key)
            return None

    async def size(self) -> Mapping[str, int]:
        """See `Catalogue`. Both counts are of an index."""
        with answering(ANSWER):
            entries = await self.entries.count_documents({"key": {"$gte": ""}})
            stale = await self.entries.count_documents({"stale": {"$gt": datetime.fromtimestamp(0, UTC)}})
        return {"entries": entries, "stale": stale}

    async def audit(self, copies: Sequence[Copy], now: datetime) -> Sequence[Drift]:
        """See `Edition`."""
        offerings = [copy for copy in copies if copy.source.of is Kind.OFFERING]
        others = [copy for copy in copies if copy.source.of is not Kind.OFFERING]
        with answering(LONG):
            found = await audit.of_copies(self.copies, others)
            return [*found, *await audit.of_offerings(self.entries, self._composing, offerings, now)]

    async def seen(self, of: Kind, ids: Collection[UUID], now: datetime) -> Mapping[UUID, Seen]:
        """See `Edition`."""
        with answering(LONG):
            return await audit.seen(self._place(of), ids, now)

    async def ids(self, of: Kind, after: UUID | None, most: int) -> Sequence[UUID]:
        """See `Edition`."""
        behind = {"_id": {"$gt": str(after or "")}}
        wanted = behind if of is Kind.OFFERING else {"of": str(of), **behind}
        with answering(LONG):
            found = await self._place(of).find(wanted, ["_id"]).sort("_id").limit(most).to_list()
        return [UUID(one["_id"]) for one in found]

    async def restore(self, copy: Copy, over: int | None = None) -> None:
        """See `Edition`. What was heard since the log was read is newer, and stays."""
        with answering(WRITE):
            documents, update = self._guarded(copy, over=max(copy.version, over or 0))
            await documents.update_one({"_id": str(copy.id)}, update, upsert=True)
            await self._mark([copy])

    async def remove(self, of: Kind, id: UUID) -> None:
        """See `Edition`."""
        with answering(WRITE):
            documents = self._place(of)
            kind = (
                {} if documents is self.entries else {"of": str(of)}
            )  # another's id may be there by mistake
            await documents.delete_one({"_id": str(id), **kind})
            await self._mark_ids([(of, id)])


def _said(copy: Copy, *, anew: bool) -> dict[str, Any]:
    """The note of what entries show of a copy: its digest, the version that it is `at`, and `since` when it
    is the same. A note of another version than the document's was left behind by an older release."""
    shown, present = digest(copy), {"$ifNull": ["$v", -1]}
    same = {"$and": [{"$eq": ["$said.at", present]}, {"$eq": ["$said.shown", shown]}]}
    kept = copy.version if anew else {"$cond": [same, "$said.since", copy.version]}
    return {"at": copy.version, "shown": shown, "since": kept}


def _stale() -> dict[str, Any]:
    """The change by which an entry is composed anew."""
    return {"$inc": {"touched": 1}, "$min": {"stale": datetime.now(UTC)}}
