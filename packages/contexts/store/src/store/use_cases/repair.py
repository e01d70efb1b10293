"""What was found to differ from the event logs is mended."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from kernel.domain import now
from store.ports import Drift, Edition, EventLogs


@dataclass(frozen=True)
class RepairStore:
    """Write again what the logs say, and remove what they don't."""

    logs: EventLogs
    clock: Callable[[], datetime] = now

    async def __call__(self, edition: Edition, found: Sequence[Drift]) -> None:
        """Mend each; doing so again does no harm. Raises Unavailable."""
        for one in found:
            copies = await self.logs.of(one.of, [one.id])
            if copies:
                await edition.restore(copies[0])
            else:
                await edition.remove(one.of, one.id)
        while (await edition.refresh(self.clock())).composed:
            pass
