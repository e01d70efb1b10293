"""Every port again, in memory: for tests, and held to the same contract as a real store."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from kernel.auth import Principal
from kernel.memory import MemoryDatabase, MemoryStore, MemoryUses, Recorded
from pricing.domain import Price


@dataclass(frozen=True)
class MemoryWork:
    """One transaction."""

    prices: MemoryStore[Price]
    uses: MemoryUses


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
            yield MemoryWork(MemoryStore[Price](self.database, "price", by), MemoryUses(self.database))
