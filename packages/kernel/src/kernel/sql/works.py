"""Works: what one transaction of an app may touch."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import ClassVar, Generic, Self, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.auth import Principal
from kernel.sql.bell import Bell
from kernel.sql.database import Database

W = TypeVar("W")


class SqlWorks(AbstractAsyncContextManager["SqlWorks[W]"], Generic[W]):
    """Begins works in one database; entering brings its schema up to date.

    A subclass names the `package` that has the migrations, and makes the `work` over a connection.
    """

    package: ClassVar[str]

    def __init__(self, database: Database, bell: Bell) -> None:
        self._database = database
        self.bell = bell

    def work(self, connection: AsyncConnection, by: Principal) -> W:
        """What a transaction on this connection, by this principal, may touch."""
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        await self._database.migrate(self.package)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing: the database closes itself."""

    @asynccontextmanager
    async def __call__(self, by: Principal, /) -> AsyncIterator[W]:
        """Open a work: kept at the end of the block, undone when it raises."""
        async with self._database.begin() as connection:
            yield self.work(connection, by)
