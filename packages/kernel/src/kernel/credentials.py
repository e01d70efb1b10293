"""How a service calls another when there is no user: OAuth's client credentials, for a token of its own."""

import asyncio
import json
import math
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from contextvars import Context
from dataclasses import dataclass, field
from typing import Any, Self

import httpx

from kernel.errors import Unavailable
from kernel.logging import get_logger

SHARE = 0.8
"""The part of its life after which a token is replaced; the rest is patience with an issuer that is away."""
HURRY = 1.0
"""Seconds between two tries while the issuer refuses or is away, or others refuse what it gives."""

_DEADLINE = 2.0
_MOST_BYTES = 64 * 1024
_LONGEST = 8 * 1024
_REASONS = frozenset(
    {
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
    }
)
"""What a refusal may say of itself (RFC 6749, section 5.2). Nothing else of an answer goes to the log."""
_log = get_logger(__name__)


@dataclass(frozen=True)
class _Token:
    """A token; `asked` is when it was asked for, `life` how long it lives from then, both in seconds."""

    text: str = field(repr=False)
    asked: float
    life: float


class ServiceTokens(AbstractAsyncContextManager["ServiceTokens"]):
    """The tokens of one service account (reliability decision S3), one at a time.

    `client_id` and `secret` are the client's at the issuer, `token_url` is the issuer's token endpoint.
    `http` is closed by whoever opened it; leaving this abandons a request under way. `clock` is monotonic
    seconds.

    Concurrent callers share one request. A token that has lived 80 % of its life still serves, while the next
    one is fetched in the background; so an issuer that is away is noticed only when the last token expires.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        token_url: str,
        client_id: str,
        secret: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http = http
        self._url = token_url
        self._client_id = client_id
        self._secret = secret
        self._clock = clock
        self._token: _Token | None = None
        self._failed: float | None = None
        self._fetching: asyncio.Task[None] | None = None

    async def token(self) -> str:
        """An access token to send as `Authorization: Bearer`.

        Raises:
            Unavailable: when the issuer refuses or does not answer, and no earlier token is valid any more.
        """
        if self._due():
            fetch = self._begin_fetch()
            if self._valid() is None:
                await asyncio.shield(fetch)  # a caller that is cancelled does not take the request with it
        token = self._valid()
        if token is None:
            raise Unavailable(
                "The services cannot prove themselves to one another right now; please try again soon.",
                retry_after=HURRY,
            )
        return token

    def forget(self, token: str) -> None:
        """Use this token no longer: somebody has refused it, though its life is not over.

        So what an issuer's new key or a new role needs is a new token, and no waiting. One that was asked for
        within the last second stays, and so does one that has taken its place: another would be refused, too.
        """
        held = self._token
        if held is not None and held.text == token and self._clock() - held.asked >= HURRY:
            self._token = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Abandon a request under way."""
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.gather(self._fetching, return_exceptions=True)

    def _due(self) -> bool:
        """Whether it is time to ask, or to join those who do."""
        if self._age() < SHARE:
            return False
        return self._failed is None or self._clock() - self._failed >= HURRY

    def _valid(self) -> str | None:
        return self._token.text if self._token is not None and self._age() < 1.0 else None

    def _age(self) -> float:
        """How much of its life the token has lived; 1 and more when it is over, or there is none."""
        return math.inf if self._token is None else (self._clock() - self._token.asked) / self._token.life

    def _begin_fetch(self) -> asyncio.Task[None]:
        if self._fetching is None or self._fetching.done():
            # An empty context: the request belongs to nobody's request, log fields or trace.
            self._fetching = asyncio.create_task(self._fetch(), context=Context())
        return self._fetching

    async def _fetch(self) -> None:
        asked = self._clock()
        try:
            async with asyncio.timeout(_DEADLINE):
                self._token = _token(await self._ask(), asked)
        except (TimeoutError, httpx.HTTPError, ValueError, RecursionError) as error:
            self._failed = self._clock()
            # By its text: the error itself may hold the answer, and the answer a token.
            reason = str(error) or type(error).__name__
            _log.warning("credentials.unavailable", client=self._client_id, url=self._url, reason=reason)
        else:
            self._failed = None
            _log.info("credentials.renewed", client=self._client_id, seconds=self._token.life)

    async def _ask(self) -> Any:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._client_id,
            "client_secret": self._secret,
        }
        async with self._http.stream("POST", self._url, data=form, follow_redirects=False) as response:
            body = bytearray()
            async for part in response.aiter_bytes():
                body += part
                if len(body) > _MOST_BYTES:
                    raise ValueError(f"more than {_MOST_BYTES} bytes")
        if response.status_code != httpx.codes.OK:
            raise ValueError(f"status {response.status_code}{_reason(body)}")
        return json.loads(body)


def _token(answer: Any, asked: float) -> _Token:
    """The token of an answer (RFC 6749, section 5.1). Raises ValueError when it holds none that serves."""
    if not isinstance(answer, dict):
        raise ValueError("the answer is no object")
    text, kind, life = (answer.get(name) for name in ("access_token", "token_type", "expires_in"))
    if not isinstance(text, str) or not 0 < len(text) <= _LONGEST or not _printable(text):
        raise ValueError(f"no access token of at most {_LONGEST} plain characters")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise ValueError("not a bearer token")
    if isinstance(life, bool) or not isinstance(life, int | float) or not 0 < life < math.inf:
        raise ValueError("the token does not say how long it lives")
    return _Token(text, asked, float(life))


def _printable(text: str) -> bool:
    """Whether the text may stand in a header: visible ASCII, no blank, no line end."""
    return all("!" <= character <= "~" for character in text)


def _reason(body: bytearray) -> str:
    """The OAuth error of a refusal, to be added to its status; "" when it names none that is known."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    error = answer.get("error") if isinstance(answer, dict) else None
    return f" {error}" if isinstance(error, str) and error in _REASONS else ""
