"""The step of the publish process in which an offering's specification has its say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from kernel.auth import PLATFORM
from kernel.domain import HeardPart
from kernel.errors import (
    Forbidden,
    NotFound,
    NotHeard,
    Problem,
    Rejected,
    RuleBroken,
    Unauthorized,
    Unavailable,
)
from specification.domain import Draft, Publication, Specification
from specification.ports import Begin, Characteristics, Credential, Work
from specification.use_cases.judge import publication_problems

SPECIFICATION_INVALID = "SPECIFICATION_INVALID"
"""The code with which the step rejects; the diagram has an event for it."""
_DISBELIEVED = "The platform's own sign-in was not believed; it is tried again with a new one."
_FORBIDDEN = "The platform's own account may not ask for characteristics: an operator has to allow it."
_MOST_QUOTED = 500
"""Characters of a problem's message within the sentence that says why."""


@dataclass(frozen=True, kw_only=True)
class Validate(HeardPart):
    """What the process says of a publication; `offering_version` is the one with which it was requested."""

    publication_id: UUID
    offering_id: UUID
    offering_version: int


@dataclass(frozen=True)
class ValidateOffering:
    """The publish process wants to know whether the draft may go live.

    Nothing is written, so twice is as good as once and there is nothing to undo.
    """

    begin: Begin
    characteristics: Characteristics
    credential: Credential

    async def __call__(self, wanted: Validate) -> Mapping[str, int]:
        """Judge the draft that was requested; returns the version of the specification that it passed.

        Raises:
            Rejected: SPECIFICATION_INVALID, naming everything that is wrong.
            RuleBroken: when the publication has ended.
            NotHeard: while the request is on its way.
            Unavailable: when the characteristics cannot be asked now.
        """
        async with self.begin(PLATFORM) as work:
            draft = _draft(await work.publications.of(wanted.offering_id), wanted)
            specification = await _specification(work, draft)
        if problems := await self._problems(specification, draft):
            raise _rejected(problems)
        return {"specificationVersion": specification.version}

    async def _problems(self, specification: Specification, draft: Draft) -> list[Problem]:
        token = await self.credential.token()
        try:
            return await publication_problems(specification, draft.values, self.characteristics, token)
        except (Unauthorized, Forbidden) as error:  # of the platform, which is no fault of the offering
            self.credential.forget(token)  # the next try is with new keys, and with rights given meanwhile
            raise Unavailable(_DISBELIEVED if isinstance(error, Unauthorized) else _FORBIDDEN) from error


def _draft(known: Publication | None, wanted: Validate) -> Draft:
    """The draft to judge, of what is known of the offering's last publication."""
    if known is not None and known.id == wanted.publication_id and known.draft is not None:
        return known.draft
    if known is None or known.version < wanted.offering_version:
        raise NotHeard("The request of this publication was not heard yet.")
    raise RuleBroken("This publication has ended: there is nothing to judge.", code="publication_ended")


async def _specification(work: Work, draft: Draft) -> Specification:
    if draft.specification_id is None:
        raise _rejected([Problem("missing", "Choose a specification.", "/specificationId")])
    try:
        return await work.specifications.get(draft.specification_id)
    except NotFound as error:
        said = f"{error.message.rstrip('.')} any more: choose another one."
        raise _rejected([Problem("unknown", said, "/specificationId")]) from None


def _rejected(problems: Sequence[Problem]) -> Rejected:
    first = problems[0].message[:_MOST_QUOTED]
    many = f", for {len(problems)} reasons, of which the first is" if len(problems) > 1 else ""
    said = f"The offering cannot be published{many}: {first}"
    return Rejected(said, code=SPECIFICATION_INVALID, problems=problems)
