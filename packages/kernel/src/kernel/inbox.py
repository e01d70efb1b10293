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
