"""The ports on Postgres."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from characteristic.domain import Characteristic, Use
from characteristic_app import tables
from kernel.auth import Principal
from kernel.sql import AggregateStore, AggregateTable, Bell, Database

CHARACTERISTICS = AggregateTable("characteristic", Characteristic, tables.characteristic)


@dataclass(frozen=True)
class PostgresUses:
    """Who uses what, in the table `characteristic_use`."""

    connection: AsyncConnection

    async def of(self, id: UUID) -> list[Use]:
        """See `Uses`."""
        use = tables.characteristic_use.c
        found = await self.connection.execute(
            select(use.kind, use.user_id, use.user_key).where(use.characteristic_id == id)
        )
        return [Use(kind=kind, id=user, key=key) for kind, user, key in found]


@dataclass(frozen=True)
class PostgresWork:
    """One transaction."""

    characteristics: AggregateStore[Characteristic]
    uses: PostgresUses


class Postgres(AbstractAsyncContextManager["Postgres"]):
    """Begins works in one database; entering brings its schema up to date."""

    def __init__(self, database: Database, bell: Bell) -> None:
        self._database = database
        self._bell = bell

    async def __aenter__(self) -> Self:
        await self._database.migrate("characteristic_app")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing: the database closes itself."""

    @asynccontextmanager
    async def __call__(self, by: Principal, /) -> AsyncIterator[PostgresWork]:
        """See `Begin`."""
        async with self._database.begin() as connection:
            store = AggregateStore(connection, CHARACTERISTICS, by, self._bell)
            yield PostgresWork(store, PostgresUses(connection))
