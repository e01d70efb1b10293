"""The ports on Postgres."""

from dataclasses import dataclass
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Column, Text, text
from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.auth import Principal
from kernel.errors import not_found
from kernel.sql import AggregateStore, AggregateTable, SqlWorks, aggregate_table
from offering.domain import Offering, Publication

OFFERINGS = AggregateTable(
    "offering",
    Offering,
    aggregate_table("offering", Column("status", Text), Column("category", Text)),
)
PUBLICATION = TypeAdapter(Publication)

_GET = text("select cast(body as text) from publication where id = :id")
_TAKE = text("select cast(body as text) from publication where id = :id for update")
_SAVE = text("""
    insert into publication (id, body) values (:id, cast(cast(:body as text) as jsonb))
    on conflict (id) do update set body = excluded.body
""")


class PostgresPublications:
    """See `Publications`: one document a row, and a lock on it for who takes it."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, id: UUID) -> Publication:
        """See `Publications`."""
        return self._read(id, await self._connection.scalar(_GET, {"id": id}))

    async def take(self, id: UUID) -> Publication:
        """See `Publications`."""
        return self._read(id, await self._connection.scalar(_TAKE, {"id": id}))

    async def save(self, publication: Publication) -> None:
        """See `Publications`."""
        body = PUBLICATION.dump_json(publication, by_alias=True).decode()
        await self._connection.execute(_SAVE, {"id": publication.id, "body": body})

    @staticmethod
    def _read(id: UUID, body: str | None) -> Publication:
        if body is None:
            raise not_found("publication", id)
        return PUBLICATION.validate_json(body)


@dataclass(frozen=True)
class PostgresWork:
    """One transaction."""

    offerings: AggregateStore[Offering]
    publications: PostgresPublications


class Postgres(SqlWorks[PostgresWork]):
    """Begins works in the database of offerings."""

    package = "offering_app"

    def work(self, connection: AsyncConnection, by: Principal) -> PostgresWork:
        """See `SqlWorks`."""
        offerings = AggregateStore(connection, OFFERINGS, by, self.bell)
        return PostgresWork(offerings, PostgresPublications(connection))
