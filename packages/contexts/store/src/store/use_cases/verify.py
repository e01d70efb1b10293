"""Is the store what the event logs say?"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kernel.domain import now
from store.domain.sources import Copy, Kind
from store.ports import Drift, Edition, EventLogs

SETTLING = 1.5
"""Seconds after which a difference is looked at again: what was on its way has arrived by then."""
_BATCH = 500


@dataclass(frozen=True)
class VerifyStore:
    """Compare every copy and every entry with what the logs say. Both are read in the order of ids, so a
    store of any size needs little memory."""

    logs: EventLogs
    clock: Callable[[], datetime] = now
    settling: float = SETTLING

    async def __call__(self, edition: Edition, tell: Callable[[str, int, int], None]) -> Sequence[Drift]:
        """What differs, and still does when it is looked at again. Raises Unavailable."""
        total, done, found = await self.logs.count(), 0, list[Drift]()
        reached: dict[Kind, UUID] = {}
        async for kind, copies in self.logs.newest({}):
            found += await edition.audit(copies, self.clock())
            known = {copy.id for copy in copies}
            found += await self._extra(edition, kind, reached.get(kind), copies[-1].id, known)
            reached[kind] = copies[-1].id
            done += len(copies)
            tell("verifying", done, total)
        for kind in Kind:
            found += await self._extra(edition, kind, reached.get(kind), None, set())
        return await self._still(edition, found) if found else []

    async def _extra(
        self, edition: Edition, kind: Kind, after: UUID | None, to: UUID | None, known: set[UUID]
    ) -> list[Drift]:
        """What there is of a kind behind `after`, up to `to`, and no log has."""
        found = list[Drift]()
        while ids := await edition.ids(kind, after, _BATCH):
            within = [id for id in ids if to is None or id <= to]
            found += [Drift(of=kind, id=id, what="extra") for id in within if id not in known]
            if len(within) < len(ids):
                break
            after = ids[-1]
        return found

    async def _still(self, edition: Edition, found: Sequence[Drift]) -> list[Drift]:
        """Those that are no matter of time: the logs are read again, then the edition is."""
        await asyncio.sleep(self.settling)
        by_kind = defaultdict[Kind, dict[UUID, Drift]](dict)
        for one in found:
            by_kind[one.of][one.id] = one
        still = list[Drift]()
        for kind, drifts in by_kind.items():
            ids = list(drifts)
            for some in (ids[index : index + _BATCH] for index in range(0, len(ids), _BATCH)):
                copies = await self.logs.of(kind, some)
                still += await edition.audit(copies, self.clock())
                still += await self._without_log(edition, kind, some, copies)
        return still

    @staticmethod
    async def _without_log(
        edition: Edition, kind: Kind, ids: Sequence[UUID], copies: Sequence[Copy]
    ) -> list[Drift]:
        gone = set(ids) - {copy.id for copy in copies}
        return [Drift(of=kind, id=id, what="extra") for id in sorted(gone) if await _there(edition, kind, id)]


async def _there(edition: Edition, kind: Kind, id: UUID) -> bool:
    before = UUID(int=id.int - 1) if id.int else None
    return list(await edition.ids(kind, before, 1)) == [id]
