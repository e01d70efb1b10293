"""The characteristics over HTTP: one call to their service, with a deadline, behind a breaker."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from kernel.breaker import Breaker
from kernel.domain import HeardPart
from kernel.errors import Forbidden, Invalid, Problem, Unauthorized, Unavailable
from kernel.logging import get_logger
from kernel.origin import present_origin
from specification.domain import Characteristic, Found, Question

DEADLINE = 2.0
"""Seconds for all of a call: to connect, to send, to wait, to read."""
COOLDOWN = 2.0
"""Seconds for which nobody asks a service that has failed, and what a caller is told to wait."""
PROBE = DEADLINE + 1
"""Seconds for the call that finds out whether it is back: it ends by its own deadline, which is a failure."""

_TOO_MUCH = frozenset({400, 413, 422})
"""How the other service refuses what is in a question, as opposed to who asks it."""
_log = get_logger(__name__)


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


class HttpCharacteristics:
    """See `Characteristics`. `url` is the address to look characteristics up at, `deadline` is in seconds.

    The deadline is our own: a client's time-outs are for each step of a call, and there are none at all where
    the other service is in this process.
    """

    def __init__(
        self, client: httpx.AsyncClient, url: str, breaker: Breaker, *, deadline: float = DEADLINE
    ) -> None:
        self._client = client
        self._url = url
        self._breaker = breaker
        self._deadline = deadline

    async def look_up(self, question: Question, on_behalf: str) -> Found:
        """See `Characteristics`; `on_behalf` is the caller's access token."""
        if not question.ids:
            return Found()
        return await self._breaker.call(lambda: self._ask(question, on_behalf))

    async def check(self) -> Mapping[str, Any]:
        """Readiness: what the last calls have shown, nobody is asked for it.

        Raises:
            Unavailable: while nobody is asked because the last calls have failed.
        """
        found = self._breaker.snapshot()
        if found.state != "closed":
            raise Unavailable("The characteristic service has not answered lately.")
        return {"breaker": found.state, "calls": found.calls, "failed": found.failed}

    async def _ask(self, question: Question, token: str) -> Found:
        """Ask, and tell what the breaker counts (Unavailable) from what is an answer, refusals included."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        if correlation := present_origin().correlation_id:
            headers["X-Correlation-Id"] = correlation
        body = to_json({"ids": question.ids, "values": question.values})
        try:
            async with asyncio.timeout(self._deadline):
                answer = await self._client.post(self._url, content=body, headers=headers)
        except (httpx.RequestError, TimeoutError, OSError) as error:
            raise _away(type(error).__name__) from error
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            raise Unauthorized("Sign in again: this sign-in does not let you use characteristics.")
        if answer.status_code == httpx.codes.FORBIDDEN:
            raise Forbidden("This needs characteristics, which your account may not see.")
        if answer.status_code in _TOO_MUCH:
            # It must not count as a failure: somebody could keep all others from working by it.
            _log.warning("characteristics.refused", status=answer.status_code)
            raise Invalid("There are too many values in this to be checked at once.", code="too_many_values")
        if answer.status_code != httpx.codes.OK:
            raise _away(f"status {answer.status_code}")
        return _understood(answer.content, question)


def _understood(content: bytes, question: Question) -> Found:
    """What an answer says. Raises Unavailable when it is not an answer to the question."""
    try:
        read = _ANSWERS.validate_json(content)
    except ValidationError as error:
        raise _away("unintelligible") from error
    if {*(one.id for one in read.items), *read.missing} != set(question.ids):
        raise _away("incomplete")
    return Found(
        items=[one.understood() for one in read.items],
        missing=read.missing,
        problems=[Problem(one.code, one.message, one.pointer) for one in read.problems],
    )


def _away(reason: str) -> Unavailable:
    _log.warning("characteristics.away", reason=reason)
    said = "The characteristics cannot be checked right now; nothing was changed. Please try again soon."
    return Unavailable(said, retry_after=COOLDOWN)
