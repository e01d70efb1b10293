"""What the use cases need from outside. `memory.py` and `postgres.py` hold the data; `tokens.py` signs."""

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from identity_app.domain import Attempts, Session, User
from identity_app.keyring import KeyMaterial, Keyring, SigningKey


class Users(Protocol):
    """The accounts."""

    async def find(self, name: str) -> User | None:
        """The account with this name."""

    async def get(self, id: UUID) -> User | None:
        """The account with this id."""

    async def save(self, user: User) -> None:
        """Add or change the account named `user.name`. One that exists keeps its id."""

    async def keep_only(self, names: Collection[str]) -> int:
        """Delete all other accounts and their sessions; returns how many."""


class Sessions(Protocol):
    """The log-ins. What is read to be changed stays locked until the work ends: decisions on it queue up."""

    async def add(self, session: Session) -> None:
        """Remember a new session."""

    async def get(self, id: UUID) -> Session | None:
        """The session with this id; not locked, for readers."""

    async def of_refresh_token(self, digest: bytes) -> Session | None:
        """The session that a refresh token, spent or not, descends from; locked."""

    async def save(self, session: Session) -> None:
        """Change a session; its present refresh token is added to its descendants."""

    async def forget(self, until: datetime) -> None:
        """Delete sessions that must have ended before `until`, a bounded number at a time."""


class FailedAttempts(Protocol):
    """The failed log-ins by name."""

    async def of(self, name: str) -> Attempts:
        """The attempts on this name; locked, even when there has been none."""

    async def save(self, attempts: Attempts) -> None:
        """Change what `of` gave in this work."""

    async def reset(self, name: str) -> None:
        """Forget the failures of this name."""

    async def forget(self, until: datetime) -> None:
        """Delete what has not failed since `until`, a bounded number at a time."""


class Keys(Protocol):
    """The signing keys."""

    async def all(self) -> Keyring:
        """Every key that is published."""

    async def add(self, key: SigningKey) -> bool:
        """Publish a key, unless its generation exists already: then another process was first (False)."""

    async def forget(self, generation: int) -> None:
        """Delete this generation and those before it."""


class Work(Protocol):
    """What one transaction may touch. It is kept when its block ends, and undone when the block raises."""

    @property
    def users(self) -> Users: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def attempts(self) -> FailedAttempts: ...
    @property
    def keys(self) -> Keys: ...

    async def now(self) -> datetime:
        """The present moment by the clock all processes share; later than any lock this work waited for."""


Begin = Callable[[], AbstractAsyncContextManager[Work]]
"""Opens a work."""


class Passwords(Protocol):
    """One-way password hashes."""

    async def hash(self, password: str) -> str:
        """A self-describing hash."""

    async def verify(self, hash: str | None, password: str) -> bool:
        """Whether the password fits; None stands for an unknown account and takes the same time.

        Raises:
            Unavailable: when too many others are waiting.
        """


class Signatures(Protocol):
    """Keys and signatures."""

    async def make_key(self) -> KeyMaterial:
        """A new private key, encrypted, and its public half."""

    def sign(self, key: SigningKey, claims: Mapping[str, Any]) -> str:
        """A JSON web token.

        Raises:
            Unavailable: when the key cannot be decrypted.
        """
