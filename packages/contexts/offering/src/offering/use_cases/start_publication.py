"""What follows the request of a publication: its process begins."""

from dataclasses import dataclass
from uuid import UUID

from kernel.auth import PLATFORM
from kernel.domain import Heard
from kernel.errors import NotFound
from offering.domain import Publication, Status
from offering.ports import Begin, PublishProcess, Work


@dataclass(frozen=True, kw_only=True)
class RequestedOffering(Heard):
    """An offering of which a publication was requested."""

    publication_id: UUID


@dataclass(frozen=True)
class StartPublication:
    """The platform hands a publication that was requested to the publish process.

    The event comes at least once, and may come late: what has ended, and what is not the offering's present
    publication, is left alone without a word. What goes on may be started again, which the process takes.
    """

    begin: Begin
    process: PublishProcess

    async def __call__(self, heard: RequestedOffering) -> None:
        """Start it, after noting that it is running.

        Raises:
            Unavailable: when the process cannot be begun now. The consumer's transaction is around both, so
                it is noted as requested again and tried later.
        """
        async with self.begin(PLATFORM) as work:
            publication = await _present(work, heard)
            if publication is None:
                return
            publication.run()
            await work.publications.save(publication)
        await self.process.start(publication)


async def _present(work: Work, heard: RequestedOffering) -> Publication | None:
    """The publication that was requested, if it is going on still."""
    try:
        publication = await work.publications.take(heard.publication_id)
        offering = await work.offerings.get(publication.offering_id)
    except NotFound:  # a draft can be deleted after its rejection
        return None
    present = offering.status is Status.PUBLISHING and offering.publication_id == publication.id
    return publication if present and not publication.ended else None
