"""Is the store what the event logs say?"""

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from kernel.domain import now
from store.domain.sources import Copy, Kind
from store.ports import Drift, Edition, EventLogs, Seen

SETTLING = 1.5
"""Seconds after which a difference is looked at again: what was on its way has arrived by then."""
_BATCH = 500


_Doubtful = dict[Kind, dict[UUID, Seen | None]]
"""What is to be looked at again, and how it was seen when it was not settled."""


@dataclass(frozen=True)
class VerifyStore:
    """Compare every copy and every entry with what the logs say. Both are read in the order of ids, so a
    store of any size needs little memory."""

    logs: EventLogs
    clock: Callable[[], datetime] = now
    settling: float = SETTLING

    async def __call__(self, edition: Edition, tell: Callable[[str, int, int], None]) -> Sequence[Drift]:
        """What differs, and still does when it is looked at again. Raises Unavailable."""
        total, done = await self.logs.count(), 0
        reached: dict[Kind, UUID] = {}
        doubtful: _Doubtful = {kind: {} for kind in Kind}
        async for kind, copies in self.logs.newest({}):
            known = {copy.id for copy in copies}
            differing = {one.id for one in await edition.audit(copies, self.clock())}
            differing |= await self._extra(edition, kind, reached.get(kind), copies[-1].id, known)
            doubtful[kind] |= dict.fromkeys(differing) | await self._unsettled(edition, copies)
            reached[kind] = copies[-1].id
            done += len(copies)
            tell("verifying", done, total)
        for kind in Kind:
            doubtful[kind] |= dict.fromkeys(await self._extra(edition, kind, reached.get(kind), None, set()))
        return await self._still(edition, doubtful) if any(doubtful.values()) else []

    async def _extra(
        self, edition: Edition, kind: Kind, after: UUID | None, to: UUID | None, known: set[UUID]
    ) -> set[UUID]:
        """What there is of a kind behind `after`, up to `to`, and no log has."""
        found = set[UUID]()
        while ids := await edition.ids(kind, after, _BATCH):
            within = {id for id in ids if to is None or id <= to}
            found |= within - known
            if len(within) < len(ids):
                break
            after = ids[-1]
        return found

    async def _unsettled(self, edition: Edition, copies: Sequence[Copy]) -> dict[UUID, Seen | None]:
        """What a single look cannot judge, as it may be on its way: from a log, or to being composed."""
        versions = {copy.id: copy.version for copy in copies}
        seen = await edition.seen(copies[0].source.of, versions, self.clock())
        return {id: one for id, one in seen.items() if one.waiting or one.version > versions[id]}

    async def _still(self, edition: Edition, doubtful: _Doubtful) -> list[Drift]:
        """Those that are no matter of time: the logs are read again, then the edition is."""
        await self._settle(edition, doubtful[Kind.OFFERING])
        still = list[Drift]()
        for kind, doubts in doubtful.items():
            for ids in _batches(doubts):
                still += await self._again(edition, kind, {id: doubts[id] for id in ids})
        return still

    async def _settle(self, edition: Edition, doubts: Mapping[UUID, Seen | None]) -> None:
        """Wait, and longer as long as those get fewer that wait to be composed: they have a turn each."""
        waiting = {id for id, one in doubts.items() if one is not None and one.waiting}
        while True:
            await asyncio.sleep(self.settling)
            before, left = waiting, set[UUID]()
            for ids in _batches(before):
                seen = await edition.seen(Kind.OFFERING, ids, self.clock())
                left |= {id for id, one in seen.items() if _is_stuck(doubts[id], one)}
            waiting = left
            if not waiting or len(waiting) == len(before):
                return

    async def _again(self, edition: Edition, kind: Kind, doubts: Mapping[UUID, Seen | None]) -> list[Drift]:
        copies = await self.logs.of(kind, doubts.keys())
        drifts = {one.id: one for one in await edition.audit(copies, self.clock())}
        seen = await edition.seen(kind, doubts.keys(), self.clock())
        for copy in copies:
            before, present = doubts[copy.id], seen.get(copy.id)
            # The log was read after `before` was seen, so it had that version by then if it ever was written.
            over = before.version if before and present and before.version > copy.version else None
            if over is not None or _is_stuck(before, present):
                wrong = Drift(of=kind, id=copy.id, what="changed")
                drifts[copy.id] = replace(drifts.get(copy.id, wrong), over=over)
        unknown = doubts.keys() - {copy.id for copy in copies}
        unknown -= set(await self.logs.has(kind, unknown)) if unknown else set()
        extra = [id for id in sorted(unknown) if await _there(edition, kind, id)]
        return [*drifts.values(), *(Drift(of=kind, id=id, what="extra") for id in extra)]


def _is_stuck(before: Seen | None, present: Seen | None) -> bool:
    """Whether an entry waits to be composed as it did before, and nothing has become of it."""
    return before is not None and before.waiting and before == present


def _batches(ids: Collection[UUID]) -> Iterator[list[UUID]]:
    every = list(ids)
    return (every[index : index + _BATCH] for index in range(0, len(every), _BATCH))


async def _there(edition: Edition, kind: Kind, id: UUID) -> bool:
    before = UUID(int=id.int - 1) if id.int else None
    return list(await edition.ids(kind, before, 1)) == [id]
