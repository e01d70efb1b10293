"""One running process of a service: asking it over HTTP, and knowing when it does not answer."""

import asyncio
from collections.abc import Iterable
from typing import NamedTuple

from aiohttp import (
    ClientConnectionError,
    ClientConnectorError,
    ClientError,
    ClientHandlerType,
    ClientRequest,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
)
from multidict import CIMultiDict
from yarl import URL

from gateway_app.ports import Overdue
from kernel.breaker import Breaker
from kernel.errors import Unavailable
from kernel.logging import get_logger

CONNECTING = 1.0
"""Seconds for a connection to be made: whoever does not take one is not there."""
PEEKING = 1.5
"""Seconds for an answer about health: less than what our own /readyz waits for us to look."""
_CONNECTING = ClientTimeout(total=None, sock_connect=CONNECTING)
_REPEATABLE = frozenset({"GET", "HEAD"})
_log = get_logger(__name__)


class NotSent(Unavailable):
    """No connection could be made, so nothing was sent, and another instance may be asked."""


class _Lost(ClientError):
    """The connection ended before any byte of an answer.

    A kind of our own, because aiohttp would send again what it takes for repeatable, PUT and DELETE too: the
    second of two would be told that the version is not the present one any more.
    """


async def as_lost(request: ClientRequest, handle: ClientHandlerType) -> ClientResponse:
    """A middleware of the session: see `_Lost`."""
    try:
        return await handle(request)
    except (ClientConnectorError, ConnectionTimeoutError):
        raise
    except ClientConnectionError as error:
        raise _Lost from error


class AsAsked(ClientRequest):
    """A request with the caller's headers and none in their name: aiohttp would add what it accepts and is.

    It can be told to skip those, and then copies and sorts them for each request, which costs 8 us.
    """

    _NOT_ADDED = CIMultiDict[None]({"Content-Type": None})  # of a body, when it has none

    def update_auto_headers(self, skip_auto_headers: Iterable[str] | None) -> None:
        """Add nothing."""
        self._skip_auto_headers = self._NOT_ADDED


class Asked(NamedTuple):
    """A request as it goes over the wire; `target` is its path and query, as they came."""

    method: str
    target: str
    headers: CIMultiDict[str]
    body: bytes

    @property
    def is_repeatable(self) -> bool:
        """Whether it may be sent a second time when nobody knows what became of the first.

        Services honour the key of a POST only: a PUT that was done would be told that it is outdated.
        """
        keyed = self.method == "POST" and "idempotency-key" in self.headers
        return self.method in _REPEATABLE or keyed


class Instance:
    """An address of a service, with a breaker of its own: one that is away must not take the others along.

    The breaker hears of connections and deadlines only. Any answer is the service's own, also a 5xx: one that
    sheds load must not be kept from the calls it can take, nor all of it be taken away by a poisonous route.
    """

    def __init__(self, service: str, address: str, *, deadline: float, cooldown: float) -> None:
        self.service, self.address = service, address.rstrip("/")
        self.resting = False
        self.breaker = Breaker(f"service {service}", cooldown=cooldown, probe=deadline + 1)

    async def ask(self, session: ClientSession, asked: Asked, budget: float) -> ClientResponse:
        """The head of the answer, within `budget` seconds.

        Raises:
            NotSent: when no connection could be made, also because none was tried.
            Unavailable: when the connection was lost.
            Overdue: when there was no answer in time.
        """

        async def answer() -> ClientResponse:
            async with asyncio.timeout(budget):
                return await self._send(session, asked)

        try:
            return await self.breaker.call(answer)
        except TimeoutError:
            _log.warning("upstream.overdue", upstream=self.service, address=self.address)
            raise Overdue from None
        except Unavailable as error:
            if error.code == "circuit_open":
                raise NotSent(error.message, code=error.code, retry_after=error.retry_after) from None
            raise

    async def peek(self, session: ClientSession, path: str) -> int:
        """The status at `path`, past the breaker: it is to hear of what people want only.

        Raises:
            Unavailable: when there is no answer in time.
        """
        try:
            async with asyncio.timeout(PEEKING):
                async with await self._send_once(session, Asked("GET", path, CIMultiDict(), b"")) as answer:
                    return answer.status
        except (ClientError, OSError):
            raise Unavailable(self._sentence()) from None

    async def _send(self, session: ClientSession, asked: Asked) -> ClientResponse:
        try:
            try:
                return await self._send_once(session, asked)
            except _Lost:
                # A server closes a connection that was idle just as we send on it: that is nobody's failure.
                if not asked.is_repeatable:
                    raise
                return await self._send_once(session, asked)
        except (ClientConnectorError, ConnectionTimeoutError) as error:
            _log.warning("upstream.unreachable", upstream=self.service, address=self.address, error=error)
            raise NotSent(self._sentence(), code="upstream_unreachable") from None
        except _Lost as error:
            _log.warning("upstream.lost", upstream=self.service, address=self.address, error=error.__cause__)
            said = f"{self._sentence()} Look first whether your request was done."
            raise Unavailable(said, code="upstream_lost") from None
        except ClientError as error:
            _log.error("upstream.unintelligible", upstream=self.service, address=self.address, error=error)
            raise Unavailable(self._sentence(), code="upstream_unintelligible") from None

    async def _send_once(self, session: ClientSession, asked: Asked) -> ClientResponse:
        return await session.request(
            asked.method,
            URL(self.address + asked.target, encoded=True),
            headers=asked.headers,
            data=asked.body or None,
            allow_redirects=False,
            timeout=_CONNECTING,
        )

    def _sentence(self) -> str:
        return f"The service {self.service} does not answer right now; please try again soon."
