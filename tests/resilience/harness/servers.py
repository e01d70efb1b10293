"""PostgreSQL and RabbitMQ for all tests, emptied for each of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import asyncpg

from kernel.rabbit import Queue, apply
from kernel.rabbit.connection import answering, channelled, connected
from tests.resilience.harness.copying import NAME, create_tables
from tests.servers import RunningPostgres, RunningRabbitMQ, postgres, rabbitmq

TIERS = (0.2, 0.5, 1.0)
"""Seconds of the consumer's retry tiers."""
QUEUE = Queue(NAME, ("characteristic.*.v1",), TIERS)
"""The queue of the consumer, with all that stands beside it."""
SERVICE, COPY = "characteristic", "copy"
"""The databases, and the roles that own them."""


@dataclass(frozen=True)
class Servers:
    """PostgreSQL with two databases, and RabbitMQ: started once, emptied for each test."""

    postgres: RunningPostgres
    rabbitmq: RunningRabbitMQ

    def database(self, name: str) -> str:
        """The address of a database as asyncpg writes it."""
        return self.postgres.url(name).replace("+asyncpg", "")

    def revive(self) -> None:
        """Start what does not run."""
        self.postgres.revive()
        self.rabbitmq.revive()

    async def empty(self) -> None:
        """Empty the databases and the queues; the service makes its own tables when it starts."""
        for name in (SERVICE, COPY):
            connection = await asyncpg.connect(self.database(name))
            await connection.execute("drop schema public cascade; create schema public")
            await connection.close()
        await create_tables(self.postgres.url(COPY))
        await apply(self.rabbitmq.url, [QUEUE])
        async with connected(self.rabbitmq.url, "harness") as link, channelled(link) as channel:
            for name in QUEUE.arguments:
                async with answering("purge a queue"):
                    await (await channel.get_queue(name, ensure=False)).purge()


@contextmanager
def serving() -> Iterator[Servers]:
    """The servers, for as long as the block."""
    with postgres(SERVICE, COPY) as database, rabbitmq() as broker:
        yield Servers(database, broker)
