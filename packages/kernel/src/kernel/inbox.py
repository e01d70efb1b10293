"""What a consumer has done already, in memory: for tests, and for projections rebuilt at the start."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID


class MemoryInbox:
    """See `kernel.messaging.Inbox`: the plainest statement of what it promises. It forgets nothing."""

    def __init__(self) -> None:
        self._done: set[tuple[str, UUID]] = set()
        self._suspected: Counter[tuple[str, UUID]] = Counter()
        self._turns: defaultdict[tuple[str, UUID], asyncio.Lock] = defaultdict(asyncio.Lock)

    @asynccontextmanager
    async def once(self, consumer: str, event: UUID) -> AsyncIterator[bool]:
        """See `Inbox`. Whoever handles the same event at the same time waits here, and then finds it done."""
        named = (consumer, event)
        async with self._turns[named]:
            yield named not in self._done
            self._done.add(named)
            del self._suspected[named]

    async def suspect(self, consumer: str, event: UUID) -> int:
        """See `Inbox`."""
        named = (consumer, event)
        if named in self._done:
            return 0
        self._suspected[named] += 1
        return self._suspected[named] - 1

    async def acquit(self, consumer: str, event: UUID) -> None:
        """See `Inbox`."""
        del self._suspected[consumer, event]


class OpenInbox:
    """See `kernel.messaging.Inbox`, for a consumer whose effects guard themselves: everything is new to it.

    A document that knows which version it was made of is left alone by the same event and by an older one, so
    nothing needs to be noted about what is done. Suspects are counted in this process alone, which finds no
    message that kills its process: an heir extends `suspect` and `acquit` to count in a place that outlives
    it. Both are called for messages that come again, and for no others.
    """

    def __init__(self) -> None:
        self._suspected: Counter[tuple[str, UUID]] = Counter()

    @asynccontextmanager
    async def once(self, consumer: str, event: UUID) -> AsyncIterator[bool]:
        """See `Inbox`: True each time. What has ended well is suspected no longer."""
        yield True
        if (consumer, event) in self._suspected:
            await self.acquit(consumer, event)

    async def suspect(self, consumer: str, event: UUID) -> int:
        """See `Inbox`."""
        self._suspected[consumer, event] += 1
        return self._suspected[consumer, event] - 1

    async def acquit(self, consumer: str, event: UUID) -> None:
        """See `Inbox`."""
        del self._suspected[consumer, event]
