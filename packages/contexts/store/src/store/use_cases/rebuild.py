"""The store is made anew from the event logs, and readers notice nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from kernel.domain import now
from kernel.errors import RuleBroken
from store.ports import Drift, Edition, Editions, EventLogs
from store.use_cases.refresh import compose_all
from store.use_cases.repair import RepairStore
from store.use_cases.verify import VerifyStore

Tell = Callable[[str, int, int], None]
"""Hears what is being done, how much of it is done, and of how much."""


@dataclass(frozen=True)
class RebuildStore:
    """Write a fresh edition beside the one that is read, prove it, and switch the pointer.

    Whoever dies in between goes on where it was noted last; what is read twice changes nothing. What is said
    meanwhile is heard by both editions.
    """

    editions: Editions
    logs: EventLogs
    clock: Callable[[], datetime] = now

    async def __call__(self, tell: Tell) -> int:
        """Returns how many aggregates were read by this run.

        Raises:
            RuleBroken: when the fresh edition is not what the logs say (`drift`), not even when it is
                mended: the old one is read still, and the next run begins from nothing.
            Unavailable: when a log or the store of record does not answer.
        """
        number, edition, read = await self.editions.begun()
        total, done = await self.logs.count(), 0
        async for kind, copies in self.logs.newest(read):
            await edition.keep_all(copies)
            await self.editions.note(number, kind, copies[-1].id)
            done += len(copies)
            tell("reading the event logs", done, total)
        await compose_all(edition, self.clock, lambda composed: tell("composing entries", composed, composed))
        drift = await self._drift(edition, tell)
        if drift:
            await self.editions.abandon(number)
            said = f"The fresh edition differs from the event logs in {len(drift)} places, and is not read."
            raise RuleBroken(said, code="drift")
        await self.editions.switch(number)
        return done

    async def _drift(self, edition: Edition, tell: Tell) -> Sequence[Drift]:
        """What differs and cannot be mended. What was noted as read is not read again, so mending is all that
        helps when something of it was lost."""
        verify = VerifyStore(self.logs, self.clock)
        drift = await verify(edition, tell)
        if not drift:
            return []
        await RepairStore(self.logs, self.clock)(edition, drift)
        return await verify(edition, tell)
