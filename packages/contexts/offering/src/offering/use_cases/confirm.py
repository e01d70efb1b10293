"""The good end of a publication."""

from dataclasses import dataclass
from uuid import UUID

from kernel.auth import PLATFORM, Principal
from kernel.domain import Command
from offering.domain import Offering, Progress
from offering.ports import Begin


@dataclass(frozen=True, kw_only=True)
class Confirm(Command):
    """The publication that has succeeded."""

    publication_id: UUID


@dataclass(frozen=True)
class ConfirmPublication:
    """The publish process makes the draft live. Twice is as good as once, however much later."""

    begin: Begin

    async def __call__(self, wanted: Confirm, by: Principal = PLATFORM) -> Offering:
        """Confirm it; returns the offering as it is then.

        Raises:
            NotFound: when there is no such publication.
            RuleBroken: when it was rejected already, or is not the offering's present one.
        """
        async with self.begin(by) as work:
            publication = await work.publications.take(wanted.publication_id)
            offering = await work.offerings.get(publication.offering_id)
            if publication.status is not Progress.PUBLISHED:
                offering.confirm(publication.id)
                publication.succeed()
                await work.offerings.save(offering)
                await work.publications.save(publication)
        return offering
