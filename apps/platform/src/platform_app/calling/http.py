"""Requests to the gateway over a few connections that stay open."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector


class Lost(Exception):
    """No answer: there was no connection, or it broke."""


@dataclass(frozen=True)
class Asked:
    """A request; `path` begins with a slash."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    content: bytes = b""


@dataclass(frozen=True)
class Answer:
    """What was answered; the names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def good(self) -> bool:
        """Whether what was asked for was done."""
        return 200 <= self.status < 300


class Http(Protocol):
    """The way to the gateway."""

    async def ask(self, asked: Asked) -> Answer:
        """Ask, for as long as it takes. Raises Lost."""


class Connections:
    """The port `Http` over TCP, for as long as the block: `async with Connections(url, most) as http`.

    aiohttp takes a tenth of httpx's processor time, and an import is thousands of small requests.
    """

    def __init__(self, url: str, most: int) -> None:
        self._url = url.rstrip("/")
        self._most = most

    async def __aenter__(self) -> Self:
        # The server closes what was idle for five seconds; one that is closed while it is used is lost.
        connector = TCPConnector(limit=self._most, keepalive_timeout=2)
        self._session = ClientSession(
            connector=connector, cookie_jar=DummyCookieJar(), timeout=ClientTimeout(total=None)
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def ask(self, asked: Asked) -> Answer:
        """See `Http`."""
        try:
            async with self._session.request(
                asked.method,
                self._url + asked.path,
                params=dict(asked.query),
                data=asked.content or None,
                headers=asked.headers,
                allow_redirects=False,
            ) as answer:
                headers = {name.lower(): value for name, value in answer.headers.items()}
                return Answer(answer.status, headers, await answer.read())
        except (ClientError, OSError) as error:
            raise Lost(type(error).__name__) from error
