"""The ports on Postgres."""

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, Dialect, Numeric, Text, Uuid, any_, cast, func, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeDecorator

from kernel.auth import Principal
from kernel.sql import AggregateStore, AggregateTable, SqlUses, SqlWorks, aggregate_table
from pricing.domain import Price, Sale


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


_HOLDS = text("jsonb_path_query_array(body, '$.holds[*].offeringId') @> cast(cast(:holder as text) as jsonb)")
"""By the index `price_holders`."""
# One statement makes the row or locks it. When another transaction makes it at the same time this waits for
# that, and finds nothing, because the row is younger than what it sees.
_TAKE = text("""
    with made as (
        insert into sale (offering_id) values (:id) on conflict do nothing
        returning offering_id, version, live, requested, pending
    ), found as (
        select offering_id, version, live, requested, pending from sale where offering_id = :id for update
    )
    table made union all table found
""")
_SAVE = text("""
    update sale set version = :version, live = :live, requested = :requested, pending = :pending
    where offering_id = :offering_id
""")


class PostgresPrices(AggregateStore[Price]):
    """See `Prices`."""

    async def take(self, ids: Collection[UUID], holder: UUID | None = None) -> list[Price]:
        """See `Prices`: rows are locked in the order in which they are sorted."""
        wanted = self._columns.id == any_(cast([*ids], ARRAY(Uuid)))  # one statement, however many they are
        if holder is not None:
            wanted = or_(wanted, _HOLDS.bindparams(holder=json.dumps([str(holder)])))
        found = await self._connection.scalars(
            self._documents().where(wanted).order_by(self._columns.id).with_for_update()
        )
        return [self._read(body) for body in found]


class PostgresSales:
    """See `Sales`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def take(self, offering_id: UUID) -> Sale:
        """See `Sales`."""
        found = None
        while found is None:
            found = (await self._connection.execute(_TAKE, {"id": offering_id})).mappings().first()
        return Sale(**found)

    async def save(self, sale: Sale) -> None:
        """See `Sales`."""
        await self._connection.execute(_SAVE, asdict(sale))


@dataclass(frozen=True)
class PostgresWork:
    """One transaction."""

    connection: AsyncConnection
    prices: PostgresPrices
    uses: SqlUses
    sales: PostgresSales

    async def now(self) -> datetime:
        """See `Work`. SQL's `now()` is when the transaction began; it may have waited for a row since."""
        moment: datetime = (await self.connection.execute(select(func.clock_timestamp()))).scalar_one()
        return moment


class Postgres(SqlWorks[PostgresWork]):
    """Begins works in the database of prices."""

    package = "pricing_app"

    def work(self, connection: AsyncConnection, by: Principal) -> PostgresWork:
        """See `SqlWorks`."""
        prices = PostgresPrices(connection, PRICES, by, self.bell)
        return PostgresWork(connection, prices, SqlUses(connection), PostgresSales(connection))
