"""The store of aggregates: one row each, and with every change its event and its audit record.

An aggregate is a JSON document in the column `body`. What is unique, filtered or sorted are columns that the
database generates from it, so there is no mapping to keep in step, and the document that is stored is the
document that events carry and that HTTP shows.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from uuid import UUID

from pydantic import TypeAdapter
from pydantic_core import from_json, to_json
from sqlalchemy import Select, Table, Text, cast, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.auth import Principal
from kernel.domain import Aggregate, Event, new_id
from kernel.errors import Invalid, changed_meanwhile, key_taken, not_found
from kernel.messaging import LARGEST
from kernel.origin import present_origin
from kernel.query import Page, Query
from kernel.sql.bell import Bell
from kernel.sql.database import after_commit
from kernel.sql.pages import page_of
from kernel.tracing import inject

A = TypeVar("A", bound=Aggregate)

_UNIQUE = "23505"
_LARGEST = LARGEST - 16 * 1024
"""Bytes of a document: in an event it stands in an envelope, and what nobody can be told of is not stored."""

# The row comes first: whoever changes an aggregate holds its row until the commit, so the numbers that the
# log gives to the events of one aggregate rise with its versions. Without the row nothing else is written.
_WRITE = {
    "insert": "insert into {table} (id, version, body)"
    " select cast(:id as uuid), cast(:version as int), body from given",
    "update": "update {table} set version = cast(:version as int), body = given.body from given"
    " where id = cast(:id as uuid) and version = cast(:read as int)",
    "delete": "delete from {table} using given where id = cast(:id as uuid) and version = cast(:read as int)",
}
_STATEMENT = """
with given as (
    select cast(cast(:body as text) as jsonb) as body, cast(cast(:headers as text) as jsonb) as headers
), written as (
    {write} returning {table}.id
), logged as (
    insert into event_log (event_id, aggregate_type, aggregate_id, aggregate_version, type, payload, headers)
    select cast(:event as uuid), cast(:kind as text), written.id, cast(:version as int), cast(:type as text),
           given.body, given.headers
    from written, given returning seq, aggregate_id
), pending as (
    insert into outbox_pending (seq, aggregate_id) select seq, aggregate_id from logged
)
insert into audit (
    subject, name, what, aggregate_type, aggregate_id, old_version, new_version, changes, correlation_id
)
select cast(:subject as text), cast(:name as text), cast(:type as text), cast(:kind as text), aggregate_id,
       cast(:read as int), cast(:version as int), cast(cast(:changes as text) as jsonb),
       cast(:correlation as text)
