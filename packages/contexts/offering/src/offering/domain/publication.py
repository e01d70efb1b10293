"""One attempt to publish an offering, from the request to its end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from kernel.domain import Aggregate, now
from kernel.errors import Problem, RuleBroken
from offering.domain.offering import Failure, Offering
from offering.domain.steps import Step

CANCELLED = "CANCELLED"
"""The code of the cause when an operator has given a publication up."""


class Progress(StrEnum):
    """How far a publication is. STUCK waits for an operator, and can go on."""

    REQUESTED = "REQUESTED"
    RUNNING = "RUNNING"
    PUBLISHED = "PUBLISHED"
    REJECTED = "REJECTED"
    STUCK = "STUCK"


@dataclass(frozen=True, kw_only=True)
class Cause:
    """Why a publication ended as it did: `code` for programs, `message` for people."""

    code: str
    message: str


@dataclass(kw_only=True)
class Publication:
    """An attempt to make an offering's draft live. The offering decides; this is kept for people to see.

    `offering_version` is the offering's at which the attempt was requested, `requested_by` the name of an
    account. `ended_at` is None while it goes on. `cause` and `problems` are why it was rejected. `steps` are
    what it has gone through, kept when that was first seen after its end, and None before. `waits_with` is
    what it is to be begun with later, as long as it waits for others to end.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = Aggregate.__pydantic_config__

    id: UUID
    offering_id: UUID
    offering_key: str
    offering_version: int
    status: Progress = Progress.REQUESTED
    requested_at: datetime
    requested_by: str
    ended_at: datetime | None = None
    cause: Cause | None = None
    problems: tuple[Problem, ...] = ()
    steps: tuple[Step, ...] | None = None
    waits_with: Mapping[str, str] | None = None

    @classmethod
    def of(cls, offering: Offering) -> "Publication":
        """The publication that was requested with the version of the offering that was saved just now."""
        if offering.publication_id is None:
            raise ValueError(f"no publication of the offering {offering.id} was requested")
        return cls(
            id=offering.publication_id,
            offering_id=offering.id,
            offering_key=offering.key,
            offering_version=offering.version,
            requested_at=offering.modified_at,
            requested_by=offering.modified_by,
        )

    @property
    def ended(self) -> bool:
        """Whether nothing will become of it any more."""
        return self.status in (Progress.PUBLISHED, Progress.REJECTED)

    @property
    def cancelled(self) -> bool:
        """Whether an operator has given it up."""
        return self.status is Progress.REJECTED and self.cause is not None and self.cause.code == CANCELLED

    @property
    def waiting(self) -> bool:
        """Whether its process has not begun because many others run."""
        return self.status is Progress.REQUESTED and self.waits_with is not None

    def wait(self, context: Mapping[str, str]) -> None:
        """Too many others run: it is begun later, in the context of its request. Twice is as good as once."""
        if self.status is Progress.REQUESTED and self.waits_with is None:
            self.waits_with = context

    def run(self) -> None:
        """The publish process has it in hand. Raises RuleBroken when it has ended."""
        self.require_open()
        self.status, self.waits_with = Progress.RUNNING, None

    def stick(self) -> None:
        """A step waits for an operator. Raises RuleBroken when it has ended."""
        self.require_open()
        self.status = Progress.STUCK

    def succeed(self) -> None:
        """The offering is live. Raises RuleBroken when it has ended."""
        self._end(Progress.PUBLISHED, None)

    def fail(self, failure: Failure) -> None:
        """The offering is where it was before. Raises RuleBroken when it has ended."""
        self._end(Progress.REJECTED, Cause(code=failure.code, message=failure.message))
        self.problems = failure.problems

    def keep(self, steps: tuple[Step, ...]) -> None:
        """Remember what it has gone through, after its end and once: what is kept already stays."""
        if not self.ended:
            raise ValueError(f"the publication {self.id} goes on still")
        if self.steps is None:
            self.steps = steps

    def require_open(self) -> None:
        """Refuse to do anything with what has ended. Raises RuleBroken."""
        if self.ended:
            ended = "succeeded" if self.status is Progress.PUBLISHED else "been rejected"
            said = f"This publication of {self.offering_key} has {ended} already."
            raise RuleBroken(said, code="publication_ended")

    def _end(self, status: Progress, cause: Cause | None) -> None:
        self.require_open()
        self.status, self.cause, self.ended_at, self.waits_with = status, cause, now(), None
