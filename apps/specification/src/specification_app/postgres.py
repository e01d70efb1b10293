"""The ports on Postgres."""

from dataclasses import dataclass
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Column, Text, text
from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.auth import Principal
from kernel.sql import AggregateStore, AggregateTable, SqlUses, SqlWorks, aggregate_table
from specification.domain import Draft, Publication, Specification

SPECIFICATIONS = AggregateTable(
    "specification", Specification, aggregate_table("specification", Column("status", Text))
)
DRAFT = TypeAdapter(Draft)

_OF = text("""
    select publication_id, version, cast(draft as text) as draft
    from publication where offering_id = :offering
""")
_NOTE = text("""
    insert into publication (offering_id, publication_id, version, draft)
    values (:offering, :publication, :version, cast(cast(:draft as text) as json))
    on conflict (offering_id) do update
    set publication_id = excluded.publication_id, version = excluded.version, draft = excluded.draft
    where publication.version < excluded.version
""")


class PostgresPublications:
    """See `Publications`: a note is an upsert that the version guards, so its order does not matter."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, offering_id: UUID) -> Publication | None:
        """See `Publications`."""
        row = (await self._connection.execute(_OF, {"offering": offering_id})).one_or_none()
        if row is None:
            return None
        draft = None if row.draft is None else DRAFT.validate_json(row.draft)
        return Publication(id=row.publication_id, offering_id=offering_id, version=row.version, draft=draft)

    async def note(self, publication: Publication, /) -> None:
        """See `Publications`."""
        draft = publication.draft
        row = {
            "offering": publication.offering_id,
            "publication": publication.id,
            "version": publication.version,
            "draft": None if draft is None else DRAFT.dump_json(draft, by_alias=True).decode(),
        }
        await self._connection.execute(_NOTE, row)


@dataclass(frozen=True)
class PostgresWork:
    """One transaction."""

    specifications: AggregateStore[Specification]
    uses: SqlUses
    publications: PostgresPublications


class Postgres(SqlWorks[PostgresWork]):
    """Begins works in the database of specifications."""

    package = "specification_app"

    def work(self, connection: AsyncConnection, by: Principal) -> PostgresWork:
        """See `SqlWorks`."""
        specifications = AggregateStore(connection, SPECIFICATIONS, by, self.bell)
        return PostgresWork(specifications, SqlUses(connection), PostgresPublications(connection))
