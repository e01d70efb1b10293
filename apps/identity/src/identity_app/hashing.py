"""Password hashes with argon2."""

import asyncio

import anyio.to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kernel.errors import Unavailable

_AT_ONCE = 2
_PATIENCE = 3.0
"""Seconds that an attempt waits for its turn: less than the gateway waits for us, so that it hears why."""


class Argon2Passwords:
    """argon2id in threads, two at a time: each takes a core and 19 MiB (OWASP's figures) for about 20 ms."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._places = asyncio.Semaphore(_AT_ONCE)
        # What unknown accounts are checked against, so that they take as long as the others.
        self._nobody = self._hasher.hash("nobody")

    async def hash(self, password: str) -> str:
        """See `Passwords`."""
        async with self._places:
            return await anyio.to_thread.run_sync(self._hasher.hash, password)

    async def verify(self, hash: str | None, password: str) -> bool:
        """See `Passwords`."""
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._places.acquire()
        except TimeoutError:
            raise Unavailable("Too many people sign in right now; please try again soon.") from None
        try:
            fits = await anyio.to_thread.run_sync(self._verify, hash or self._nobody, password)
        finally:
            self._places.release()
        return fits and hash is not None

    def _verify(self, hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(hash, password)
        except (VerificationError, InvalidHashError):
            return False
