"""Publications that go on for us and not for the engine: it has lost them, or they were ended there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from kernel.auth import PLATFORM
from kernel.domain import now
from kernel.errors import Unavailable
from kernel.process import State
from offering.domain import Progress, Publication
from offering.ports import Begin, PublishProcess
from offering.use_cases.note_stuck import Stuck
from offering.use_cases.start_publication import StartPublication

LATE = timedelta(seconds=30)
"""After its request nobody looks at a publication for so long: nearly all have ended by then."""
_AT_ONCE = 200


@dataclass(frozen=True)
class MendLost:
    """The platform looks whether the process of each publication is there. Several may do so at once.

    - There is none: the engine was restored, or the event of the request was parked. It is begun, or begun
      again: all steps are keyed by the publication, so what was done before is not done twice.
    - It runs, and nobody has noted that: the same, which begins no other.
    - It has ended, and has neither confirmed nor rejected: somebody has ended it at the engine. It cannot be
      begun again, so the publication is stuck until an operator gives it up.

    What waits for room is begun by `StartWaiting`, and what is noted as stuck is seen by `NoteStuck`.
    """

    begin: Begin
    process: PublishProcess
    start: StartPublication

    async def __call__(self) -> Sequence[Stuck]:
        """Look at those that were requested a while ago; returns what has become stuck.

        Raises:
            Unavailable: while the engine is away, and nothing has become stuck.
        """
        async with self.begin(PLATFORM) as work:
            going = await work.publications.going(now() - LATE, _AT_ONCE)
        found = list[Stuck]()
        for one in going:
            try:
                became = await self._mended(one)
            except Unavailable:
                if found:  # which is told nobody again; the next round raises this
                    break
                raise
            if became:
                found.append(Stuck(publication_id=one.id, offering_key=one.offering_key, step=""))
        return found

    async def _mended(self, one: Publication) -> bool:
        """Whether it has become stuck."""
        instance = await self.process.progress(one.id)
        if instance is None or one.status is Progress.REQUESTED:
            await self.start.begun(one.id)
            return False
        return instance.state is not State.RUNNING and await self._stick(one.id)

    async def _stick(self, id: UUID) -> bool:
        """Note that it is stuck, unless it has ended: its last step ends it before its process ends."""
        async with self.begin(PLATFORM) as work:
            publication = await work.publications.take(id)
            if publication.status is not Progress.RUNNING:
                return False
            publication.stick()
            await work.publications.save(publication)
        return True
