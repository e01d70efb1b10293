"""Calls to the gateway: each has a deadline, and what is refused for now is asked for again, patiently."""

import asyncio
import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NoReturn

from kernel.errors import (
    CatalogError,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Problem,
    RuleBroken,
    Stale,
    Unauthorized,
    Unavailable,
)
from platform_app.calling.http import Answer, Asked, Http, Lost

DEADLINE = 10.0
"""Seconds for one request."""
PATIENCE = 60.0
"""Seconds for a request and its repetitions."""
_SHORTEST, _LONGEST = 0.1, 5.0  # seconds between two tries, when nobody says
_EARLY = 30.0  # seconds before its end in which a token is not used any more
_FOR_NOW = frozenset({408, 429, 502, 503, 504})
_IN_FLIGHT = "idempotency_key_in_flight"
_NOTHING: Mapping[str, str] = MappingProxyType({})


class Away(Exception):
    """The platform answers nothing any more, whoever asks; what was begun can be run again."""


@dataclass
class _Session:
    access: str
    refresh: str
    until: float
    """In monotonic seconds."""


@dataclass
class Calls:
    """The gateway, for one user.

    A request may be repeated, so each is one that may: a GET, one with If-Match, or one with an
    Idempotency-Key.
    """

    http: Http
    username: str
    password: str = field(repr=False)
    deadline: float = DEADLINE
    patience: float = PATIENCE
    _session: _Session | None = field(default=None, init=False, repr=False)
    _signing_in: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)
    _answered: float = field(default=0.0, init=False)
    """When anything but a refusal for now was last heard, in monotonic seconds."""

    async def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] = _NOTHING,
        headers: Mapping[str, str] = _NOTHING,
        body: Mapping[str, Any] | None = None,
    ) -> Any:
        """The JSON of the answer; None when it has none.

        Raises:
            CatalogError: the refusal, as its kind; Unavailable when all the time was not enough for this one.
            Away: when nothing else was answered either.
        """
        renewed = False
        while True:
            token = await self._token()
            answer = await self._answer(
                _asked(method, path, query, {**headers, "Authorization": f"Bearer {token}"}, body)
            )
            if answer.status != 401 or renewed:
                break
            renewed = True
            if self._session is not None and self._session.access == token:
                self._session = None
        if not answer.good:
            _refuse(answer)
        return json.loads(answer.content) if answer.content else None

    async def _token(self) -> str:
        async with self._signing_in:
            session = self._session
            if session is None or time.monotonic() > session.until:
                self._session = session = await self._signed_in(session)
            return session.access

    async def _signed_in(self, old: _Session | None) -> _Session:
        begin, answer = time.monotonic(), None
        if old is not None:
            answer = await self._answer(_asked("POST", "/token/refresh", body={"refreshToken": old.refresh}))
        if answer is None or not answer.good:
            given = {"username": self.username, "password": self.password}
            answer = await self._answer(_asked("POST", "/login", body=given))
        if not answer.good:
            _refuse(answer)
        tokens = _body(answer)
        lasts = float(tokens["expiresIn"])
        until = begin + max(lasts - _EARLY, lasts / 2)
        return _Session(tokens["accessToken"], tokens["refreshToken"], until)

    async def _answer(self, asked: Asked) -> Answer:
        """The first answer that is not only for now."""
        begin, pause = time.monotonic(), _SHORTEST
        while True:
            answer, why = None, "no answer in time"
            try:
                async with asyncio.timeout(self.deadline):
                    answer = await self.http.ask(asked)
            except TimeoutError:
                pass
            except Lost as error:
                why = str(error)
            if answer is not None and not _for_now(answer):
                self._answered = time.monotonic()
                return answer
            wait = max(_retry_after(answer), pause * random.uniform(0.5, 1.0))  # noqa: S311  # no secret
            if time.monotonic() + wait > begin + self.patience:
                self._give_up(begin, why if answer is None else _message(answer))
            await asyncio.sleep(wait)
            pause = min(pause * 2, _LONGEST)

    def _give_up(self, begin: float, why: str) -> NoReturn:
        if self._answered <= begin:
            raise Away(f"The platform has answered nothing for {self.patience:.0f} s ({why})")
        raise Unavailable(f"This was tried again for {self.patience:.0f} s: {why}")


def _asked(
    method: str,
    path: str,
    query: Mapping[str, str] = _NOTHING,
    headers: Mapping[str, str] = _NOTHING,
    body: Mapping[str, Any] | None = None,
) -> Asked:
    if body is None:
        return Asked(method, path, query, headers)
    # Escaped, so that halves of characters arrive as they are, for the platform to refuse.
    content = json.dumps(body).encode()
    return Asked(method, path, query, {**headers, "Content-Type": "application/json"}, content)


def _for_now(answer: Answer) -> bool:
    in_flight = answer.status == 409 and _body(answer).get("code") == _IN_FLIGHT
    return answer.status in _FOR_NOW or in_flight


def _retry_after(answer: Answer | None) -> float:
    said = "" if answer is None else answer.headers.get("retry-after", "")
    return float(said) if said.isdecimal() else 0.0


def _body(answer: Answer) -> dict[str, Any]:
    try:
        body = json.loads(answer.content)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _message(answer: Answer) -> str:
    return str(_body(answer).get("detail", f"status {answer.status}"))


_KINDS: dict[int, type[CatalogError]] = {
    400: Invalid,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: RuleBroken,
    412: Stale,
}


def _refuse(answer: Answer) -> NoReturn:
    """Raise the refusal in an answer as its kind."""
    body = _body(answer)
    code = str(body.get("code", f"status_{answer.status}"))
    kind = Conflict if code == "key_taken" else _KINDS.get(answer.status, CatalogError)
    problems = [
        Problem(str(one.get("code")), str(one.get("message")), str(one.get("pointer", "")))
        for one in body.get("errors", ())
    ]
    raise kind(_message(answer), code=code, problems=problems)
