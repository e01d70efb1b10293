"""Somebody wants to know, before publishing, whether the store can show what an offering says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kernel.domain import now
from kernel.errors import Problem
from store.domain.sources import Content, Offering
from store.domain.staging import crowded, judge
from store.ports import KnownCopies
from store.use_cases.stage import known_parts

_NOBODY = UUID(int=0)


@dataclass(frozen=True, kw_only=True)
class Check(Content):
    """What an offering says, and the key it has."""

    key: str = ""


@dataclass(frozen=True, kw_only=True)
class Checked:
    """Why the store could not show it, with pointers such as "/priceIds/2"."""

    problems: Sequence[Problem]


@dataclass(frozen=True)
class CheckEntry:
    """Judge a draft as the publish process will. Changes nothing."""

    known: KnownCopies
    clock: Callable[[], datetime] = now

    async def __call__(self, wanted: Check) -> Checked:
        """All that is wrong already. What the store has not heard of yet is no problem of the author's.

        Raises:
            Unavailable: when the store of record is away.
        """
        if problem := crowded(wanted):
            return Checked(problems=[problem])  # nobody looks up a thousand prices
        moment = self.clock()
        offering = Offering(id=_NOBODY, key=wanted.key, version=0, modified_at=moment, status="PUBLISHING")
        known = await known_parts(self.known, wanted)
        return Checked(problems=judge(offering, wanted, known, moment).problems)
