"""Is the store what the event logs say?"""

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from kernel.domain import now
from store.domain.sources import Kind
from store.ports import Drift, Edition, EventLogs, Seen

SETTLING = 1.5
"""Seconds after which a difference is looked at again: what was on its way has arrived by then."""
QUIET = 3
"""So often nothing may have become of any difference before what is behind is said never to arrive: under
load events are seconds on their way."""
_BATCH = 500


@dataclass(frozen=True)
class _Doubt:
    """What is to be looked at again: the version that a log `said` it has by then, -1 when none did, and how
    it was `seen` here if it is waiting or newer."""

    said: int = -1
    seen: Seen | None = None

    def is_behind(self, present: Seen | None) -> bool:
        """Whether that version was not heard yet. Later ones are for those to judge who look later."""
        return (-1 if present is None else present.version) < self.said

    def is_stuck(self, present: Seen | None) -> bool:
        """Whether an entry waits to be composed as it did before, and nothing has become of it."""
        return self.seen is not None and self.seen.waiting and self.seen == present

    def newer_than(self, version: int) -> int | None:
        """The version that was seen here, if it is above this one."""
        return self.seen.version if self.seen and self.seen.version > version else None


_Doubts = dict[UUID, _Doubt]


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
        doubtful: dict[Kind, _Doubts] = {kind: {} for kind in Kind}
        async for kind, copies in self.logs.newest({}):
            known = {copy.id: copy.version for copy in copies}
            differing = {one.id for one in await edition.audit(copies, self.clock())}
            doubtful[kind] |= {id: _Doubt(known[id]) for id in differing}
            extra = await self._extra(edition, kind, reached.get(kind), copies[-1].id, known)
            doubtful[kind] |= dict.fromkeys(extra, _Doubt())
            doubtful[kind] |= await self._unsettled(edition, kind, known)
            reached[kind] = copies[-1].id
            done += len(copies)
            tell("verifying", done, total)
        for kind in Kind:
            extra = await self._extra(edition, kind, reached.get(kind), None, ())
            doubtful[kind] |= dict.fromkeys(extra, _Doubt())
        return await self._still(edition, doubtful) if any(doubtful.values()) else []

    async def _extra(
        self, edition: Edition, kind: Kind, after: UUID | None, to: UUID | None, known: Collection[UUID]
    ) -> set[UUID]:
        """What there is of a kind behind `after`, up to `to`, and no log has."""
        found = set[UUID]()
        while ids := await edition.ids(kind, after, _BATCH):
            within = {id for id in ids if to is None or id <= to}
            found |= within.difference(known)
            if len(within) < len(ids):
                break
            after = ids[-1]
        return found

    async def _unsettled(self, edition: Edition, kind: Kind, versions: Mapping[UUID, int]) -> _Doubts:
        """What a single look cannot judge, as it may be on its way: from a log, or to being composed."""
        seen = await edition.seen(kind, versions, self.clock())
        return {
            id: _Doubt(versions[id], one)
            for id, one in seen.items()
            if one.waiting or one.version > versions[id]
        }

    async def _still(self, edition: Edition, doubtful: Mapping[Kind, _Doubts]) -> list[Drift]:
        """Those that are no matter of time: the logs are read again, then the edition is."""
        await self._settle(edition, doubtful)
        still = list[Drift]()
        for kind, doubts in doubtful.items():
            for ids in _batches(doubts):
                still += await self._again(edition, kind, {id: doubts[id] for id in ids})
        return still

    async def _settle(self, edition: Edition, doubtful: Mapping[Kind, _Doubts]) -> None:
        """Wait, and longer while there get fewer that are behind or wait to be composed."""
        before, quiet = doubtful, 0
        while quiet < QUIET:
            await asyncio.sleep(self.settling)
            left = {kind: await self._unfinished(edition, kind, doubts) for kind, doubts in before.items()}
            if not any(left.values()):
                return
            quiet = 0 if _count(left) < _count(before) else quiet + 1
            before = left

    async def _unfinished(self, edition: Edition, kind: Kind, doubts: _Doubts) -> _Doubts:
        left: _Doubts = {}
        for ids in _batches(doubts):
            seen = await edition.seen(kind, ids, self.clock())
            for id in ids:
                if doubts[id].is_behind(seen.get(id)) or doubts[id].is_stuck(seen.get(id)):
                    left[id] = doubts[id]
        return left

    async def _again(self, edition: Edition, kind: Kind, doubts: _Doubts) -> list[Drift]:
        copies = await self.logs.of(kind, doubts.keys())
        audited = await edition.audit(copies, self.clock())
        seen = await edition.seen(kind, doubts.keys(), self.clock())
        drifts = {
            one.id: one
            for one in audited
            if one.what == "changed" or doubts[one.id].is_behind(seen.get(one.id))
        }
        for copy in copies:
            before, present = doubts[copy.id], seen.get(copy.id)
            # The log was read after it was seen, so it had that version by then if it ever was written.
            over = before.newer_than(copy.version) if present else None
            if over is not None or before.is_stuck(present):
                wrong = Drift(of=kind, id=copy.id, what="changed")
                drifts[copy.id] = replace(drifts.get(copy.id, wrong), over=over)
        unknown = doubts.keys() - {copy.id for copy in copies}
        unknown -= set(await self.logs.has(kind, unknown)) if unknown else set()
        extra = [id for id in sorted(unknown) if await _there(edition, kind, id)]
        return [*drifts.values(), *(Drift(of=kind, id=id, what="extra") for id in extra)]


def _count(doubtful: Mapping[Kind, _Doubts]) -> int:
    return sum(map(len, doubtful.values()))


def _batches(ids: Collection[UUID]) -> Iterator[list[UUID]]:
    every = list(ids)
    return (every[index : index + _BATCH] for index in range(0, len(every), _BATCH))


async def _there(edition: Edition, kind: Kind, id: UUID) -> bool:
    before = UUID(int=id.int - 1) if id.int else None
    return list(await edition.ids(kind, before, 1)) == [id]
