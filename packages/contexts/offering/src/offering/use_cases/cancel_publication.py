"""The end of a publication that an operator gives up."""

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from kernel.auth import Principal
from kernel.errors import Unavailable
from offering.domain import CANCELLED, Failure
from offering.ports import Begin, PublishProcess


@dataclass(frozen=True)
class CancelPublication:
    """An operator gives up a publication that goes on: it ends rejected, and everything is undone.

    The diagram has no event for this, and an instance that is merely ended would leave prices held and an
    entry staged. So the rejection comes first, in one transaction that competes with the confirmation: one of
    them wins, the other is refused. Its event has the prices released and the entry dropped, and leaves a
    trace by which each step is refused that comes after all. Then the instance is ended.

    Who dies between the two, or finds the engine away, leaves an instance of which nothing becomes: its
    forward steps and the confirmation are refused, which makes it stuck, and `NoteStuck` ends it; its undo
    path undoes what is undone. Asking again is as good.
    """

    begin: Begin
    process: PublishProcess

    async def __call__(self, id: UUID, by: Principal) -> None:
        """Give it up. Twice is as good as once.

        Raises:
            NotFound: when there is no such publication.
            RuleBroken: when it has ended otherwise.
        """
        said = f"{by.name} has given this publication up; the offering is as it was before."
        failure = Failure.of(id, CANCELLED, said, [])
        async with self.begin(by) as work:
            publication = await work.publications.take(id)
            if not publication.cancelled:
                publication.require_open()
                offering = await work.offerings.get(publication.offering_id)
                offering.reject(failure)
                publication.fail(failure)
                await work.offerings.save(offering)
                await work.publications.save(publication)
        with suppress(Unavailable):
            await self.process.cancel(id)
