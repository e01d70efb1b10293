"""Accounts, log-in sessions, lock-outs and clients: the rules, without storage, HTTP or cryptography.

Moments are aware datetimes of the one clock that all processes share (the database's); spans are timedeltas.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from identity_app.refusals import (
    BadRequest,
    GrantNotAllowed,
    NoServiceAccount,
    RefreshRefused,
    WrongClientSecret,
)
from kernel.auth import Role

ACCESS_LIFE = timedelta(seconds=300)
"""How long an access or ID token is valid: so long can somebody who has signed out still be believed."""
SESSION_IDLE = timedelta(seconds=1800)
"""How long a session lives without a refresh."""
SESSION_LONGEST = timedelta(seconds=36_000)
"""How long a session lives at all."""
FAILURES_ALLOWED = 5
"""The failed attempt that locks, and the step in which the wait grows."""
WAIT_STEP = timedelta(seconds=60)
LONGEST_WAIT = timedelta(minutes=15)
FAILURES_REMEMBERED = timedelta(hours=12)
"""How long after the last failure the count is forgotten."""

_LONGEST_NAME = 255
_DEFAULT_SCOPES = ("profile", "email")
_SERVICE_SCOPE = "profile"


def account_name(typed: str) -> str:
    """The one spelling of an account's name: case does not matter, and what no account can be called is "".

    The empty name belongs to nobody, so such an attempt takes the same path as any other unknown name.
    """
    name = typed.strip().lower()
    return name if len(name) <= _LONGEST_NAME and name.isprintable() else ""


@dataclass(kw_only=True)
class User:
    """An account. `name` is as `account_name` spells it, `password_hash` a self-describing argon2 string."""

    id: UUID = field(default_factory=uuid4)
    name: str
    password_hash: str = field(repr=False)
    roles: tuple[Role, ...]
    full_name: str
    email: str


@dataclass(kw_only=True)
class Attempts:
    """The failed log-ins of one name, whether or not an account has it: a lock must not tell them apart.

    Keycloak's arithmetic: from the fifth failure on, each failure locks for a minute per five failures so
    far, a quarter of an hour at most. Attempts during a lock change nothing.
    """

    name: str
    failures: int = 0
    failed_at: datetime | None = None
    locked_until: datetime | None = None

    def locked(self, now: datetime) -> bool:
        """Whether not even the right password is accepted now."""
        return self.locked_until is not None and now < self.locked_until

    def fail(self, now: datetime) -> None:
        """Count a failure, and lock when it is one too many."""
        if self.failed_at is not None and now - self.failed_at > FAILURES_REMEMBERED:
            self.failures = 0
        self.failures += 1
        self.failed_at = now
        if self.failures >= FAILURES_ALLOWED:
            self.locked_until = now + min(WAIT_STEP * (self.failures // FAILURES_ALLOWED), LONGEST_WAIT)


def digest(refresh_token: str) -> bytes:
    """What is stored of a refresh token. It has 256 random bits, so a plain hash cannot be reversed."""
    return hashlib.sha256(refresh_token.encode()).digest()


@dataclass(kw_only=True)
class Session:
    """One log-in and the refresh tokens that descend from it; only the last of them, `refresh_digest`, works.

    A descendant that comes back was stolen, or its rightful owner comes back after a thief: nobody can tell,
    so the session ends, and with it all its tokens.
    """

    id: UUID = field(default_factory=uuid4)
    user_id: UUID
    client_id: str
    scope: str
    started_at: datetime
    refreshed_at: datetime
    ended_at: datetime | None = None
    refresh_digest: bytes = field(repr=False)

    @property
    def expires_at(self) -> datetime:
        """When the session ends unless it is refreshed."""
        return min(self.refreshed_at + SESSION_IDLE, self.started_at + SESSION_LONGEST)

    def active(self, now: datetime) -> bool:
        """Whether the session goes on."""
        return self.ended_at is None and now < self.expires_at

    def access_until(self, now: datetime) -> datetime:
        """When an access token issued now expires: never after the session must end."""
        return min(now + ACCESS_LIFE, self.started_at + SESSION_LONGEST)

    def refresh(self, presented: bytes, successor: bytes, client_id: str, now: datetime) -> None:
        """Accept `presented`, one of this session's refresh tokens, and let `successor` take its place.

        Raises:
            RefreshRefused: when it may not be used. A reuse has ended the session: save it all the same.
        """
        if client_id != self.client_id:
            raise RefreshRefused("Invalid refresh token. Token client and authorized client don't match")
        if not self.active(now):
            raise RefreshRefused("Session not active")
        if not hmac.compare_digest(presented, self.refresh_digest):
            self.ended_at = now
            raise RefreshRefused("Maximum allowed refresh token reuse exceeded")
        self.refresh_digest, self.refreshed_at = successor, now

    def end(self, now: datetime) -> None:
        """Sign out; again, without effect."""
        self.ended_at = self.ended_at or now


class Grant(StrEnum):
    """The ways to a token that this issuer knows."""

    PASSWORD = "password"  # noqa: S105  # OAuth's name of the grant
    REFRESH = "refresh_token"
    CLIENT_CREDENTIALS = "client_credentials"


PEOPLES_GRANTS = frozenset({Grant.PASSWORD, Grant.REFRESH})
"""The grants behind which there is a person."""


@dataclass(frozen=True, kw_only=True)
class ServiceAccount:
    """Who a client is when it asks for itself: no person, so no password, no session and no refresh token.

    `audience` names the services it may call; no other believes its tokens.
    """

    id: UUID
    name: str
    roles: tuple[Role, ...]
    audience: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Client:
    """An application that may ask for tokens: for people by `grants`, for itself when it has an account."""

    id: str
    secret: str = field(repr=False)
    grants: frozenset[Grant]
    account: ServiceAccount | None = None

    def prove(self, secret: str) -> None:
        """Accept the client's secret, in a time that does not depend on where the two differ.

        Raises:
            WrongClientSecret: when it is another.
        """
        if not hmac.compare_digest(digest(secret), digest(self.secret)):
            raise WrongClientSecret

    def require(self, grant: Grant) -> None:
        """Accept a grant that this client may use for people.

        Raises:
            GrantNotAllowed, RefreshRefused: for the others. Keycloak knows no refusal of its own for the
                latter: there is no session of such a client.
        """
        if grant not in self.grants:
            if grant is Grant.REFRESH:
                raise RefreshRefused("Invalid refresh token")
            raise GrantNotAllowed("Client not allowed for direct access grants")

    def require_account(self) -> ServiceAccount:
        """Who this client is when it asks for itself.

        Raises:
            NoServiceAccount: when it acts for people only.
        """
        if self.account is None:
            raise NoServiceAccount
        return self.account


def granted_scope(asked: str) -> str:
    """The scopes a token carries: Keycloak's default ones always, `openid` when it is asked for.

    Raises:
        BadRequest: for scopes that are not offered.
    """
    wanted = asked.split()
    if any(one not in ("openid", *_DEFAULT_SCOPES) for one in wanted):
        raise BadRequest(f"Invalid scopes: {asked}", code="invalid_scope")
    return " ".join(("openid", *_DEFAULT_SCOPES) if "openid" in wanted else _DEFAULT_SCOPES)


def service_scope(asked: str) -> str:
    """The scopes a service's token carries: always the same. No `openid`: an ID token is about a person.

    Raises:
        BadRequest: for scopes that are not offered.
    """
    if any(one != _SERVICE_SCOPE for one in asked.split()):
        raise BadRequest(f"Invalid scopes: {asked}", code="invalid_scope")
    return _SERVICE_SCOPE
