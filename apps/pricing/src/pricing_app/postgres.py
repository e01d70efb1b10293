"""The ports on Postgres."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Column, Dialect, Numeric, Text, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeDecorator

from kernel.auth import Principal
from kernel.sql import AggregateStore, AggregateTable, SqlUses, SqlWorks, aggregate_table
from pricing.domain import Price


class Truth(TypeDecorator[bool]):
    """A boolean column that is compared with the text of a filter, which is Python's: "True", "False".

    Any other text is equal to neither, as in memory.
    """

    impl = Boolean
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bool | None:
        """What the text says."""
        return {"True": True, "False": False}.get(str(value))


PRICES = AggregateTable(
    "price",
    Price,
    aggregate_table(
        "price",
        Column("kind", Text),
        Column("currency", Text),
        Column("amount", Numeric),
        Column("locked", Truth),
    ),
)


@dataclass(frozen=True)
class PostgresWork:
    """One transaction."""

    connection: AsyncConnection
    prices: AggregateStore[Price]
    uses: SqlUses

    async def now(self) -> datetime:
        """See `Work`. SQL's `now()` is when the transaction began; it may have waited for a row since."""
        moment: datetime = (await self.connection.execute(select(func.clock_timestamp()))).scalar_one()
        return moment


class Postgres(SqlWorks[PostgresWork]):
    """Begins works in the database of prices."""

    package = "pricing_app"

    def work(self, connection: AsyncConnection, by: Principal) -> PostgresWork:
        """See `SqlWorks`."""
        prices = AggregateStore(connection, PRICES, by, self.bell)
        return PostgresWork(connection, prices, SqlUses(connection))
