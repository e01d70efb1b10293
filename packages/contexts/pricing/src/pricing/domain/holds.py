"""Holds: who relies on a price staying as it is, and how long."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kernel.errors import Problem
from kernel.texts import MOST_KEY, text_faults

MOST_SECONDS = 86_400
"""Of a lease: a day. Whoever needs longer renews it."""
MOST_HOLDS = 1000
"""At once on one price, as `crowd` counts them: they are all in its document."""
_MOST_NAMED = 10
"""Holders that a refusal names; the others are counted."""


@dataclass(frozen=True, kw_only=True)
class Hold:
    """A publication of an offering holds a price: until `expires_at`, or without an end once it is live.

    `token` fences off latecomers: a later placing has a greater one. `offering_key` is what people know the
    offering by, where it was said.
    """

    offering_id: UUID
    offering_key: str | None = None
    publication_id: UUID
    token: int
    expires_at: datetime | None = None

    @property
    def permanent(self) -> bool:
        """Whether it has no end."""
        return self.expires_at is None

    def alive_at(self, now: datetime) -> bool:
        """Whether it still counts: a lease ends in the moment in which it expires."""
        return self.expires_at is None or now < self.expires_at


def lease_faults(offering_key: str | None, seconds: int) -> Iterator[Problem]:
    """What is wrong with a lease that somebody wants."""
    if offering_key is not None:
        yield from text_faults(offering_key, "/offeringKey", least=1, most=MOST_KEY)
    if not 1 <= seconds <= MOST_SECONDS:
        yield Problem("range", f"A price is held for 1 to {MOST_SECONDS} seconds at a time.", "/seconds")


def crowd(holds: Iterable[Hold]) -> int:
    """How many of these count: an offering's first two as one, any more as one each.

    Who is published again holds it twice until the new publication takes the place of the one that is live.
    So whoever is sold by a price can be published again by it, however many others are.
    """
    times = Counter(one.offering_id for one in holds)
    return sum(max(1, number - 1) for number in times.values())


def held_by(name: str, holds: Sequence[Hold]) -> str:
    """Who holds it, as the beginning of a sentence: offerings by their key, or else by their id."""
    found = sorted({one.offering_key or str(one.offering_id) for one in holds})
    more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
    return f"{name} is held by {', '.join(found[:_MOST_NAMED])}{more}"
