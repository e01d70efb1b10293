"""Every port again, in memory: for tests, and held to the same contract as a real store."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from kernel.auth import Principal
from kernel.domain import now
from kernel.memory import MemoryDatabase, MemoryStore, MemoryUses, MemoryWorks
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
        return self.database.rows_of("sale")

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
class Memory(MemoryWorks[MemoryWork]):
    """Begins works on a database in memory, which has a `clock` of its own: in UTC."""

    clock: Callable[[], datetime] = field(default=now)

    def work(self, by: Principal) -> MemoryWork:
        """See `MemoryWorks`."""
        prices = MemoryPrices(self.database, "price", by)
        return MemoryWork(prices, MemoryUses(self.database), MemorySales(self.database), self.clock)
