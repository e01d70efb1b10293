"""Wake the relay as soon as there is something to publish."""

import asyncio
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Self

import asyncpg

from kernel.background import kept_running
from kernel.sql.database import Database

CHANNEL = "outbox"
QUIET = 0.02
"""Seconds between two rings: however many commits there were, the relay reads all of them."""


class Bell(AbstractAsyncContextManager["Bell"]):
    """Sends an empty NOTIFY soon after `ring`.

    Never in the transaction that wrote: there it would make all commits wait for each other. It is a hint
    only. A ring that gets lost costs the relay's polling interval, so nothing here is retried or awaited.
    """

    def __init__(self, database: Database) -> None:
        self._url = database.url
        self._wanted = asyncio.Event()
        self._running = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._running.enter_async_context(kept_running("bell", self._ringing))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._running.aclose()

    def ring(self) -> None:
        """Ask for a ring; returns at once."""
        self._wanted.set()

    async def _ringing(self) -> None:
        connection = await asyncpg.connect(self._url, timeout=2, command_timeout=5)
        try:
            while True:
                await self._wanted.wait()
                self._wanted.clear()
                await connection.execute(f"notify {CHANNEL}")
                await asyncio.sleep(QUIET)
        finally:
            connection.terminate()
