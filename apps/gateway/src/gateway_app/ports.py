"""What the gateway needs from the outside."""

from dataclasses import dataclass, field
from typing import Protocol


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
