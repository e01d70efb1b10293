"""Every port again, in memory: for tests, and held to the same contract as a real store."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from kernel.auth import Principal
from kernel.domain import now
from kernel.memory import MemoryDatabase, MemoryStore, MemoryUses, Recorded
from pricing.domain import Price


@dataclass(frozen=True)
class MemoryWork:
    """One transaction."""

    prices: MemoryStore[Price]
    uses: MemoryUses
    clock: Callable[[], datetime]

    async def now(self) -> datetime:
        """See `Work`."""
        return self.clock()


@dataclass(frozen=True)
class Memory:
    """Begins works on a database in memory, which has a `clock` of its own: in UTC."""

    database: MemoryDatabase = field(default_factory=MemoryDatabase)
    clock: Callable[[], datetime] = field(default=now)

    @property
    def published(self) -> Sequence[Recorded]:
        """All that was published, oldest first."""
        return self.database.published

    @asynccontextmanager
    async def __call__(self, by: Principal, /) -> AsyncIterator[MemoryWork]:
        """See `Begin`."""
        async with self.database.begin():
            prices = MemoryStore[Price](self.database, "price", by)
            yield MemoryWork(prices, MemoryUses(self.database), self.clock)
