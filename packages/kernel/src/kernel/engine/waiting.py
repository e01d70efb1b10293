"""Who waits in this process for a task, to be woken as soon as there may be one."""

import asyncio
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress


class TopicBell:
    """Rung for topics. A ring is a hint: whoever hears it looks, and may find nothing."""

    def __init__(self) -> None:
        self._waiting: dict[asyncio.Event, frozenset[str]] = {}

    @contextmanager
    def heard(self, topics: Collection[str]) -> Iterator[asyncio.Event]:
        """An event that is set whenever one of these topics is rung for, while the block lasts."""
        event = asyncio.Event()
        self._waiting[event] = frozenset(topics)
        try:
            yield event
        finally:
            del self._waiting[event]

    @property
    def topics(self) -> frozenset[str]:
        """What somebody waits for."""
        return frozenset[str]().union(*self._waiting.values())

    def ring(self, topics: Collection[str]) -> None:
        """There may be tasks of these topics now."""
        for event, wanted in self._waiting.items():
            if not wanted.isdisjoint(topics):
                event.set()

    def ring_in(self, seconds: float, topics: Collection[str]) -> None:
        """There may be in so many seconds."""
        asyncio.get_running_loop().call_later(seconds, self.ring, topics)


async def rung(event: asyncio.Event, seconds: float) -> bool:
    """Wait for the event, for so many seconds at most; returns whether it was rung."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    return event.is_set()