from logged
"""


_PARAMETERS: tuple[str, ...] = ("id", "version", "read", "body", "headers", "event", "kind", "type")
_PARAMETERS += ("subject", "name", "changes", "correlation")


def _numbered(statement: str) -> str:
    """The statement with numbers for names, as the driver has it: nothing is compiled for each command."""
    return re.sub(r"(?<!:):([a-z]+)", lambda named: f"${_PARAMETERS.index(named.group(1)) + 1}", statement)


@dataclass(frozen=True)
class AggregateTable(Generic[A]):
    """One kind of aggregate: its name ("price"), its class, its table. Its events come from `/kind`.

    The table has `id`, `version` and `body`, and columns named like the fields they are generated from.
    """

    kind: str
    model: type[A]
    table: Table
    adapter: TypeAdapter[A] = field(init=False, repr=False)
    statements: Mapping[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        writes = {name: write.format(table=self.table.name) for name, write in _WRITE.items()}
        statements = {
            name: _numbered(_STATEMENT.format(table=self.table.name, write=write))
            for name, write in writes.items()
        }
        object.__setattr__(self, "adapter", TypeAdapter(self.model))
        object.__setattr__(self, "statements", statements)

    def read(self, body: str) -> A:
        """The aggregate in a document."""
        return self.adapter.validate_json(body)

    def write(self, aggregate: A) -> bytes:
        """The document of an aggregate."""
        return self.adapter.dump_json(aggregate, by_alias=True)


class AggregateStore(Generic[A]):
    """The aggregates of one table in one transaction, changed by one principal; `bell` wakes the relay."""

    def __init__(
        self, connection: AsyncConnection, kind: AggregateTable[A], by: Principal, bell: Bell
    ) -> None:
        self._connection = connection
        self._kind = kind
        self._columns = kind.table.c
        self._by = by
        self._bell = bell
        self._bodies: dict[UUID, str] = {}

    async def get(self, id: UUID) -> A:
        """The aggregate with this id.

        Raises:
            NotFound: when there is none.
        """
        body = await self._connection.scalar(self._documents().where(self._columns.id == id))
        if body is None:
            raise not_found(self._kind.kind, id)
        return self._read(body)

    async def many(self, ids: Collection[UUID]) -> list[A]:
        """Those of these ids that exist, in no particular order."""
        found = await self._connection.scalars(self._documents().where(self._columns.id.in_(ids)))
        return [self._read(body) for body in found]

    async def page(self, query: Query) -> Page[A]:
        """The part of the list that `query` asks for; its fields must be columns."""
        return await page_of(self._connection, self._kind.table, query, self._read)

    async def save(self, aggregate: A) -> None:
        """Keep the aggregate as it is, with the event it has recorded; without one nothing has changed.

        Raises:
            Stale: when its row has another version than the one that was read.
            Conflict: when another aggregate has its key.
        """
        event = aggregate.pull_event()
        if event is not None:
            await self._write("update" if aggregate.version else "insert", aggregate, event)

    async def delete(self, aggregate: A) -> None:
        """Delete the row; the event it has recorded stays.

        Raises:
            Stale: when its row has another version than the one that was read.
        """
        event = aggregate.pull_event()
        if event is None:
            raise ValueError(f"nothing was recorded of the deletion of {aggregate.id}")
        await self._write("delete", aggregate, event)

    def _read(self, body: str) -> A:
        """The aggregate in a document, which is remembered for the audit of its change."""
        aggregate = self._kind.read(body)
        self._bodies[aggregate.id] = body
        return aggregate

    async def _write(self, how: str, aggregate: A, event: Event) -> None:
        read, origin = aggregate.stamp(self._by.name), present_origin()
        body = self._kind.write(aggregate).decode()
        if len(body.encode()) > _LARGEST:
            raise Invalid(f"This {self._kind.kind} is too large: it has more than {_LARGEST} bytes as JSON.")
        headers = {
            **inject(),
            "correlationid": origin.correlation_id,
            "causationid": origin.causation_id,
            "actor": self._by.subject,
        }
        row = {
            "id": aggregate.id,
            "kind": self._kind.kind,
            "read": read,
            "version": aggregate.version,
            "body": body,
            "event": new_id(),
            "type": event.type,
            "headers": to_json(headers).decode(),
            "subject": self._by.subject,
            "name": self._by.name,
            "changes": changes(self._bodies.get(aggregate.id), body),
            "correlation": origin.correlation_id,
        }
        statement, values = self._kind.statements[how], tuple(row[name] for name in _PARAMETERS)
        try:
            done = await self._connection.exec_driver_sql(statement, values)
        except IntegrityError as error:
            if getattr(error.orig, "sqlstate", "") != _UNIQUE:
                raise
            if _constraint(error) == f"{self._kind.table.name}_key_key":
                raise key_taken(self._kind.kind, getattr(aggregate, "key", "")) from error
            raise changed_meanwhile(self._kind.kind) from error
        if done.rowcount != 1:
            raise changed_meanwhile(self._kind.kind)
        self._bodies[aggregate.id] = body
        after_commit(self._connection, self._bell.ring)

    def _documents(self) -> Select[str]:
        return select(cast(self._columns.body, Text))


def _constraint(error: IntegrityError) -> str:
    """The name of the constraint that was violated, as Postgres names it: `price_key_key` for `price.key`."""
    return str(getattr(getattr(error.orig, "__cause__", None), "constraint_name", ""))


def changes(before: str | None, after: str) -> str:
    """What differs between two documents, field by field, as JSON: `{"name": ["old", "new"]}`.

    Of a new one only what says something: empty fields have not changed.
    """
    old, new = from_json(before) if before else {}, from_json(after)
    found = {
        name: [old.get(name), value]
        for name, value in new.items()
        if name not in _OWN and old.get(name) != value and (before or value not in (None, "", [], {}))
    }
    return to_json(found).decode()


_OWN = frozenset({"id", "version", "createdAt", "createdBy", "modifiedAt", "modifiedBy"})
"""What the audit record says in columns of its own."""
