"""The request that a draft goes live."""

from dataclasses import dataclass
from uuid import UUID

from kernel.auth import Principal
from kernel.domain import new_id
from offering.domain import Publication
from offering.ports import Begin


@dataclass(frozen=True)
class PublishOffering:
    """A publisher wants shoppers to see the draft."""

    begin: Begin

    async def __call__(self, id: UUID, version: int, by: Principal) -> Publication:
        """Request the publication of what the caller has seen at `version`; its event has the rest done.

        Raises:
            NotFound: when there is no such offering.
            Stale: when `version` is not the present one.
            RuleBroken: when there is no draft to publish, or it is not complete.
        """
        async with self.begin(by) as work:
            offering = await work.offerings.get(id)
            offering.require_version(version)
            offering.request_publication(new_id())
            await work.offerings.save(offering)
            publication = Publication.of(offering)
            await work.publications.save(publication)
        return publication
