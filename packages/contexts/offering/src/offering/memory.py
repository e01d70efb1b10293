"""Every port again, in memory: for tests, and held to the same contract as a real store."""

import copy
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from kernel.auth import Principal
from kernel.errors import not_found
from kernel.memory import MemoryDatabase, MemoryStore, Recorded
from offering.domain import Offering, Publication


@dataclass(frozen=True)
class MemoryPublications:
    """See `Publications`."""

    database: MemoryDatabase

    @property
    def _rows(self) -> dict[UUID, Publication]:
        # Among the rows of aggregates, although it is none: what is there belongs to the transaction.
        rows: Any = self.database.rows.setdefault("publication", {})
        found: dict[UUID, Publication] = rows
        return found

    async def get(self, id: UUID) -> Publication:
        """See `Publications`."""
        if id not in self._rows:
            raise not_found("publication", id)
        return copy.deepcopy(self._rows[id])

    async def take(self, id: UUID) -> Publication:
        """See `Publications`: there is one transaction at a time."""
        return await self.get(id)

    async def save(self, publication: Publication) -> None:
        """See `Publications`."""
        self._rows[publication.id] = copy.deepcopy(publication)


@dataclass(frozen=True)
class MemoryWork:
    """One transaction."""

    offerings: MemoryStore[Offering]
    publications: MemoryPublications


@dataclass(frozen=True)
class Memory:
    """Begins works on a database in memory."""

    database: MemoryDatabase = field(default_factory=MemoryDatabase)

    @property
    def published(self) -> Sequence[Recorded]:
        """All that was published, oldest first."""
        return self.database.published

    @asynccontextmanager
    async def __call__(self, by: Principal, /) -> AsyncIterator[MemoryWork]:
        """See `Begin`."""
        async with self.database.begin():
            offerings = MemoryStore[Offering](self.database, "offering", by)
            yield MemoryWork(offerings, MemoryPublications(self.database))


@dataclass(frozen=True)
class MemoryPublishProcess:
    """A process that remembers what it was to publish, each once, and goes no further by itself."""

    started: dict[UUID, Publication] = field(default_factory=dict)

    async def start(self, publication: Publication) -> None:
        """See `PublishProcess`."""
        self.started.setdefault(publication.id, copy.deepcopy(publication))
