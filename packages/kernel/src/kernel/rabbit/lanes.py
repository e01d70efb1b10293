"""Deliveries side by side, and yet in order: what has the same key is done one after the other."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Generic, Self, TypeVar

from kernel.background import unless_cancelled

T = TypeVar("T")

DRAIN = 10.0
"""Seconds that what has begun may take to end when the lanes close."""


class Lanes(AbstractAsyncContextManager["Lanes[T]"], Generic[T]):
    """`count` lanes in which `work` is done on items; a key always leads into the same lane.

    How many wait is bounded by whoever puts them in. When the lanes close, what waits is dropped, and what
    has begun has ten seconds to end.
    """

    def __init__(self, work: Callable[[T], Awaitable[object]], count: int) -> None:
        self._work = work
        self._waiting = [asyncio.Queue[T | None]() for _ in range(count)]
        self._closing = False
        self.tasks: list[asyncio.Task[None]] = []
        """One for each lane. None of them ends before the lanes are closed, unless `work` raises."""

    async def __aenter__(self) -> Self:
        self.tasks = [asyncio.create_task(self._run(waiting)) for waiting in self._waiting]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing = True
        for waiting in self._waiting:
            waiting.put_nowait(None)  # to wake the idle ones
        try:
            await asyncio.wait(self.tasks, timeout=DRAIN)
        finally:
            for task in self.tasks:
                task.cancel()
            await asyncio.gather(*self.tasks, return_exceptions=True)

    def put(self, key: str, item: T) -> None:
        """Let it be done after everything with the same key that was put in before."""
        self._waiting[zlib.crc32(key.encode()) % len(self._waiting)].put_nowait(item)

    async def _run(self, waiting: asyncio.Queue[T | None]) -> None:
        while True:
            item = await waiting.get()
            if item is None or self._closing:
                return
            await unless_cancelled(self._work(item))


class Gate:
    """Many may be inside together, or one alone."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._inside = 0
        self._empty = asyncio.Event()
        self._empty.set()

    @asynccontextmanager
    async def together(self) -> AsyncIterator[None]:
        """Be inside with others, behind everybody who waits to be alone."""
        async with self._turn:
            self._inside += 1
            self._empty.clear()
        try:
            yield
        finally:
            self._inside -= 1
            if self._inside == 0:
                self._empty.set()

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Be inside with nobody else."""
        async with self._turn:
            await self._empty.wait()
            yield
