"""What follows the request of a publication: its process begins."""

from dataclasses import dataclass
from uuid import UUID

from kernel.auth import PLATFORM
from kernel.domain import Heard
from kernel.errors import NotFound
from offering.domain import Content, Progress, Publication, Status
from offering.ports import Begin, PublishProcess

MOST_RUNNING = 100
"""Processes at a time. Each has two minutes from its beginning, however many others there are: what is
requested by the thousand is begun as others end, instead of timing out together."""


@dataclass(frozen=True, kw_only=True)
class RequestedOffering(Heard):
    """An offering of which a publication was requested."""

    publication_id: UUID


@dataclass(frozen=True)
class StartPublication:
    """The platform hands a publication that was requested to the publish process.

    The event comes at least once, and may come late: what has ended, and what is not the offering's present
    publication, is left alone without a word. What goes on may be started again: the process is one for each
    publication, so two who start it at once begin one.

    No transaction is open while the process is asked, so who dies in between leaves this:

    - before it is asked: nothing. The event was not settled, it comes again.
    - after it has begun, before its answer is here: a process that runs, and a publication that is REQUESTED
      in lists until the event comes again. Its process is asked again, and remains the one.
    - after its answer, before the note: the same. By then it may have ended, and nothing is noted.
    - after the note: an event that comes again and changes nothing.

    Where many others run it waits; `StartWaiting` begins it when some of them have ended.

    Who gives the publication up while it is asked may have ended the process before it began: what was given
    up meanwhile is ended once more. Who dies before that leaves a process whose steps are all refused, by the
    traces that the rejection leaves everywhere, and `NoteStuck` ends it.
    """

    begin: Begin
    process: PublishProcess

    async def __call__(self, heard: RequestedOffering) -> None:
        """Start it, or have it wait. Raises Unavailable when it cannot be begun now."""
        await self.begun(heard.publication_id)

    async def begun(self, id: UUID) -> bool:
        """Start it, then note that it is running; False when there is no room for it, so that it waits.

        Raises:
            Unavailable: when it cannot be begun now.
        """
        found = await self._requested(id)
        if found is None:
            return True
        publication, draft, room = found
        if room:
            await self.process.start(publication, draft)
            if await self._note(id):
                await self.process.cancel(id)
        return room

    async def _requested(self, id: UUID) -> tuple[Publication, Content, bool] | None:
        """The publication, if it is going on still, its draft, which nobody changes meanwhile, and the room.

        Where there is no room for it, it is noted as waiting.
        """
        async with self.begin(PLATFORM) as work:
            try:
                publication = await work.publications.take(id)
                offering = await work.offerings.get(publication.offering_id)
            except NotFound:  # a draft can be deleted after its rejection
                return None
            present = offering.status is Status.PUBLISHING and offering.publication_id == publication.id
            if publication.ended or not present or offering.draft is None:
                return None
            begun = publication.status is not Progress.REQUESTED
            room = begun or await work.publications.running() < MOST_RUNNING
            if not room:
                publication.wait(self.process.context())
                await work.publications.save(publication)
        return publication, offering.draft, room

    async def _note(self, id: UUID) -> bool:
        """Note that it is running, unless more is known; returns whether it was given up meanwhile."""
        async with self.begin(PLATFORM) as work:
            publication = await work.publications.take(id)
            if publication.status is Progress.REQUESTED:
                publication.run()
                await work.publications.save(publication)
        return publication.cancelled
