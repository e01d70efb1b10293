"""Another try for a publication that is stuck."""

from dataclasses import dataclass
from uuid import UUID

from kernel.auth import Principal
from kernel.errors import RuleBroken
from offering.domain import Progress
from offering.ports import Begin, PublishProcess


@dataclass(frozen=True)
class RetryPublication:
    """An operator has the step tried again that waits for one, after what was wrong has been mended."""

    begin: Begin
    process: PublishProcess

    async def __call__(self, id: UUID, by: Principal) -> None:
        """Have it tried again.

        Raises:
            NotFound: when there is no such publication.
            RuleBroken: when it has ended, or nothing of it is stuck.
            Unavailable: while the engine is away.
        """
        async with self.begin(by) as work:
            publication = await work.publications.get(id)
        publication.require_open()
        if not await self.process.retry(id):
            said = f"No step of this publication of {publication.offering_key} waits for another try."
            raise RuleBroken(said, code="nothing_stuck")
        async with self.begin(by) as work:
            publication = await work.publications.take(id)
            if publication.status is Progress.STUCK:
                publication.run()
                await work.publications.save(publication)
