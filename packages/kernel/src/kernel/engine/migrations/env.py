"""Alembic's entry; the connection and its lock are `Database.migrate`'s."""

from kernel.sql import run_migrations

run_migrations()
