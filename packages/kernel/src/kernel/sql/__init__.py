"""Postgres: transactions, the store of aggregates with its event log, and what hangs on one transaction."""

from kernel.sql.bell import Bell
from kernel.sql.database import Database, after_commit, run_migrations
from kernel.sql.inbox import SqlInbox
from kernel.sql.pages import page_of
from kernel.sql.records import SqlRecords
from kernel.sql.refused import RefusedEvents
from kernel.sql.replies import SqlReplies
from kernel.sql.store import AggregateStore, AggregateTable
from kernel.sql.tables import aggregate_table
from kernel.sql.uses import SqlUses
from kernel.sql.works import SqlWorks

__all__ = [
    "AggregateStore",
    "AggregateTable",
    "Bell",
    "Database",
    "RefusedEvents",
    "SqlInbox",
    "SqlRecords",
    "SqlReplies",
    "SqlUses",
    "SqlWorks",
    "after_commit",
    "aggregate_table",
    "page_of",
    "run_migrations",
]
