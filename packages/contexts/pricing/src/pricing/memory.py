"""Every port again, in memory: for tests, and held to the same contract as a real store."""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from kernel.auth import Principal
from kernel.domain import now
from kernel.memory import MemoryDatabase, MemoryStore, MemoryUses, Recorded
from pricing.domain import Price, Sale


@dataclass(frozen=True)
class MemoryPrices(MemoryStore[Price]):
    """See `Prices`."""

    async def take(self, ids: Collection[UUID], holder: UUID | None = None) -> list[Price]:
        """See `Prices`: there is one transaction at a time."""
        held = [id for id, one in self._rows.items() if any(holder == hold.offering_id for hold in one.holds)]
        return sorted(await self.many([*ids, *held]), key=lambda one: one.id)


@dataclass(frozen=True)
class MemorySales:
    """See `Sales`."""

    database: MemoryDatabase

    @property
    def _rows(self) -> dict[UUID, Sale]:
        # Among the rows of aggregates, although it is none: what is there belongs to the transaction.
        rows: Any = self.database.rows.setdefault("sale", {})
        found: dict[UUID, Sale] = rows
        return found

    async def take(self, offering_id: UUID) -> Sale:
        """See `Sales`: there is one transaction at a time."""
        return self._rows.get(offering_id, Sale(offering_id=offering_id))

    async def save(self, sale: Sale) -> None:
        """See `Sales`."""
        self._rows[sale.offering_id] = sale


@dataclass(frozen=True)
class MemoryWork:
    """One transaction."""

    prices: MemoryPrices
    uses: MemoryUses
    sales: MemorySales
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
            prices = MemoryPrices(self.database, "price", by)
            uses, sales = MemoryUses(self.database), MemorySales(self.database)
            yield MemoryWork(prices, uses, sales, self.clock)
