"""The task that composes entries as long as the app runs."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Self

from kernel.background import Waker, kept_running
from store.use_cases.refresh import RefreshEntries

POLL = 2.0
"""Seconds between two looks when nobody wakes it: another process may have kept something."""


GATHERING = 0.02
"""Seconds in which more of what belongs together is gathered: what is composed once need not be twice."""


class Refresher(AbstractAsyncContextManager["Refresher"]):
    """Composes entries while it is open: at once when it is woken, and again until nothing is left."""

    def __init__(self, refresh: Callable[[], RefreshEntries], waker: Waker) -> None:
        self._refresh = refresh
        self._waker = waker
        self._running = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._running.enter_async_context(kept_running("refresher", self._work))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._running.aclose()

    async def _work(self) -> None:
        while True:
            composed = await self._refresh()()
            if not composed:
                await self._waker.wait(POLL)
            await asyncio.sleep(GATHERING)
