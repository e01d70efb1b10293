"""Postgres through SQLAlchemy Core: one bounded pool, every wait with a deadline, migrations under a lock."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, Self

from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, MetaData, NullPool, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from kernel.errors import Conflict, Invalid, Unavailable
from kernel.sql.spans import trace_statements
from kernel.tracing import within

_STATEMENT = 2.5  # seconds; with the wait for a connection less than the gateway waits for an answer
_MIGRATION = 300.0  # seconds, the wait for another process's migration included
_IDLE_IN_TRANSACTION_MS = 15_000  # more than a use case may take for a message
# "catalog": one number, so that every app's migrations queue up behind each other
_MIGRATION_LOCK = 0x636174616C6F67
_AWAY = "The database does not answer right now; please try again soon."
_NOT_NOW = frozenset({"08", "28", "3D", "53", "57"})
"""SQLSTATE classes: connection, authorisation, no such database, resources, operator or time-out."""
_LOST_RACE = frozenset({"40001", "40P01"})
_UNSTORABLE = frozenset({"22021", "22P05"})
"""SQLSTATEs of a character that no encoding, or no JSON document, has: above all, zero."""
_AFTER = "catalog_after_commit"
_NOTHING: Mapping[int, AsyncConnection] = MappingProxyType({})
_SHARED: ContextVar[Mapping[int, AsyncConnection]] = ContextVar("shared", default=_NOTHING)
"""The transactions that `begin` joins in this task, by the id of their database."""


class Database(AbstractAsyncContextManager["Database"]):
    """A Postgres database. Construction connects to nothing; entering does neither: the first use does.

    `url` is an SQLAlchemy URL with the driver asyncpg. The pool holds at most `size` connections; who needs
    one more waits two seconds, then gets `Unavailable`.
    """

    def __init__(self, url: str, *, service: str, size: int = 10) -> None:
        self._url = url
        self._service = service
        self._engine = create_async_engine(
            url,
            pool_size=size,
            max_overflow=0,
            pool_timeout=2,
            pool_recycle=1800,
            hide_parameters=True,  # they hold password hashes and personal data; errors go to the logs
            connect_args=_connection(service, _STATEMENT),
        )
        trace_statements(self._engine, service)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._engine.dispose()

    @property
    def url(self) -> str:
        """The address as PostgreSQL's own clients write it, password included."""
        return self._url.replace("postgresql+asyncpg://", "postgresql://", 1)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """Open one transaction: committed at the end of the block, rolled back when it raises.

        Inside `shared` it is that transaction: it ends where it began, and what was written in this block is
        rolled back only when the error goes on to there.

        Raises:
            Unavailable: when the database does not answer in time.
        """
        if (joined := _SHARED.get().get(id(self))) is not None:
            yield joined
            return
        async with AsyncExitStack() as stack:
            with _translated(connecting=True):
                connection = await stack.enter_async_context(self._engine.connect())
            connection.info[_AFTER] = calls = list[Callable[[], object]]()
            with _translated():
                async with connection.begin() as transaction:
                    yield connection
                    with within("COMMIT", attributes={"db.system.name": "postgresql"}):
                        await transaction.commit()
            for call in calls:
                call()

    @asynccontextmanager
    async def shared(self) -> AsyncIterator[AsyncConnection]:
        """Open one transaction that each `begin` inside the block joins.

        So what a caller notes about a use case (its reply, the message it answers) is kept together with what
        the use case does, which need not know. One task at a time may use it.

        Raises:
            Unavailable: when the database does not answer in time.
        """
        async with self.begin() as connection:
            outer = _SHARED.set({**_SHARED.get(), id(self): connection})
            try:
                yield connection
            finally:
                _SHARED.reset(outer)

    async def check(self) -> None:
        """Readiness: one round trip.

        Raises:
            Unavailable: when the database does not answer in time.
        """
        async with self.begin() as connection:
            await connection.execute(text("select 1"))

    async def migrate(self, package: str, revision: str = "head") -> None:
        """Bring the schema to `revision` with the Alembic history in `package`'s folder `migrations`.

        Processes that start together take turns. "base" goes all the way down, and loses the data.

        Raises:
            Unavailable: when the database does not answer in time.
        """
        engine = create_async_engine(
            self._url, poolclass=NullPool, connect_args=_connection(self._service, _MIGRATION)
        )
        with _translated(connecting=True):
            async with engine.connect() as connection:
                await connection.execute(text("select pg_advisory_lock(:lock)"), {"lock": _MIGRATION_LOCK})
                await connection.commit()  # the lock is the session's: it ends with the connection
                await connection.run_sync(_migrate, package, revision)
                await connection.commit()


def after_commit(connection: AsyncConnection, call: Callable[[], object]) -> None:
    """Call this once the present transaction of the connection is committed; never when it is rolled back."""
    connection.info[_AFTER].append(call)


def _connection(service: str, patience: float) -> dict[str, Any]:
    """What every connection is opened with: a deadline for everything, `patience` seconds for a statement."""
    return {
        "timeout": 2,
        "command_timeout": patience + 1,
        "server_settings": {
            "application_name": service,
            "statement_timeout": str(int(patience * 1000)),
            "idle_in_transaction_session_timeout": str(max(_IDLE_IN_TRANSACTION_MS, int(patience * 1000))),
            # A client that has vanished gives its locks back within half a minute.
            "tcp_keepalives_idle": "10",
            "tcp_keepalives_interval": "5",
            "tcp_keepalives_count": "3",
            "tcp_user_timeout": "20000",
        },
    }


@contextmanager
def _translated(*, connecting: bool = False) -> Iterator[None]:
    """Turn the ways in which a database can be away into one, and lost races into another.

    While `connecting`, any error of the operating system counts: refused, unknown host, no route.
    """
    try:
        yield
    except (PoolTimeout, ConnectionError, TimeoutError) as error:
        raise Unavailable(_AWAY) from error
    except OSError as error:
        if connecting:
            raise Unavailable(_AWAY) from error
        raise
    except DBAPIError as error:
        state = str(getattr(error.orig, "sqlstate", None) or "")
        if state in _UNSTORABLE:
            raise Invalid("There are characters in this that cannot be stored.") from error
        if state in _LOST_RACE:
            raise Conflict("Somebody else changed the same thing; please try again.") from error
        gone = isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated
        if gone or state[:2] in _NOT_NOW:
            raise Unavailable(_AWAY) from error
        raise


def _migrate(connection: Connection, package: str, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", f"{package}:migrations")
    config.attributes["connection"] = connection
    if revision == "base":
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)


def run_migrations(metadata: MetaData | None = None) -> None:
    """The body of every app's `migrations/env.py`: run on the connection that `Database.migrate` holds."""
    connection: Any = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()
