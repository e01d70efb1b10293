"""Entries of publications under way, on MongoDB: one document for each publication.

A document is staged (it has an `entry`) or has `ended`, for good: staging is an upsert with the condition
that it has not. Where it has, the condition fails, and inserting fails, too, because the id is there already.
So of a stage and an end at the same time, whichever is first, the end remains.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from pymongo.errors import DuplicateKeyError

from store.domain.entry import Entry
from store.ports import publication_ended
from store_app.mongo.client import WRITE, Documents, answering
from store_app.mongo.editions import STAGED, MongoStore

_ENTRY = TypeAdapter(Entry)
_TRIES = 3
"""Of an upsert: where somebody inserts at the same time the first fails, and the second finds a document."""


class MongoStaging:
    """See `Staging`. All methods raise Unavailable when MongoDB does not answer in time.

    A document goes 30 days after it was last written: what was staged, too, by a process that nobody ended.
    """

    def __init__(self, store: MongoStore) -> None:
        self._store = store

    async def stage(self, publication_id: UUID, entry: Entry) -> None:
        """See `Staging`."""
        fields = {"entry": _ENTRY.dump_json(entry).decode(), "at": datetime.now(UTC)}
        if not await self._upsert({"_id": str(publication_id), "ended": {"$ne": True}}, {"$set": fields}):
            raise publication_ended(publication_id)

    async def end(self, publication_id: UUID) -> None:
        """See `Staging`."""
        change = {"$set": {"ended": True, "at": datetime.now(UTC)}, "$unset": {"entry": ""}}
        while not await self._upsert({"_id": str(publication_id)}, change):
            pass  # somebody has inserted it each time, so it is there now

    async def ended(self, publication_id: UUID) -> bool:
        """See `Staging`."""
        return bool((await self._found(publication_id)).get("ended"))

    async def staged(self, publication_id: UUID) -> Entry | None:
        """See `Staging`."""
        text = (await self._found(publication_id)).get("entry")
        return None if text is None else _ENTRY.validate_json(text)

    async def _found(self, publication_id: UUID) -> dict[str, Any]:
        with answering(WRITE):
            return await self._documents.find_one({"_id": str(publication_id)}) or {}

    async def _upsert(self, where: dict[str, Any], change: dict[str, Any]) -> bool:
        """Write it; False when there is a document that the condition does not hold for."""
        for _ in range(_TRIES):
            try:
                with answering(WRITE):
                    await self._documents.update_one(where, change, upsert=True)
            except DuplicateKeyError:
                continue
            return True
        return False

    @property
    def _documents(self) -> Documents:
        return self._store.mongo[STAGED]
