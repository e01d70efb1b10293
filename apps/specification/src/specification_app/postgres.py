"""The ports on Postgres."""

from dataclasses import dataclass

from sqlalchemy import Column, Text
from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.auth import Principal
from kernel.sql import AggregateStore, AggregateTable, SqlUses, SqlWorks, aggregate_table
from specification.domain import Specification

SPECIFICATIONS = AggregateTable(
    "specification", Specification, aggregate_table("specification", Column("status", Text))
)


@dataclass(frozen=True)
class PostgresWork:
    """One transaction."""

    specifications: AggregateStore[Specification]
    uses: SqlUses


class Postgres(SqlWorks[PostgresWork]):
    """Begins works in the database of specifications."""

    package = "specification_app"

    def work(self, connection: AsyncConnection, by: Principal) -> PostgresWork:
        """See `SqlWorks`."""
        specifications = AggregateStore(connection, SPECIFICATIONS, by, self.bell)
        return PostgresWork(specifications, SqlUses(connection))
