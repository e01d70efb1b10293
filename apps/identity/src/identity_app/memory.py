"""Every port again, in memory: for tests, and held to the same contract as Postgres."""

import asyncio
import copy
import hashlib
import json
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from identity_app.domain import Attempts, Session, User
from identity_app.keyring import KeyMaterial, Keyring, SigningKey


@dataclass
class MemoryUsers:
    """Accounts by name."""

    rows: dict[str, User]
    sessions: dict[UUID, Session]

    async def find(self, name: str) -> User | None:
        """See `Users`."""
        return copy.copy(self.rows.get(name))

    async def get(self, id: UUID) -> User | None:
        """See `Users`."""
        return copy.copy(next((user for user in self.rows.values() if user.id == id), None))

    async def save(self, user: User) -> None:
        """See `Users`."""
        present = self.rows.get(user.name)
        self.rows[user.name] = replace(user, id=present.id if present else user.id)

    async def keep_only(self, names: Collection[str]) -> int:
        """See `Users`."""
        gone = [user for name, user in self.rows.items() if name not in names]
        for user in gone:
            del self.rows[user.name]
            for session in [one for one in self.sessions.values() if one.user_id == user.id]:
                del self.sessions[session.id]
        return len(gone)


@dataclass
class MemorySessions:
    """Sessions by id, and which session a refresh token descends from."""

    rows: dict[UUID, Session]
    descendants: dict[bytes, UUID]

    async def add(self, session: Session) -> None:
        """See `Sessions`."""
        self.rows[session.id] = copy.copy(session)
        self.descendants[session.refresh_digest] = session.id

    async def get(self, id: UUID) -> Session | None:
        """See `Sessions`."""
        return copy.copy(self.rows.get(id))

    async def of_refresh_token(self, digest: bytes) -> Session | None:
        """See `Sessions`."""
        id = self.descendants.get(digest)
        return copy.copy(self.rows.get(id)) if id else None

    async def save(self, session: Session) -> None:
        """See `Sessions`."""
        await self.add(session)

    async def forget(self, until: datetime) -> None:
        """See `Sessions`."""
        for session in [one for one in self.rows.values() if one.expires_at < until]:
            del self.rows[session.id]


@dataclass
class MemoryAttempts:
    """Failures by name."""

    rows: dict[str, Attempts]

    async def of(self, name: str) -> Attempts:
        """See `FailedAttempts`."""
        return copy.copy(self.rows.get(name, Attempts(name=name)))

    async def save(self, attempts: Attempts) -> None:
        """See `FailedAttempts`."""
        self.rows[attempts.name] = copy.copy(attempts)

    async def reset(self, name: str) -> None:
        """See `FailedAttempts`."""
        self.rows.pop(name, None)

    async def forget(self, until: datetime) -> None:
        """See `FailedAttempts`."""
        for row in list(self.rows.values()):
            if row.failed_at is not None and row.failed_at < until:
                del self.rows[row.name]


@dataclass
class MemoryKeys:
    """Keys by generation."""

    rows: dict[int, SigningKey]

    async def all(self) -> Keyring:
        """See `Keys`."""
        return Keyring([self.rows[generation] for generation in sorted(self.rows)])

    async def add(self, key: SigningKey) -> bool:
        """See `Keys`."""
        return self.rows.setdefault(key.generation, key) is key

    async def forget(self, generation: int) -> None:
        """See `Keys`."""
        for one in [one for one in self.rows if one <= generation]:
            del self.rows[one]


@dataclass
class MemoryWork:
    """One transaction over dictionaries."""

    clock: Callable[[], datetime]
    users: MemoryUsers
    sessions: MemorySessions
    attempts: MemoryAttempts
    keys: MemoryKeys

    async def now(self) -> datetime:
        """See `Work`."""
        return self.clock()


@dataclass
class Memory(AbstractAsyncContextManager["Memory"]):
    """Begins works one after another on copies, and keeps a copy whose block ended well."""

    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    _tables: tuple[dict[Any, Any], ...] = field(default_factory=lambda: ({}, {}, {}, {}, {}), init=False)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    async def __aexit__(self, *_: object) -> None:
        """Nothing to close."""

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[MemoryWork]:
        """See `Begin`."""
        async with self._turn:
            tables = tuple(dict(table) for table in self._tables)
            users, sessions, descendants, attempts, keys = tables
            yield MemoryWork(
                self.clock,
                MemoryUsers(users, sessions),
                MemorySessions(sessions, descendants),
                MemoryAttempts(attempts),
                MemoryKeys(keys),
            )
            self._tables = tables


class MemoryPasswords:
    """Passwords without the cost. Not for people's passwords: the hashes are quick to guess."""

    async def hash(self, password: str) -> str:
        """See `Passwords`."""
        return hashlib.sha256(password.encode()).hexdigest()

    async def verify(self, hash: str | None, password: str) -> bool:
        """See `Passwords`."""
        return hash == await self.hash(password)


class MemorySignatures:
    """Readable "tokens" without signatures: a kid and JSON. Nothing verifies them."""

    async def make_key(self) -> KeyMaterial:
        """See `Signatures`."""
        kid = uuid4().hex
        return KeyMaterial(kid=kid, private="", public={"kid": kid})

    def sign(self, key: SigningKey, claims: Mapping[str, Any]) -> str:
        """See `Signatures`."""
        return f"{key.kid} {json.dumps(claims)}"
