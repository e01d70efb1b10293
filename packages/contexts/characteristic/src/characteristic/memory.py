"""Every port again, in memory: for tests, and held to the same contract as a real store."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from characteristic.domain import Characteristic, Use
from kernel.auth import Principal
from kernel.memory import MemoryDatabase, MemoryStore, Recorded


@dataclass(frozen=True)
class MemoryUses:
    """Uses by the id of the characteristic."""

    rows: Mapping[UUID, Sequence[Use]]

    async def of(self, id: UUID) -> list[Use]:
        """See `Uses`."""
        return list(self.rows.get(id, ()))


@dataclass(frozen=True)
class MemoryWork:
    """One transaction."""

    characteristics: MemoryStore[Characteristic]
    uses: MemoryUses


@dataclass(frozen=True)
class Memory:
    """Begins works on a database in memory. `uses` is for whoever plays the specifications to fill."""

    database: MemoryDatabase = field(default_factory=MemoryDatabase)
    uses: dict[UUID, list[Use]] = field(default_factory=dict)

    @property
    def published(self) -> Sequence[Recorded]:
        """All that was published, oldest first."""
        return self.database.published

    @asynccontextmanager
    async def __call__(self, by: Principal, /) -> AsyncIterator[MemoryWork]:
        """See `Begin`."""
        async with self.database.begin():
            characteristics = MemoryStore[Characteristic](self.database, "characteristic", by)
            yield MemoryWork(characteristics, MemoryUses(self.uses))
