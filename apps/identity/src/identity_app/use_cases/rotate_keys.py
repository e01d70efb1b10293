"""Keep the signing keys turning."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from identity_app.keyring import Keyring
from identity_app.ports import Begin, Signatures
from kernel.logging import get_logger

_log = get_logger(__name__)


@dataclass(frozen=True)
class RotateKeys:
    """Bring the published keys up to date and return them; whoever signs or publishes asks here first.

    There is no timer: a key that nobody asks for need not turn. Processes that find the same key due each
    make a successor; the database keeps one of a generation, and all go on with that. A process that dies
    anywhere in between has changed nothing, or has published one whole key.
    """

    begin: Begin
    signatures: Signatures
    period: timedelta
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock, init=False, repr=False, compare=False)

    async def __call__(self) -> Keyring:
        """Return the keys; the database is asked every time, so no process goes on with forgotten ones."""
        keyring, now = await self._read()
        if not self._due(keyring, now):
            return keyring
        async with self._turn:  # making a key takes 0.1 s of a core: once per process, not once per request
            keyring, now = await self._read()
            return await self._turn_over(keyring, now) if self._due(keyring, now) else keyring

    async def _read(self) -> tuple[Keyring, datetime]:
        async with self.begin() as work:
            return await work.keys.all(), await work.now()

    def _due(self, keyring: Keyring, now: datetime) -> bool:
        return keyring.needs_next(now, self.period) or keyring.forgettable(now) > 0

    async def _turn_over(self, keyring: Keyring, now: datetime) -> Keyring:
        successor = None
        if keyring.needs_next(now, self.period):
            # Outside the transaction, which should not stay open for a computation.
            successor = keyring.next(await self.signatures.make_key(), now, self.period)
        async with self.begin() as work:
            forgotten = keyring.forgettable(now)
            if forgotten:
                await work.keys.forget(forgotten)
            added = successor is not None and await work.keys.add(successor)
            keyring = await work.keys.all()
        if successor is not None and added:
            _log.info("key.published", kid=successor.kid, signs_from=successor.signs_from.isoformat())
        return keyring
