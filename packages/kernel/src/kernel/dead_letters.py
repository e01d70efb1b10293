"""What was parked because nobody could handle it: to be looked at, and replayed or dropped by a person."""

from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class DeadLetter:
    """A parked message: what it is, who could not handle it and why. `body` is what was published.

    Of what a broker has parked by itself the time is not known.
    """

    id: UUID | None
    type: str
    consumer: str
    reason: str
    attempts: int
    parked_at: datetime | None
    body: bytes


class DeadLetters(Protocol):
    """The parked messages of one place: a broker, or the database of one app."""

    def look(self, consumer: str | None = None) -> AsyncIterator[DeadLetter]:
        """Those of one consumer or of all, oldest first. Looking changes nothing."""

    async def replay(
        self,
        consumer: str,
        ids: Collection[UUID] | None,
        *,
        rate: float,
        said: Callable[[int], None] = lambda _: None,
    ) -> int:
        """Hand those with these ids (None: all there are now) to the consumer again; returns how many.

        At most `rate` a second; `said` hears the count as it grows. A process that dies on the way has handed
        over some and keeps the others; the last may be handed over twice, which the consumer's inbox knows.
        """

    async def drop(self, consumer: str, ids: Collection[UUID] | None) -> int:
        """Delete those with these ids (None: all there are now) for ever; returns how many."""
