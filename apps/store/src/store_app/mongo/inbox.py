"""Which messages are suspected of killing whoever handles them, kept where it outlives the process."""

from datetime import UTC, datetime
from uuid import UUID

from pymongo import ReturnDocument

from kernel.inbox import OpenInbox
from store_app.mongo.client import WRITE, Documents, answering
from store_app.mongo.editions import SUSPECTS, MongoStore


class MongoInbox(OpenInbox):
    """See `OpenInbox`. Only messages that come again are written down, so all others cost nothing."""

    def __init__(self, store: MongoStore) -> None:
        super().__init__()
        self._store = store

    async def suspect(self, consumer: str, event: UUID) -> int:
        """See `Inbox`. Raises Unavailable."""
        await super().suspect(consumer, event)
        noted = {"$inc": {"times": 1}, "$set": {"at": datetime.now(UTC)}}
        with answering(WRITE):
            found = await self._suspects.find_one_and_update(
                {"_id": _named(consumer, event)}, noted, upsert=True, return_document=ReturnDocument.AFTER
            )
        return int(found["times"]) - 1 if found else 0

    async def acquit(self, consumer: str, event: UUID) -> None:
        """See `Inbox`. Raises Unavailable."""
        await super().acquit(consumer, event)
        with answering(WRITE):
            await self._suspects.delete_one({"_id": _named(consumer, event)})

    @property
    def _suspects(self) -> Documents:
        return self._store.mongo[SUSPECTS]


def _named(consumer: str, event: UUID) -> str:
    return f"{consumer}/{event}"
