"""The table of a kind of aggregate, as queries name it; `schema.create_aggregate_table` makes it."""

from typing import Any

from sqlalchemy import Column, DateTime, Integer, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB


def aggregate_table(kind: str, *columns: Column[Any]) -> Table:
    """The table `kind`, with `columns` of its own beside those that all aggregates have."""
    return Table(
        kind,
        MetaData(),
        Column("id", Uuid, primary_key=True),
        Column("version", Integer),
        Column("body", JSONB),
        Column("key", Text),
        Column("name", Text),
        *columns,
        Column("created_at", DateTime(timezone=True)),
        Column("modified_at", DateTime(timezone=True)),
    )
