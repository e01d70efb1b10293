"""The offering itself: how it is drafted, published, revised and retired."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kernel.domain import Aggregate, now
from kernel.errors import Problem, RuleBroken, refuse
from kernel.texts import key_faults, key_of
from offering.domain.content import Content
from offering.domain.events import (
    OfferingDeleted,
    OfferingDrafted,
    OfferingPublished,
    OfferingRetired,
    OfferingRevised,
    PublicationRejected,
    PublicationRequested,
)
from offering.domain.moves import Move, Status, allowed
from offering.domain.rules import faults

MOST_CODE = 64
MOST_MESSAGE = 4000
"""Characters of a failure's message: as many as a process hands on."""
MOST_PROBLEMS = 100
MOST_PROBLEM = 500
"""Characters of each problem's message."""

_CALLED = {
    Status.DRAFT: "is a draft",
    Status.PUBLISHING: "is being published",
    Status.PUBLISHED: "is published",
    Status.RETIRED: "is retired",
}


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Why a publication was rejected: `code` for programs, `message` for people, and what is wrong where."""

    code: str
    message: str
    problems: tuple[Problem, ...] = ()
    publication_id: UUID

    @classmethod
    def of(cls, publication_id: UUID, code: str, message: str, problems: Sequence[Problem]) -> "Failure":
        """The failure, cut where it is too long to be kept: a rejection is never refused for its words."""
        kept = [
            Problem(one.code[:MOST_CODE], one.message[:MOST_PROBLEM], one.pointer[:MOST_PROBLEM])
            for one in problems[:MOST_PROBLEMS]
        ]
        code, message = code[:MOST_CODE], message[:MOST_MESSAGE]
        return cls(code=code, message=message, problems=tuple(kept), publication_id=publication_id)


@dataclass(kw_only=True)
class Offering(Aggregate):
    """Something that is sold. `draft` is what an author works on, `live` what shoppers see.

    `key` is what people and files call it: it is unique, and stays as it is for ever. `publication_id` names
    the present publication, or the last one when there is none; `failure` is why that one was rejected.
    `published_at` is when what is live went live.
    """

    key: str
    status: Status = Status.DRAFT
    draft: Content | None = None
    live: Content | None = None
    publication_id: UUID | None = None
    failure: Failure | None = None
    published_at: datetime | None = None

    @classmethod
    def drafted(cls, wanted: Content, key: str | None = None) -> "Offering":
        """A new offering. Without a key it gets one made of its name.

        Raises:
            Invalid: naming everything that is wrong.
        """
        tidy = wanted.tidied()
        found = key_of(tidy.name) if key is None else key
        refuse("This offering cannot be drafted like that.", [*key_faults(found), *faults(tidy)])
        new = cls(key=found, draft=tidy)
        new.record(OfferingDrafted())
        return new

    @property
    def content(self) -> Content:
        """The draft, or else what is live: each offering has one of them."""
        found = self.draft or self.live
        if found is None:
            raise ValueError(f"the offering {self.id} has neither a draft nor anything live")
        return found

    @property
    def name(self) -> str:
        """What people call it, above all those who work on it: the draft's name comes first."""
        return self.content.name

    @property
    def category(self) -> str:
        """The path of its category, the draft's first; "" when it is in none."""
        return self.content.category

    @property
    def moves(self) -> tuple[Move, ...]:
        """What it allows in its present state."""
        return allowed(self.status, has_draft=self.draft is not None)

    def revise(self, wanted: Content) -> None:
        """Replace the draft, or open one beside what is live; content that says the same changes nothing.

        Raises:
            RuleBroken: in a state that does not allow it.
            Invalid: naming everything that is wrong.
        """
        self._require(Move.REVISE)
        tidy = wanted.tidied()
        refuse("This offering cannot be revised like that.", [*faults(tidy)])
        if tidy.says_the_same_as(self.content):
            return
        self.draft = tidy
        self.record(OfferingRevised())

    def discard(self) -> None:
        """Give up the draft beside what is live.

        Raises:
            RuleBroken: in a state that does not allow it.
        """
        self._require(Move.DISCARD)
        self.draft = None
        self.record(OfferingRevised())

    def delete(self) -> None:
        """Give up an offering that was never sold.

        Raises:
            RuleBroken: in a state that does not allow it.
        """
        self._require(Move.DELETE)
        self.record(OfferingDeleted())

    def retire(self) -> None:
        """Sell it no more. A draft beside what is live goes, too: nothing could become of it.

        Raises:
            RuleBroken: in a state that does not allow it.
        """
        self._require(Move.RETIRE)
        self.status = Status.RETIRED
        self.draft = None
        self.record(OfferingRetired())

    def missing(self) -> list[Problem]:
        """What the draft may lack, and its publication may not.

        Raises:
            RuleBroken: in a state that does not allow to publish.
        """
        self._require(Move.PUBLISH)
        found = []
        if self.content.specification_id is None:
            found.append(Problem("missing", "Choose a specification.", "/draft/specificationId"))
        if not self.content.price_ids:
            found.append(Problem("missing", "Add at least one price.", "/draft/priceIds"))
        return found

    def request_publication(self, publication_id: UUID) -> None:
        """Ask for the draft to go live. Until that is confirmed or rejected nothing else is allowed.

        Raises:
            RuleBroken: in a state that does not allow it, or when the draft is not complete.
        """
        if missing := self.missing():
            said = "Cannot publish without a specification and a price."
            raise RuleBroken(said, code="incomplete", problems=missing)
        self.status = Status.PUBLISHING
        self.publication_id = publication_id
        self.failure = None
        self.record(PublicationRequested())

    def confirm(self, publication_id: UUID) -> None:
        """Make the draft live. Doing so again for the same publication changes nothing.

        Raises:
            RuleBroken: when this publication is not the one that is going on.
        """
        if self._confirmed(publication_id):
            return
        self._require(Move.CONFIRM)
        self._require_present(publication_id)
        self.status = Status.PUBLISHED
        self.live, self.draft = self.draft, None
        self.published_at = now()
        self.record(OfferingPublished())

    def reject(self, failure: Failure) -> None:
        """Go back to where it was before the publication. Doing so again for the same one changes nothing.

        Raises:
            RuleBroken: when this publication is not the one that is going on.
        """
        if self.failure is not None and self.failure.publication_id == failure.publication_id:
            return
        self._require(Move.REJECT)
        self._require_present(failure.publication_id)
        self.status = Status.DRAFT if self.live is None else Status.PUBLISHED
        self.failure = failure
        self.record(PublicationRejected())

    def _confirmed(self, publication_id: UUID) -> bool:
        """Whether this publication is the last one, and has succeeded."""
        live = self.status in (Status.PUBLISHED, Status.RETIRED)
        return live and self.failure is None and publication_id == self.publication_id

    def _require(self, move: Move) -> None:
        if move not in self.moves:
            beside = " and has no draft" if self.status is Status.PUBLISHED and self.draft is None else ""
            possible = ", ".join(self.moves) or "nothing"
            whose = ", by the publish process alone" if self.status is Status.PUBLISHING else ""
            raise RuleBroken(
                f"{self.name} {_CALLED[self.status]}{beside}, which does not allow: {move}. "
                f"Allowed now: {possible}{whose}.",
                code="illegal_move",
            )

    def _require_present(self, publication_id: UUID) -> None:
        if publication_id != self.publication_id:
            raise RuleBroken(
                f"{self.name} is being published by another publication, {self.publication_id}, "
                f"and not by {publication_id}.",
                code="other_publication",
            )
