"""What the gateway needs from the outside."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Protocol

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
"""Takes the events of an answer, as ASGI has them."""


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """What a log-in gives: lifetimes are in seconds."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in: int
    refresh_expires_in: int


class Identity(Protocol):
    """The server that knows the accounts."""

    async def login(self, username: str, password: str) -> Tokens:
        """Begin a session.

        Raises:
            Unauthorized: when name or password is wrong, or the account is locked; it never says which.
            Unavailable: when the server does not answer in time.
        """

    async def refresh(self, refresh_token: str) -> Tokens:
        """Continue a session. A refresh token works once; using it again ends the session.

        Raises:
            Unauthorized: when the session has ended.
            Unavailable: when the server does not answer in time.
        """

    async def logout(self, refresh_token: str) -> None:
        """End a session; nothing happens when it has ended.

        Raises:
            Unavailable: when the server does not answer in time.
        """

    async def check(self) -> None:
        """Readiness. Raises `Unavailable` when the server does not answer in time."""


SILENCE = 30.0
"""Seconds without a byte after which a stream of events is taken for dead; services send comments oftener."""


def is_stream(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether an answer with these headers is a stream of events, which has no end in sight."""
    return any(
        name.lower() == b"content-type" and value.lower().startswith(b"text/event-stream")
        for name, value in headers
    )


class Overdue(Exception):
    """A service did not answer within its time."""


class Broken(Exception):
    """A service has begun an answer and does not end it: only a broken connection can tell the caller."""


class Upstreams(Protocol):
    """The services behind the gateway, by name.

    A request and its answer are ASGI's: `scope` is as the service is to see it, `send` gets the answer as it
    comes. A service has a number of seconds for its answer, the time in which the caller reads not counted. A
    stream of events goes on for longer; each event of it, or comment between them, has `SILENCE` seconds.
    """

    @property
    def names(self) -> Collection[str]:
        """The services there are."""

    async def forward(self, service: str, scope: MutableMapping[str, Any], body: bytes, send: Send) -> None:
        """Have a service answer a request. Every answer is one, also a refusal.

        Raises:
            Unavailable: when it cannot be asked, or nobody knows whether it was; nothing was answered.
            Overdue: when it did not begin an answer in time.
            Broken: when it did not end it, in time or at all.
        """

    async def check(self, service: str) -> Mapping[str, Any] | None:
        """Readiness. Raises `Unavailable` when the service cannot be asked."""
