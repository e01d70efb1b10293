"""A consumer in the place of the store: it copies every characteristic, and notes all it does.

| place | holds |
|---|---|
| the table `copy` | the newest state of each aggregate, deleted ones as well |
| the table `effect` | each event that was applied, in the transaction that did it: twice is a duplicate |
| the file `heard` | each handling that has begun, whatever became of it, in the order of beginning |

What was heard is in a file and not in the database, because a database that is away at that moment would
make the first handling of a version look like the second.
"""

import asyncio
import json
import os
import random
import signal
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from alembic.migration import MigrationContext
from alembic.operations import Operations
from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import Dependency, Factory, Provider, Singleton
from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict
from sqlalchemy import Connection, text

from kernel.messaging import RETRIES, Consumer, Envelope, Inbox, Subscriptions
from kernel.origin import present_origin
from kernel.rabbit import RabbitSubscriptions
from kernel.settings import LogSettings, TraceSettings
from kernel.sql import Database, SqlInbox
from kernel.sql.schema import create_event_tables
from kernel.tracing import Tracing
from tests.resilience.harness.ledger import Kind

NAME = "store"
"""The consumer, and so its queue."""

TABLES = (
    "create table copy (aggregate_id uuid primary key, version int, body jsonb, deleted boolean)",
    "create table effect (event_id uuid, aggregate_id uuid, version int, at timestamptz default now())",
)


class CopySettings(LogSettings, TraceSettings):
    """What the consumer is told (variables begin with COPY_), its planned faults included.

    Handling raises for keys that begin with `failing`, and kills its process for those with `killing`. Each
    other takes up to `slowest` seconds. Of all, this share fails the first time (`stumbling`), so that newer
    versions overtake; and one in so many (`dying`) ends its process once it is committed, before the broker
    is told.
    """

    model_config = SettingsConfigDict(env_prefix="COPY_")

    database_url: SecretStr
    broker_url: SecretStr
    heard: Path
    tiers: tuple[float, ...] = RETRIES
    failing: str = ""
    killing: str = ""
    slowest: float = 0.0
    stumbling: float = 0.0
    dying: int = 0


@dataclass(frozen=True)
class Copy:
    """The use case: keep the state of an aggregate, unless a newer one is there."""

    database: Database
    settings: CopySettings
    deleted: bool = False

    statement: ClassVar[str] = """
        insert into copy values (cast(:id as uuid), :version, cast(cast(:body as text) as jsonb), :deleted)
        on conflict (aggregate_id) do update
        set version = excluded.version, body = excluded.body, deleted = excluded.deleted
        where copy.version < excluded.version
    """

    async def __call__(self, body: dict[str, Any]) -> None:
        """Apply it, with the note that it was applied."""
        key = str(body["key"])
        if self.settings.failing and key.startswith(self.settings.failing):
            raise RuntimeError(f"planned for {key}")
        if self.settings.killing and key.startswith(self.settings.killing):
            os.kill(os.getpid(), signal.SIGKILL)
        await asyncio.sleep(random.uniform(0, self.settings.slowest))  # noqa: S311  # a delay, not a secret
        row = {"id": body["id"], "version": body["version"], "deleted": self.deleted}
        noted = {"id": row["id"], "version": row["version"], "event": present_origin().causation_id}
        async with self.database.begin() as connection:
            await connection.execute(text(self.statement), {**row, "body": json.dumps(body)})
            await connection.execute(
                text("insert into effect values (cast(:event as uuid), cast(:id as uuid), :version)"), noted
            )


class NotingConsumer(Consumer):
    """A consumer that notes what it hears before it does anything about it: `AGGREGATE VERSION`, a line each.

    A line is one write to the end of the file, so several processes may share it, and a kill tears none.
    """

    def __init__(self, name: str, inbox: Inbox, tracing: Tracing, settings: CopySettings) -> None:
        super().__init__(name, inbox, tracing)
        self._settings = settings
        self._heard = os.open(settings.heard, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._ended = 0

    async def receive(self, envelope: Envelope, *, again: bool) -> None:
        """See `Consumer`."""
        os.write(self._heard, f"{envelope.aggregateid} {envelope.aggregateversion}\n".encode())
        if not again and random.random() < self._settings.stumbling:  # noqa: S311  # a fault, not a secret
            raise RuntimeError("planned for a first try")
        await super().receive(envelope, again=again)
        self._ended += 1
        if self._ended == self._settings.dying:
            os.kill(os.getpid(), signal.SIGKILL)


class CopyContainer(DeclarativeContainer):
    """The consumer's objects, for saboteurs to replace."""

    settings: Provider[CopySettings] = Dependency(instance_of=CopySettings)
    tracing = Singleton(Tracing, NAME, settings)
    database = Singleton(Database, settings.provided.database_url.get_secret_value.call(), service=NAME)
    inbox: Provider[Inbox] = Singleton(SqlInbox, database)
    copy = Factory(Copy, database, settings)
    consumer = Singleton(NotingConsumer, NAME, inbox, tracing, settings)
    subscriptions: Provider[Subscriptions] = Singleton(
        RabbitSubscriptions,
        settings.provided.broker_url.get_secret_value.call(),
        tiers=settings.provided.tiers,
    )


def listening(container: CopyContainer) -> Consumer:
    """The consumer with all its wishes."""
    consumer = container.consumer()
    for kind in Kind:
        use_case = partial(container.copy, deleted=kind is Kind.DELETE)
        consumer.on(kind.value, dict[str, Any], use_case)
    return consumer


async def create_tables(url: str) -> None:
    """Make the tables of the consumer, with the inbox as the product makes it."""

    def create(connection: Connection) -> None:
        with Operations.context(MigrationContext.configure(connection)):
            create_event_tables()

    async with Database(url, service="tests") as database, database.begin() as connection:
        await connection.run_sync(create)
        for table in TABLES:
            await connection.execute(text(table))
