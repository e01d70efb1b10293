"""What other services say of a draft before it is published: one call to each, on behalf of the caller."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from kernel.breaker import Breaker
from kernel.domain import HeardPart
from kernel.errors import Forbidden, Invalid, NotFound, Problem, Unauthorized, Unavailable
from kernel.logging import get_logger
from kernel.origin import present_origin
from offering.domain import Content
from offering_app.pointers import in_draft

DEADLINE = 2.0
"""Seconds for all of a call: to connect, to send, to wait, to read."""
COOLDOWN = 2.0
"""Seconds for which nobody asks a service that has failed, and what a caller is told to wait."""
PROBE = DEADLINE + 1
"""Seconds for the call that finds out whether it is back: it ends by its own deadline, which is a failure."""

_TOO_MUCH = frozenset({400, 413, 422})
"""How another service refuses what is in a question, as opposed to who asks it."""
_log = get_logger(__name__)


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


class Neighbour:
    """Another service that judges: `name` is what people call it, `url` where it is. See `HttpChecks`.

    The deadline is our own: a client's time-outs are for each step of a call, and there are none at all where
    the other service is in this process.
    """

    def __init__(
        self, name: str, client: httpx.AsyncClient, url: str, breaker: Breaker, *, deadline: float = DEADLINE
    ) -> None:
        self._name = name
        self._client = client
        self._url = url.rstrip("/")
        self._breaker = breaker
        self._deadline = deadline

    async def ask(self, path: str, question: Any, on_behalf: str) -> Sequence[Problem]:
        """What it says of a question.

        Raises:
            NotFound: when it does not know what is asked about.
            Invalid: when it refuses what is in the question.
            Unauthorized, Forbidden: when it does not let the caller ask.
            Unavailable: when it does not answer in time, or nobody asks it because it has not.
        """
        try:
            return await self._breaker.call(lambda: self._ask(path, question, on_behalf))
        except Unavailable as error:
            raise Unavailable(self._sentence(), retry_after=max(error.retry_after, 1.0)) from error

    async def _ask(self, path: str, question: Any, token: str) -> Sequence[Problem]:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        if correlation := present_origin().correlation_id:
            headers["X-Correlation-Id"] = correlation
        try:
            async with asyncio.timeout(self._deadline):
                answer = await self._client.post(
                    f"{self._url}{path}", content=to_json(question), headers=headers
                )
        except (httpx.RequestError, TimeoutError, OSError) as error:
            raise self._away(type(error).__name__) from error
        if answer.status_code == httpx.codes.OK:
            return self._understood(answer.content)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            raise Unauthorized(f"Sign in again: this sign-in does not let you ask the {self._name}.")
        if answer.status_code == httpx.codes.FORBIDDEN:
            raise Forbidden(f"This needs the {self._name}, which your account may not use.")
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise NotFound(f"The {self._name} does not know this.")
        if answer.status_code in _TOO_MUCH:  # it must not count as a failure: one draft would close it to all
            _log.warning("check.refused", neighbour=self._name, status=answer.status_code)
            raise Invalid(f"The {self._name} does not accept this question.")
        raise self._away(f"status {answer.status_code}")

    def _understood(self, content: bytes) -> Sequence[Problem]:
        try:
            read = _ANSWERS.validate_json(content)
        except ValidationError as error:
            raise self._away("unintelligible") from error
        return [Problem(one.code, one.message, one.pointer) for one in read.problems]

    def _away(self, reason: str) -> Unavailable:
        _log.warning("check.away", neighbour=self._name, reason=reason)
        return Unavailable(self._sentence(), retry_after=COOLDOWN)

    def _sentence(self) -> str:
        return f"The {self._name} does not answer right now; please try again soon."


@dataclass(frozen=True)
class HttpChecks:
    """See `Checks`."""

    pricing: Neighbour
    specifications: Neighbour
    store: Neighbour

    async def prices(self, id: UUID, ids: Sequence[UUID], on_behalf: str) -> Sequence[Problem]:
        """See `Checks`."""
        question = {"ids": list(ids), "offeringId": id}
        return await _asked(self.pricing, "/prices/check", question, on_behalf, "/priceIds", _of_prices)

    async def specification(self, id: UUID, draft: Content, on_behalf: str) -> Sequence[Problem]:
        """See `Checks`."""
        question = {"values": dict(draft.values), "publishing": True}
        try:
            path = f"/specifications/{id}/check"
            return await _asked(self.specifications, path, question, on_behalf, "/values", in_draft)
        except NotFound:
            said = f"There is no specification with the id {id}: choose another one."
            return [Problem("SPECIFICATION_MISSING", said, "/draft/specificationId")]

    async def entry(self, key: str, draft: Content, on_behalf: str) -> Sequence[Problem]:
        """See `Checks`."""
        said = _ENTRIES.dump_python(_Entry(draft=draft), mode="json", by_alias=True)
        question = {**said["draft"], "key": key}
        return await _asked(self.store, "/store/check", question, on_behalf, "", in_draft)


async def _asked(
    whom: Neighbour, path: str, question: Any, token: str, about: str, lead: Callable[[str], str]
) -> Sequence[Problem]:
    """Its problems, each led into the draft. A question it refuses is a problem of what it is `about`."""
    try:
        found = await whom.ask(path, question, token)
    except Invalid as error:
        found = [Problem("refused", error.message, about)]
    return [Problem(one.code, one.message, lead(one.pointer)) for one in found]


def _of_prices(pointer: str) -> str:
    """Of the ids that were asked about, which are the draft's in its order."""
    return in_draft(pointer.replace("/ids", "/priceIds", 1) if pointer.startswith("/ids") else pointer)
