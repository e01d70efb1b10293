"""Every port again, in memory: for tests, and held to the same contract as a real store."""

from dataclasses import dataclass

from characteristic.domain import Characteristic
from kernel.auth import Principal
from kernel.memory import MemoryStore, MemoryUses, MemoryWorks


@dataclass(frozen=True)
class MemoryWork:
    """One transaction."""

    characteristics: MemoryStore[Characteristic]
    uses: MemoryUses


@dataclass(frozen=True)
class Memory(MemoryWorks[MemoryWork]):
    """Begins works on a database in memory."""

    def work(self, by: Principal) -> MemoryWork:
        """See `MemoryWorks`."""
        characteristics = MemoryStore[Characteristic](self.database, "characteristic", by)
        return MemoryWork(characteristics, MemoryUses(self.database))
