"""A store in memory begins with all that was ever said."""

from dataclasses import dataclass

from kernel.domain import now
from store.ports import Copies, EventLogs
from store.use_cases.refresh import compose_all


@dataclass(frozen=True)
class LoadCopies:
    """Read the event logs into a store that has nothing yet. What is said meanwhile is heard afterwards."""

    copies: Copies
    logs: EventLogs

    async def __call__(self) -> int:
        """Returns how many aggregates were read. Raises Unavailable when a log cannot be read."""
        read = 0
        async for _, some in self.logs.newest({}):
            for copy in some:
                await self.copies.keep(copy)
            read += len(some)
        await compose_all(self.copies, now)
        return read
