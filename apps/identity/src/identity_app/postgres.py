"""The ports on Postgres. Locks are row locks and the clock is the database's: processes share no more."""

from collections.abc import AsyncIterator, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from identity_app import tables
from identity_app.domain import Attempts, Session, User
from identity_app.keyring import Keyring, SigningKey
from kernel.auth import Role
from kernel.sql import Database

_AT_ONCE = 100
"""How many outdated rows one work deletes: a backlog is spread over many."""


@dataclass(frozen=True)
class PostgresUsers:
    """Accounts in the table `account`."""

    connection: AsyncConnection

    async def find(self, name: str) -> User | None:
        """See `Users`."""
        return await self._one(tables.account.c.name == name)

    async def get(self, id: UUID) -> User | None:
        """See `Users`."""
        return await self._one(tables.account.c.id == id)

    async def _one(self, condition: Any) -> User | None:
        row = (await self.connection.execute(select(tables.account).where(condition))).one_or_none()
        if row is None:
            return None
        return User(**{**row._mapping, "roles": tuple(map(Role, row.roles))})

    async def save(self, user: User) -> None:
        """See `Users`."""
        adding = insert(tables.account).values(asdict(user))
        changed = {name: adding.excluded[name] for name in ("password_hash", "roles", "full_name", "email")}
        await self.connection.execute(adding.on_conflict_do_update(index_elements=["name"], set_=changed))

    async def keep_only(self, names: Collection[str]) -> int:
        """See `Users`."""
        done = await self.connection.execute(
            delete(tables.account).where(tables.account.c.name.not_in(names))
        )
        return done.rowcount


@dataclass(frozen=True)
class PostgresSessions:
    """Sessions in the table `session`, the refresh tokens' hashes in `refresh_token`."""

    connection: AsyncConnection

    async def add(self, session: Session) -> None:
        """See `Sessions`."""
        await self.connection.execute(insert(tables.session).values(self._row(session)))
        await self._descend(session)

    async def get(self, id: UUID) -> Session | None:
        """See `Sessions`."""
        found = await self.connection.execute(select(tables.session).where(tables.session.c.id == id))
        return self._session(found.one_or_none())

    async def of_refresh_token(self, digest: bytes) -> Session | None:
        """See `Sessions`."""
        # `of` locks the session only. Whoever waited for the lock reads the row as the one before left it.
        query = (
            select(tables.session)
            .join(tables.refresh_token, tables.refresh_token.c.session_id == tables.session.c.id)
            .where(tables.refresh_token.c.digest == digest)
            .with_for_update(of=tables.session)
        )
        return self._session((await self.connection.execute(query)).one_or_none())

    async def save(self, session: Session) -> None:
        """See `Sessions`."""
        row = self._row(session)
        await self.connection.execute(
            update(tables.session).where(tables.session.c.id == row.pop("id")).values(row)
        )
        await self._descend(session)

    async def forget(self, until: datetime) -> None:
        """See `Sessions`."""
        outdated = (
            select(tables.session.c.id)
            .where(tables.session.c.expires_at < until)
            .limit(_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        await self.connection.execute(delete(tables.session).where(tables.session.c.id.in_(outdated)))

    async def _descend(self, session: Session) -> None:
        one = insert(tables.refresh_token).values(digest=session.refresh_digest, session_id=session.id)
        await self.connection.execute(one.on_conflict_do_nothing())

    @staticmethod
    def _row(session: Session) -> dict[str, Any]:
        return {**asdict(session), "expires_at": session.expires_at}

    @staticmethod
    def _session(row: Row[Any] | None) -> Session | None:
        if row is None:
            return None
        return Session(**{name: value for name, value in row._mapping.items() if name != "expires_at"})


@dataclass(frozen=True)
class PostgresAttempts:
    """Failures in the table `failed_attempts`."""

    connection: AsyncConnection

    async def of(self, name: str) -> Attempts:
        """See `FailedAttempts`."""
        # A row must exist to be locked. The update that changes nothing locks the one that is there already.
        row = insert(tables.failed_attempts).values(name=name, failures=0)
        locked = row.on_conflict_do_update(index_elements=["name"], set_={"name": row.excluded.name})
        return Attempts(
            **(await self.connection.execute(locked.returning(tables.failed_attempts))).one()._mapping
        )

    async def save(self, attempts: Attempts) -> None:
        """See `FailedAttempts`."""
        row = asdict(attempts)
        await self.connection.execute(
            update(tables.failed_attempts).where(tables.failed_attempts.c.name == row.pop("name")).values(row)
        )

    async def reset(self, name: str) -> None:
        """See `FailedAttempts`."""
        await self.connection.execute(
            delete(tables.failed_attempts).where(tables.failed_attempts.c.name == name)
        )

    async def forget(self, until: datetime) -> None:
        """See `FailedAttempts`."""
        outdated = (
            select(tables.failed_attempts.c.name)
            .where(tables.failed_attempts.c.failed_at < until)
            .limit(_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        await self.connection.execute(
            delete(tables.failed_attempts).where(tables.failed_attempts.c.name.in_(outdated))
        )


@dataclass(frozen=True)
class PostgresKeys:
    """Keys in the table `signing_key`, the private halves encrypted."""

    connection: AsyncConnection

    async def all(self) -> Keyring:
        """See `Keys`."""
        rows = await self.connection.execute(
            select(tables.signing_key).order_by(tables.signing_key.c.generation)
        )
        return Keyring([SigningKey(**row._mapping) for row in rows])

    async def add(self, key: SigningKey) -> bool:
        """See `Keys`."""
        adding = insert(tables.signing_key).values(asdict(key)).on_conflict_do_nothing()
        return (await self.connection.execute(adding)).rowcount == 1

    async def forget(self, generation: int) -> None:
        """See `Keys`."""
        await self.connection.execute(
            delete(tables.signing_key).where(tables.signing_key.c.generation <= generation)
        )


@dataclass(frozen=True)
class PostgresWork:
    """One transaction."""

    connection: AsyncConnection

    @cached_property
    def users(self) -> PostgresUsers:
        """The accounts."""
        return PostgresUsers(self.connection)

    @cached_property
    def sessions(self) -> PostgresSessions:
        """The log-ins."""
        return PostgresSessions(self.connection)

    @cached_property
    def attempts(self) -> PostgresAttempts:
        """The failed log-ins."""
        return PostgresAttempts(self.connection)

    @cached_property
    def keys(self) -> PostgresKeys:
        """The signing keys."""
        return PostgresKeys(self.connection)

    async def now(self) -> datetime:
        """See `Work`. SQL's `now()` is when the transaction began; it may have waited for a lock since."""
        moment = await self.connection.scalar(select(func.clock_timestamp()))
        assert isinstance(moment, datetime)  # noqa: S101  # tells mypy what the driver gives
        return moment


class Postgres(AbstractAsyncContextManager["Postgres"]):
    """Begins works in one database; entering brings its schema up to date."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def __aenter__(self) -> Self:
        await self._database.migrate("identity_app")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing: the database closes itself."""

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[PostgresWork]:
        """See `Begin`."""
        async with self._database.begin() as connection:
            yield PostgresWork(connection)
