"""What was found to differ from the event logs is mended."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from kernel.domain import now
from store.ports import Drift, Edition, EventLogs
from store.use_cases.refresh import compose_all


@dataclass(frozen=True)
class RepairStore:
    """Write again what the logs say, and remove what they don't."""

    logs: EventLogs
    clock: Callable[[], datetime] = now

    async def __call__(self, edition: Edition, found: Sequence[Drift]) -> None:
        """Mend each; doing so again does no harm. Raises Unavailable."""
        for one in found:
            await self._mend(edition, one)
        await compose_all(edition, self.clock)

    async def _mend(self, edition: Edition, one: Drift) -> None:
        copies = await self.logs.of(one.of, [one.id])
        for copy in copies:
            await edition.restore(copy, one.over)
        if copies and one.over is not None:
            # What was said since the log was read may have come before the restoring, and was no news then.
            for copy in await self.logs.of(one.of, [one.id]):
                await edition.keep(copy)
        # What a log has and cannot be read was not made up: it is no reason to take something from sale.
        if not copies and not await self.logs.has(one.of, [one.id]):
            await edition.remove(one.of, one.id)
