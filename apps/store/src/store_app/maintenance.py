"""What operators do with the store: make it anew, prove it, mend it. `catalog store` calls it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from store.ports import Drift, Editions, EventLogs
from store.use_cases.rebuild import RebuildStore, Tell
from store.use_cases.repair import RepairStore
from store.use_cases.verify import VerifyStore
from store_app.event_logs import SqlEventLogs
from store_app.mongo.editions import MongoStore


class Maintenance:
    """The use cases over the editions of a running store. All raise Unavailable when a server is away."""

    def __init__(self, editions: Editions, logs: EventLogs) -> None:
        self._editions = editions
        self._logs = logs

    @classmethod
    @asynccontextmanager
    async def of(
        cls, mongo_url: str, mongo_database: str, event_logs: Mapping[str, str]
    ) -> AsyncIterator["Maintenance"]:
        """The store of record at an address, beside the event logs of the write sides."""
        async with MongoStore(mongo_url, mongo_database) as editions:
            yield cls(editions, SqlEventLogs(event_logs))

    async def rebuild(self, tell: Tell) -> int:
        """See `RebuildStore`."""
        return await RebuildStore(self._editions, self._logs)(tell)

    async def verify(self, tell: Tell) -> Sequence[Drift]:
        """See `VerifyStore`; the edition that is read is verified."""
        return await VerifyStore(self._logs)(await self._editions.present(), tell)

    async def repair(self, found: Sequence[Drift]) -> None:
        """See `RepairStore`."""
        await RepairStore(self._logs)(await self._editions.present(), found)

    async def roll_back(self) -> bool:
        """Read the edition before again; False when there is none."""
        return await self._editions.roll_back()
