"""What lists show of publications that wait for an operator, and the end of what was given up."""

from dataclasses import dataclass
from uuid import UUID

from kernel.auth import PLATFORM
from kernel.errors import NotFound
from kernel.query import MOST_A_PAGE, Filter, Query
from offering.domain import Progress
from offering.ports import Begin, PublishProcess


@dataclass(frozen=True)
class NoteStuck:
    """The platform compares what is stuck with what is noted as stuck. Several may do so at once."""

    begin: Begin
    process: PublishProcess

    async def __call__(self) -> None:
        """Note what is stuck now, and what goes on again. Raises Unavailable while the engine is away."""
        stuck = set(await self.process.stuck())
        for id in sorted(stuck ^ await self._noted()):
            await self._note(id, stuck=id in stuck or await self._is_stuck(id))

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
        """Whether one is that was not told: not all are told at once."""
        instance = await self.process.progress(id)
        return instance is not None and bool(instance.incidents)

    async def _note(self, id: UUID, *, stuck: bool) -> None:
        async with self.begin(PLATFORM) as work:
            try:
                publication = await work.publications.take(id)
            except NotFound:  # of another platform that has used the engine
                return
            if not publication.ended:
                if stuck:
                    publication.stick()
                else:
                    publication.run()
                await work.publications.save(publication)
        if publication.cancelled:  # and its process was not ended, see `CancelPublication`
            await self.process.cancel(id)
