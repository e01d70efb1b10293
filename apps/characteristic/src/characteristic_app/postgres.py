"""The ports on Postgres."""

from dataclasses import dataclass

from sqlalchemy import Column, Text
from sqlalchemy.ext.asyncio import AsyncConnection

from characteristic.domain import Characteristic
from kernel.auth import Principal
from kernel.sql import AggregateStore, AggregateTable, SqlUses, SqlWorks, aggregate_table

CHARACTERISTICS = AggregateTable(
    "characteristic",
    Characteristic,
    aggregate_table(
        "characteristic", Column("value_type", Text), Column("unit", Text), Column("status", Text)
    ),
)


@dataclass(frozen=True)
class PostgresWork:
    """One transaction."""

    characteristics: AggregateStore[Characteristic]
    uses: SqlUses


class Postgres(SqlWorks[PostgresWork]):
    """Begins works in the database of characteristics."""

    package = "characteristic_app"

    def work(self, connection: AsyncConnection, by: Principal) -> PostgresWork:
        """See `SqlWorks`."""
        characteristics = AggregateStore(connection, CHARACTERISTICS, by, self.bell)
        return PostgresWork(characteristics, SqlUses(connection))
