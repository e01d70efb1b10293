"""The good end of a publication."""

from dataclasses import dataclass
from uuid import UUID

from kernel.auth import PLATFORM, Principal
from kernel.domain import HeardPart
from offering.domain import Progress
from offering.ports import Begin


@dataclass(frozen=True, kw_only=True)
class Confirm(HeardPart):
    """The publication that has succeeded, as its process names it."""

    publication_id: UUID


@dataclass(frozen=True)
class ConfirmPublication:
    """The publish process makes the draft live. Twice is as good as once, however much later."""

    begin: Begin

    async def __call__(self, wanted: Confirm, by: Principal = PLATFORM) -> None:
        """Confirm it.

        Raises:
            NotFound: when there is no such publication.
            RuleBroken: when it was rejected already, or is not the offering's present one.
        """
        async with self.begin(by) as work:
            publication = await work.publications.take(wanted.publication_id)
            if publication.status is Progress.PUBLISHED:
                return
            offering = await work.offerings.get(publication.offering_id)
            offering.confirm(publication.id)
            publication.succeed()
            await work.offerings.save(offering)
            await work.publications.save(publication)
