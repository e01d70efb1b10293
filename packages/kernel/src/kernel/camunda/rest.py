"""The REST interface of the engine: one connection pool, a deadline for each call, and what refusals mean."""

import asyncio
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

import httpx

from kernel.errors import Unavailable
from kernel.http.client import client
from kernel.logging import get_logger
from kernel.process import TaskRefused

DEADLINE = 5.0
"""Seconds that the engine may take for a call, beyond those for which it holds back its answer."""
_CONNECT = httpx.Timeout(None, connect=2.0)
_TRIES = 3
_PAUSE = 0.05  # seconds

_MEANINGS: Final = (
    (re.compile(r"cannot find external task|does not exist|no matching process definition", re.I), "gone"),
    (re.compile(r"cannot be \w+ by worker", re.I), "not_yours"),
    (re.compile(r"lock that expired", re.I), "expired"),
    (re.compile(r"propagation of bpmn error", re.I), "uncaught"),
    (re.compile(r"error code is empty|is not greater than", re.I), "invalid"),
)
"""What a refusal says, and which one it is: its status is 500 as often as not."""
_SENTENCES: Final = {
    "gone": "The process engine does not know this, or not any more.",
    "not_yours": "Another worker has this task.",
    "expired": "The lock of this task has run out.",
    "uncaught": "No event of the diagram takes this error.",
    "invalid": "The process engine does not take what it was sent.",
}
"""What people may read of a refusal; the engine's own words name classes of its code, so they are logged."""
AWAY = "The process engine does not answer right now; please try again soon."
CLOSED = "The process engine does not let this service do that: an operator has to look into it."
_STATUSES = {400: "invalid", 404: "gone"}
_LET_NOT_IN = (401, 403)
"""Not asked again: a wrong password locks its user for some seconds, each time longer."""
_COLLISION: Final = re.compile("updated by another transaction concurrently", re.I)

_log = get_logger(__name__)


class Rest:
    """The engine at one address, with user and password in it. `transport` replaces the network."""

    def __init__(self, url: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        address = httpx.URL(url)
        self._url = str(address.copy_with(username=None, password=None)).rstrip("/")
        self._auth = httpx.BasicAuth(address.username, address.password) if address.username else None
        self._http = client("engine", transport)

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def ask(self, method: str, path: str, *, deadline: float = DEADLINE, **sent: Any) -> Any:
        """The answer of the engine, None when it is empty. `sent` is what `httpx` calls json, params, files.

        Two calls that meet, or one and a firing timer, end for one of them with status 500 and any of a dozen
        texts, a NullPointerException among them. So what is no refusal is asked again, twice.

        Raises:
            TaskRefused: when the engine says no.
            Unavailable: when it does not answer in `deadline` seconds, has trouble, or lets us not in.
        """
        for left in range(_TRIES - 1, -1, -1):
            answer = await self._ask(method, path, deadline, sent)
            if answer.is_success:
                return _content(answer)
            refusal, reason = _refusal(answer), f"{answer.status_code} {_said(answer)}".rstrip()
            if isinstance(refusal, TaskRefused):
                _log.info("engine.refuses", code=refusal.code, reason=reason)
                raise refusal
            if not left or answer.status_code in _LET_NOT_IN:
                _log.warning("engine.away", reason=reason)
                raise refusal
            await asyncio.sleep(_PAUSE)  # it was rolled back
        raise AssertionError("the last try returns or raises")

    async def _ask(self, method: str, path: str, deadline: float, sent: Mapping[str, Any]) -> httpx.Response:
        try:
            async with asyncio.timeout(deadline):
                return await self._http.request(
                    method,
                    f"{self._url}{path}",
                    auth=self._auth or httpx.USE_CLIENT_DEFAULT,
                    timeout=_CONNECT,
                    **sent,
                )
        except (TimeoutError, httpx.TransportError) as error:
            _log.warning("engine.away", reason=repr(error))
            raise Unavailable(AWAY) from error


def segment(text: str) -> str:
    """A part of a path, whatever is in it."""
    return quote(text, safe="")


def _content(answer: httpx.Response) -> Any:
    if not answer.content:
        return None
    try:
        return answer.json()
    except ValueError as error:
        _log.warning("engine.away", reason="it answers what is no JSON")
        raise Unavailable(AWAY) from error


def _said(answer: httpx.Response) -> str:
    """The message of a refusal, or the beginning of what stands in its place."""
    try:
        document = answer.json()
    except ValueError:
        document = None
    message = document.get("message") if isinstance(document, dict) else None
    kind = document.get("type") if isinstance(document, dict) else None
    return " ".join(str(part) for part in (kind, message) if part) or answer.text[:200]


def _refusal(answer: httpx.Response) -> TaskRefused | Unavailable:
    code = _code(answer.status_code, _said(answer))
    if code is not None:
        return TaskRefused(_SENTENCES[code], code=code)
    return Unavailable(CLOSED if answer.status_code in _LET_NOT_IN else AWAY)


def _code(status: int, said: str) -> str | None:
    """Which refusal it is; None when it is trouble."""
    for text, code in _MEANINGS:
        if text.search(said):
            return code
    return None if _COLLISION.search(said) else _STATUSES.get(status)
