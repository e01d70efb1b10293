"""The beginning of what was requested while many others were being published."""

from dataclasses import dataclass

from kernel.auth import PLATFORM
from offering.ports import Begin
from offering.use_cases.start_publication import StartPublication

_AT_ONCE = 50


@dataclass(frozen=True)
class StartWaiting:
    """The platform begins publications that wait, the oldest first, as long as there is room."""

    begin: Begin
    start: StartPublication

    async def __call__(self) -> int:
        """Begin some; returns how many. Raises Unavailable while the engine is away."""
        async with self.begin(PLATFORM) as work:
            ids = await work.publications.waiting(_AT_ONCE)
        for count, id in enumerate(ids):
            if not await self.start.begun(id):
                return count
        return len(ids)
