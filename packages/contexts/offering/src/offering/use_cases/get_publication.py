"""One publication, with its steps."""

from dataclasses import dataclass
from uuid import UUID

from kernel.auth import PLATFORM, Principal
from kernel.errors import Unavailable
from kernel.process import Instance, State
from offering.domain import Account, Publication, account_of, account_without, steps_of
from offering.ports import Begin, PublishProcess


@dataclass(frozen=True)
class GetPublication:
    """Somebody looks how far a publication is.

    The steps of one that has ended are kept with it when they are first seen, so that they outlive what the
    engine remembers; whoever looks later is told the same.
    """

    begin: Begin
    process: PublishProcess

    async def __call__(self, id: UUID, by: Principal) -> Account:
        """What is told of the publication with this id; without its steps while the engine is away.

        Raises:
            NotFound: when there is no such publication.
        """
        publication = await self._get(id, by)
        if publication.steps is not None:
            return account_of(publication, None)
        try:
            instance = await self.process.progress(id)
        except Unavailable:
            return account_without(publication)
        if instance is not None and instance.state is not State.RUNNING and not publication.ended:
            publication = await self._get(id, by)  # it has ended between the two looks
        if publication.ended and instance is not None:
            publication = await keep_steps(self.begin, id, instance)
        return account_of(publication, instance)

    async def _get(self, id: UUID, by: Principal) -> Publication:
        async with self.begin(by) as work:
            return await work.publications.get(id)


async def keep_steps(begin: Begin, id: UUID, instance: Instance | None) -> Publication:
    """Keep the steps of a publication that has ended, unless somebody has; returns it with its steps."""
    async with begin(PLATFORM) as work:
        publication = await work.publications.take(id)
        if publication.steps is None:
            publication.keep(steps_of(publication, instance))
            await work.publications.save(publication)
    return publication
