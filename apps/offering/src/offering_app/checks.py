"""What other services say of a draft before it is published: one call to each, on behalf of the caller."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from kernel.domain import HeardPart
from kernel.errors import Invalid, NotFound, Problem
from kernel.neighbour import Neighbour
from offering.domain import Content
from offering_app.pointers import in_draft


@dataclass(frozen=True, kw_only=True)
class _Fault(HeardPart):
    code: str
    message: str
    pointer: str = ""


@dataclass(frozen=True, kw_only=True)
class _Answer(HeardPart):
    problems: tuple[_Fault, ...]


@dataclass(frozen=True, kw_only=True)
class _Entry(HeardPart):
    """How a draft is spelled: `Content` has no spelling of its own."""

    draft: Content


_ANSWERS = TypeAdapter(_Answer)
_ENTRIES = TypeAdapter(_Entry)


@dataclass(frozen=True)
class HttpChecks:
    """See `Checks`."""

    pricing: Neighbour
    specifications: Neighbour
    store: Neighbour

    async def prices(self, id: UUID, ids: Sequence[UUID], on_behalf: str) -> Sequence[Problem]:
        """See `Checks`."""
        question = {"ids": list(ids), "offeringId": id}
        return await _asked(self.pricing, "/prices/check", question, on_behalf, "/priceIds")

    async def specification(self, id: UUID, draft: Content, on_behalf: str) -> Sequence[Problem]:
        """See `Checks`."""
        question = {"values": dict(draft.values), "publishing": True}
        try:
            path = f"/specifications/{id}/check"
            return await _asked(self.specifications, path, question, on_behalf, "/values")
        except NotFound:
            said = f"There is no specification with the id {id}: choose another one."
            return [Problem("SPECIFICATION_MISSING", said, "/draft/specificationId")]

    async def entry(self, key: str, draft: Content, on_behalf: str) -> Sequence[Problem]:
        """See `Checks`."""
        said = _ENTRIES.dump_python(_Entry(draft=draft), mode="json", by_alias=True)
        question = {**said["draft"], "key": key}
        return await _asked(self.store, "/store/check", question, on_behalf, "")


async def _asked(whom: Neighbour, path: str, question: Any, token: str, about: str) -> Sequence[Problem]:
    """Its problems, each led into the draft. A question it refuses is a problem of what it is `about`."""
    try:
        answer = await whom.ask(path, question, token, _ANSWERS.validate_json)
    except Invalid as error:
        answer = _Answer(problems=(_Fault(code="refused", message=error.message, pointer=about),))
    return [Problem(one.code, one.message, in_draft(one.pointer)) for one in answer.problems]
