"""The ports on Postgres."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Boolean, Column, DateTime, MetaData, Table, Text, Uuid, cast, func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.auth import Principal
from kernel.errors import not_found
from kernel.query import Page, Query
from kernel.sql import (
    AggregateStore,
    AggregateTable,
    Bell,
    Database,
    SqlWorks,
    after_commit,
    aggregate_table,
    page_of,
)
from offering.domain import Offering, Progress, Publication

OFFERINGS = AggregateTable(
    "offering",
    Offering,
    aggregate_table("offering", Column("status", Text), Column("category", Text)),
)
PUBLICATION = TypeAdapter(Publication)
PUBLICATIONS = Table(
    "publication",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("body", JSONB),
    Column("offering_id", Uuid),
    Column("offering_key", Text),
    Column("status", Text),
    Column("requested_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
    Column("waiting", Boolean),
    Column("without_steps", Boolean),
)

Ended = Callable[[Publication], None]
"""Hears of publications that have ended."""

_GET = text("select cast(body as text) from publication where id = :id")
_TAKE = text("select cast(body as text) from publication where id = :id for update")
_SAVE = text("""
    insert into publication (id, body) values (:id, cast(cast(:body as text) as jsonb))
    on conflict (id) do update set body = excluded.body
""")


class PostgresPublications:
    """See `Publications`: one document a row, and a lock on it for who takes it.

    `ended` hears, once it is committed, of each that was open when it was taken and is saved with its end:
    exactly once for each, whoever is told of the end how often.
    """

    def __init__(self, connection: AsyncConnection, ended: Ended) -> None:
        self._connection = connection
        self._ended = ended
        self._open = set[UUID]()

    async def get(self, id: UUID) -> Publication:
        """See `Publications`."""
        return self._read(id, await self._connection.scalar(_GET, {"id": id}))

    async def take(self, id: UUID) -> Publication:
        """See `Publications`."""
        found = self._read(id, await self._connection.scalar(_TAKE, {"id": id}))
        if not found.ended:
            self._open.add(id)
        return found

    async def page(self, query: Query) -> Page[Publication]:
        """See `Publications`; the fields of the query must be columns."""
        return await page_of(self._connection, PUBLICATIONS, query, PUBLICATION.validate_json)

    async def running(self) -> int:
        """See `Publications`."""
        asked = select(func.count()).where(PUBLICATIONS.c.status == Progress.RUNNING)
        return await self._connection.scalar(asked) or 0

    async def waiting(self, most: int) -> list[UUID]:
        """See `Publications`."""
        columns = PUBLICATIONS.c
        asked = select(columns.id).where(columns.waiting).order_by(columns.requested_at, columns.id)
        return list(await self._connection.scalars(asked.limit(most)))

    async def going(self, before: datetime, most: int) -> list[Publication]:
        """See `Publications`."""
        columns = PUBLICATIONS.c
        asked = (
            select(cast(columns.body, Text))
            .where(columns.status.in_((Progress.REQUESTED, Progress.RUNNING)), ~columns.waiting)
            .where(columns.requested_at < before)
            .order_by(columns.requested_at, columns.id)
        )
        return [PUBLICATION.validate_json(one) for one in await self._connection.scalars(asked.limit(most))]

    async def without_steps(self, most: int) -> list[UUID]:
        """See `Publications`."""
        asked = select(PUBLICATIONS.c.id).where(PUBLICATIONS.c.without_steps).limit(most)
        return list(await self._connection.scalars(asked))

    async def save(self, publication: Publication) -> None:
        """See `Publications`."""
        body = PUBLICATION.dump_json(publication, by_alias=True).decode()
        await self._connection.execute(_SAVE, {"id": publication.id, "body": body})
        if publication.ended and publication.id in self._open:
            self._open.remove(publication.id)
            after_commit(self._connection, partial(self._ended, publication))

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

    def __init__(self, database: Database, bell: Bell, ended: Ended = lambda _: None) -> None:
        super().__init__(database, bell)
        self._ended = ended

    def work(self, connection: AsyncConnection, by: Principal) -> PostgresWork:
        """See `SqlWorks`."""
        offerings = AggregateStore(connection, OFFERINGS, by, self.bell)
        return PostgresWork(offerings, PostgresPublications(connection, self._ended))
