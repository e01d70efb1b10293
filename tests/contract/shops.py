"""Stores that shoppers look into: under test, in memory or on MongoDB, where each has its own database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import uuid4

from store.domain.entry import Entry
from store.domain.search import Found, Search
from store.domain.sources import Copy, Source
from store.ports import Catalogue, Copies, KnownCopies
from store_app.mongo.editions import MongoStore
from tests.contract.catalogues import NOW


class AnyStore(Copies, KnownCopies, Catalogue, Protocol):
    """A store under test."""


@dataclass(frozen=True)
class Shop:
    """A store under test, and all that it was told."""

    store: AnyStore

    async def hear(self, *sources: Source, deleted: bool = False) -> None:
        for source in sources:
            await self.store.keep(Copy(source=source, deleted=deleted))

    async def refresh(self, now: datetime = NOW) -> list[Entry]:
        """Compose until nothing is left; returns what shows a new version."""
        shown: list[Entry] = []
        while (done := await self.store.refresh(now)).composed:
            shown += done.shown
        assert (await self.store.size())["stale"] == 0
        return shown

    async def heard(self, *sources: Source, now: datetime = NOW) -> list[Entry]:
        await self.hear(*sources)
        return await self.refresh(now)

    async def fibre(self) -> Entry:
        found = await self.store.find("fibre")
        assert found is not None
        return found

    async def on_sale(self, now: datetime = NOW, **asked: Any) -> list[str]:
        return [one.key for one in (await self.found(now, **asked)).items]

    async def found(self, now: datetime = NOW, **asked: Any) -> Found:
        return await self.store.search(Search(**asked), now)


@asynccontextmanager
async def mongo_store(url: str, database: str = "", *, remembered: float = 0.02) -> AsyncIterator[MongoStore]:
    """A store in a database, by default a new one, which goes when its server does."""
    async with MongoStore(url, database or f"test_{uuid4().hex}", remembered=remembered) as store:
        yield store
