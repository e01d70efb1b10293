"""A step of publishing: the complete entry is made of the draft, and put where no shopper sees it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kernel.domain import HeardPart, now
from kernel.errors import NotHeard, Rejected
from store.domain.compose import parts_of
from store.domain.sources import Content, Copy, Offering, Price
from store.domain.staging import judge
from store.ports import KnownCopies, Staging, publication_ended

ENTRY_REFUSED = "ENTRY_REFUSED"
"""The code of the diagram's event for an entry that cannot be shown."""


@dataclass(frozen=True, kw_only=True)
class Stage(HeardPart):
    """What the process says: which version of an offering is being published. Its prices are the draft's."""

    publication_id: UUID
    offering_id: UUID
    offering_version: int


@dataclass(frozen=True)
class StageEntry:
    """Make the entry of a draft that is being published, of the very states that were locked and validated.

    Doing so again changes nothing; what is shown in the end is made of the copies, when it has gone live.
    """

    known: KnownCopies
    staging: Staging
    clock: Callable[[], datetime] = now

    async def __call__(self, wanted: Stage) -> None:
        """Stage it.

        Raises:
            Rejected: `ENTRY_REFUSED`, naming everything for which it cannot be shown.
            RuleBroken: `publication_ended`, and nothing is staged.
            NotHeard: while something of it is on its way.
        """
        if await self.staging.ended(wanted.publication_id):
            raise publication_ended(wanted.publication_id)
        offering, draft = await self._draft(wanted)
        known = await known_parts(self.known, draft)
        judged = judge(offering, draft, known, self.clock())
        if judged.problems:
            said = f"{draft.name} cannot be shown in the store: {judged.problems[0].message}"
            raise Rejected(said, code=ENTRY_REFUSED, problems=judged.problems)
        if judged.entry is None:
            raise _not_heard("all that it is made of")
        _require_held(known, draft, wanted.publication_id)
        await self.staging.stage(wanted.publication_id, judged.entry)

    async def _draft(self, wanted: Stage) -> tuple[Offering, Content]:
        """The offering, and what it says in the version that is being published."""
        copy = (await self.known.known([wanted.offering_id])).get(wanted.offering_id)
        if copy is None or copy.version < wanted.offering_version or not isinstance(copy.source, Offering):
            raise _not_heard(f"version {wanted.offering_version} of the offering")
        draft = None if copy.deleted else copy.source.published_by(wanted.publication_id)
        if draft is None:  # it went live, or was rejected, and this step comes late
            raise publication_ended(wanted.publication_id)
        return copy.source, draft


async def known_parts(copies: KnownCopies, content: Content) -> Mapping[UUID, Copy]:
    """What is known of all that a content is shown with."""
    known = await copies.known(content.refers_to)
    return {**known, **await copies.known(parts_of(content, known) - known.keys())}


def _require_held(known: Mapping[UUID, Copy], draft: Content, publication_id: UUID) -> None:
    """Refuse prices of which no hold has been heard: they may have been other ones when they were locked."""
    for id in draft.price_ids:
        price = known[id].source
        if not isinstance(price, Price) or not price.held_by(publication_id):
            raise _not_heard(f"that the price {price.key} is held for it")


def _not_heard(what: str) -> NotHeard:
    return NotHeard(f"The store has not heard {what} yet; it is tried again.")
