"""What lists show of publications that wait for an operator, and the end of what was given up."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from kernel.auth import PLATFORM
from kernel.errors import NotFound, Unavailable
from kernel.process import State
from kernel.query import MOST_A_PAGE, Filter, Query
from offering.domain import Progress
from offering.ports import Begin, PublishProcess


@dataclass(frozen=True, kw_only=True)
class Stuck:
    """A publication that has just become stuck. `step` is its name in the diagram, "" when none can go on."""

    publication_id: UUID
    offering_key: str
    step: str


@dataclass(frozen=True)
class NoteStuck:
    """The platform compares what is stuck with what is noted as stuck. Several may do so at once."""

    begin: Begin
    process: PublishProcess

    async def __call__(self) -> Sequence[Stuck]:
        """Note what is stuck now, and what goes on again; returns what was not known to be stuck before.

        Raises:
            Unavailable: while the engine is away, and nothing was noted.
        """
        stuck = await self.process.stuck()
        found = list[Stuck]()
        for id in sorted(set(stuck) ^ await self._noted()):
            try:
                key = await self._note(id, stuck=id in stuck or await self._is_stuck(id))
            except Unavailable:
                if found:  # which is told nobody again; the next round raises this
                    break
                raise
            if key is not None:
                found.append(Stuck(publication_id=id, offering_key=key, step=stuck.get(id, "")))
        return found

    async def _noted(self) -> set[UUID]:
        found, page = set[UUID](), 1
        while True:
            query = Query(filters=[Filter("status", (Progress.STUCK,))], page=page, size=MOST_A_PAGE)
            async with self.begin(PLATFORM) as work:
                some = await work.publications.page(query)
            found |= {one.id for one in some.items}
            if some.next is None:
                return found
            page = some.next

    async def _is_stuck(self, id: UUID) -> bool:
        """Whether one is that was not told: not all are told at once, and of what has ended nothing is."""
        instance = await self.process.progress(id)
        return instance is not None and (bool(instance.incidents) or instance.state is not State.RUNNING)

    async def _note(self, id: UUID, *, stuck: bool) -> str | None:
        """Note it; returns the offering's key when it has become stuck."""
        became = False
        async with self.begin(PLATFORM) as work:
            try:
                publication = await work.publications.take(id)
            except NotFound:  # of another platform that has used the engine
                return None
            if not publication.ended and stuck != (publication.status is Progress.STUCK):
                became = stuck
                if stuck:
                    publication.stick()
                else:
                    publication.run()
                await work.publications.save(publication)
        if publication.cancelled:  # and its process was not ended, see `CancelPublication`
            await self.process.cancel(id)
        return publication.offering_key if became else None
