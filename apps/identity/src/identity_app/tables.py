"""The tables as queries name them. The migrations say what the database checks about them."""

from sqlalchemy import Column, DateTime, ForeignKey, Integer, LargeBinary, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()
MOMENT = DateTime(timezone=True)
account = Table(
    "account",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text),
    Column("password_hash", Text),
    Column("roles", JSONB),
    Column("full_name", Text),
    Column("email", Text),
)
session = Table(
    "session",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("user_id", Uuid, ForeignKey("account.id")),
    Column("client_id", Text),
    Column("scope", Text),
    Column("started_at", MOMENT),
    Column("refreshed_at", MOMENT),
    Column("expires_at", MOMENT),
    Column("ended_at", MOMENT),
    Column("refresh_digest", LargeBinary),
)
refresh_token = Table(
    "refresh_token",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("session_id", Uuid, ForeignKey("session.id")),
)
failed_attempts = Table(
    "failed_attempts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("failures", Integer),
    Column("failed_at", MOMENT),
    Column("locked_until", MOMENT),
)
signing_key = Table(
    "signing_key",
    metadata,
    Column("generation", Integer, primary_key=True),
    Column("kid", Text),
    Column("private", Text),
    Column("public", JSONB),
    Column("signs_from", MOMENT),
)
