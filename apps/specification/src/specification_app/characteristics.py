"""The characteristics over HTTP: one call to their service for all that a command refers to."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from kernel.domain import HeardPart
from kernel.errors import Invalid, NotFound, Problem
from kernel.neighbour import Neighbour
from specification.domain import Characteristic, Found, Question

LOOKUP = "/characteristics/lookup"
"""The path at which their service looks them up."""


@dataclass(frozen=True, kw_only=True)
class _AllowedValue(HeardPart):
    code: str


@dataclass(frozen=True, kw_only=True)
class _Item(HeardPart):
    id: UUID
    key: str
    name: str
    value_type: str
    multiple: bool
    status: str
    allowed_values: tuple[_AllowedValue, ...]

    def understood(self) -> Characteristic:
        return Characteristic(
            id=self.id,
            key=self.key,
            name=self.name,
            value_type=self.value_type,
            multiple=self.multiple,
            status=self.status,
            codes=tuple(one.code for one in self.allowed_values),
        )


@dataclass(frozen=True, kw_only=True)
class _Fault(HeardPart):
    code: str
    message: str
    pointer: str


@dataclass(frozen=True, kw_only=True)
class _Answer(HeardPart):
    """What is read of the answer; whatever else is in it is for others."""

    items: tuple[_Item, ...]
    missing: tuple[UUID, ...]
    problems: tuple[_Fault, ...]


_ANSWERS = TypeAdapter(_Answer)


@dataclass(frozen=True)
class HttpCharacteristics:
    """See `Characteristics`."""

    service: Neighbour

    async def look_up(self, question: Question, on_behalf: str) -> Found:
        """See `Characteristics`; `on_behalf` is the caller's access token."""
        if not question.ids:
            return Found()
        asked = {"ids": question.ids, "values": question.values}
        try:
            return await self.service.ask(LOOKUP, asked, on_behalf, partial(_understood, question))
        except NotFound as error:  # ids that it does not know are an answer, so nobody is at that address
            raise self.service.away("status 404") from error
        except Invalid as error:
            said = "There are too many values in this to be checked at once."
            raise Invalid(said, code="too_many_values") from error

    async def check(self) -> Mapping[str, Any]:
        """See `Characteristics`: what the last calls have shown."""
        return await self.service.check()


def _understood(question: Question, content: bytes) -> Found:
    """What an answer says. Raises ValueError when it is not an answer to the question."""
    read = _ANSWERS.validate_json(content)
    if {*(one.id for one in read.items), *read.missing} != set(question.ids):
        raise ValueError("the answer is not about what was asked for")
    return Found(
        items=[one.understood() for one in read.items],
        missing=read.missing,
        problems=[Problem(one.code, one.message, one.pointer) for one in read.problems],
    )
