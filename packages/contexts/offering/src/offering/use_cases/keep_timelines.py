"""The steps of publications at which nobody has looked since they ended."""

from dataclasses import dataclass
from datetime import timedelta

from kernel.auth import PLATFORM
from kernel.domain import now
from offering.ports import Begin, PublishProcess
from offering.use_cases.get_publication import keep_steps

_AT_ONCE = 50
_RECENT = timedelta(minutes=1)


@dataclass(frozen=True)
class KeepTimelines:
    """The platform keeps what publications have gone through, before the engine forgets it."""

    begin: Begin
    process: PublishProcess

    async def __call__(self) -> int:
        """Keep some; returns how many. Raises Unavailable while the engine is away."""
        async with self.begin(PLATFORM) as work:
            ids = await work.publications.without_steps(_AT_ONCE)
        done = 0
        for id in ids:
            async with self.begin(PLATFORM) as work:
                publication = await work.publications.get(id)
            instance = await self.process.progress(id)
            recent = publication.ended_at is not None and now() - publication.ended_at < _RECENT
            if instance is None and recent:
                continue  # it may be beginning just now, though it was given up
            await keep_steps(self.begin, id, instance)
            done += 1
        return done
