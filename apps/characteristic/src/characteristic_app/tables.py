"""The tables as queries name them. The migrations say what the database checks about them."""

from sqlalchemy import Column, DateTime, Integer, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()
characteristic = Table(
    "characteristic",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer),
    Column("body", JSONB),
    Column("key", Text),
    Column("name", Text),
    Column("value_type", Text),
    Column("unit", Text),
    Column("status", Text),
    Column("created_at", DateTime(timezone=True)),
    Column("modified_at", DateTime(timezone=True)),
)
characteristic_use = Table(
    "characteristic_use",
    metadata,
    Column("characteristic_id", Uuid, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("user_id", Uuid, primary_key=True),
    Column("user_key", Text),
)
