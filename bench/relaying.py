"""How soon an event is at the broker, and how many a second: beside bare publishing in the same run.

`python -m bench.relaying` measures this alone.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from statistics import quantiles
from typing import Any, TypeVar

import aio_pika
import asyncpg
import uvloop
from rich.console import Console
from rich.table import Table

from bench.figures import Figure, Floor, at_least, at_most
from characteristic.domain import Characteristic, Definition, ValueType
from characteristic_app.postgres import Postgres
from kernel.auth import Principal, Role
from kernel.errors import Unavailable
from kernel.logging import configure_logging
from kernel.messaging import Message
from kernel.rabbit import EXCHANGE, RabbitPublisher
from kernel.relay import Relay
from kernel.settings import LogSettings, TraceSettings
from kernel.sql import Bell, Database
from kernel.tracing import Tracing
from tests.servers import postgres, rabbitmq

T = TypeVar("T")

EVENTS = 10_000
COMMANDS, PER_SECOND = 300, 50
DRAINED, SOON = 5_000, 50.0
"""Meant: the least events a second out of a full outbox, the most milliseconds from commit to confirm for 95
of 100."""
TYPE = "characteristic.defined.v1"
_BODY = b"{}" * 350  # bytes, as many as an event has
_AUTHOR = Principal(subject="bench", name="bench", roles=frozenset({Role.AUTHOR}))


async def bare(url: str) -> tuple[float, float]:
    """What broker and client can do, by aio-pika alone: confirmed messages a second, 200 at a time, and the
    milliseconds until one is confirmed that is sent alone, for 95 of 100."""
    message = aio_pika.Message(_BODY, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
    connection = await aio_pika.connect(url)
    async with connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        exchange = await channel.get_exchange(EXCHANGE, ensure=False)
        began = time.perf_counter()
        for _ in range(0, EVENTS, 200):
            await asyncio.gather(*(exchange.publish(message, TYPE) for _ in range(200)))
        rate = EVENTS / (time.perf_counter() - began)
        waits = list[float]()
        for _ in range(COMMANDS):
            began = time.perf_counter()
            await exchange.publish(message, TYPE)
            waits.append((time.perf_counter() - began) * 1000)
    return rate, quantiles(waits, n=20)[18]


class Timed(RabbitPublisher):
    """Notes when each event was confirmed."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.confirmed: dict[str, float] = {}

    async def publish(self, message: Message) -> None:
        """See `Publisher`."""
        await super().publish(message)
        self.confirmed[str(message.aggregate_id)] = time.perf_counter()


@asynccontextmanager
async def _relaying(url: str, publisher: RabbitPublisher) -> AsyncIterator[Postgres]:
    database = Database(url, service="bench")
    bell = Bell(database)
    async with database, Postgres(database, bell) as begin, bell, publisher:
        async with Relay(database, publisher, Tracing("bench", TraceSettings())):
            yield begin


async def _there(publisher: RabbitPublisher) -> bool:
    try:
        await publisher.check()
    except Unavailable:
        return False
    return True


async def _define(begin: Postgres, number: int) -> Characteristic:
    one = Characteristic.define(Definition(name=f"Name {number}", value_type=ValueType.TEXT))
    async with begin(_AUTHOR) as work:
        await work.characteristics.save(one)
    return one


async def latency(database_url: str, broker_url: str) -> tuple[float, float]:
    """Milliseconds from commit to confirm at 50 commands a second: of half, and of 95 in 100, at most."""
    publisher, committed = Timed(broker_url), dict[str, float]()
    async with _relaying(database_url, publisher) as begin:
        async with asyncio.timeout(10):
            while not await _there(publisher):
                await asyncio.sleep(0.05)
        began = time.perf_counter()
        for number in range(COMMANDS):
            await asyncio.sleep(began + number / PER_SECOND - time.perf_counter())
            one = await _define(begin, number)
            committed[str(one.id)] = time.perf_counter()
        async with asyncio.timeout(30):
            while committed.keys() - publisher.confirmed.keys():
                await asyncio.sleep(0.05)
    waits = [(publisher.confirmed[id] - at) * 1000 for id, at in committed.items()]
    cuts = quantiles(waits, n=20)
    return cuts[9], cuts[18]


async def drain(database_url: str, broker_url: str) -> float:
    """Events a second that a relay publishes out of a full outbox, each of another aggregate."""
    address = database_url.replace("+asyncpg", "")
    connection = await asyncpg.connect(address)
    try:
        await connection.execute(
            """
            with logged as (
                insert into event_log
                    (event_id, aggregate_type, aggregate_id, aggregate_version, type, payload, headers)
                select gen_random_uuid(), 'characteristic', gen_random_uuid(), 1, type, payload, headers
                from (select * from event_log limit 1) one, generate_series(1, $1::int)
                returning seq, aggregate_id
            ) insert into outbox_pending (seq, aggregate_id) select seq, aggregate_id from logged
            """,
            EVENTS,
        )
        await connection.execute("analyze")
        async with _relaying(database_url, RabbitPublisher(broker_url)):
            left, before, began = EVENTS, 0, 0.0
            while left:
                left = await connection.fetchval("select count(*) from outbox_pending")
                if left < EVENTS and not began:
                    began, before = time.perf_counter(), left
                await asyncio.sleep(0.02)
        return float(before) / (time.perf_counter() - began)
    finally:
        await connection.close()


def _run(measurement: Coroutine[Any, Any, T]) -> T:
    """Measure on the loop that the services have."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(measurement)


def main(console: Console) -> Sequence[Figure]:
    """Print the table; returns its figures."""
    with postgres("characteristic") as server, rabbitmq() as broker:
        url = server.url("characteristic")
        half, most = _run(latency(url, broker.url))
        floor, alone = _run(bare(broker.url))
        drained = _run(drain(url, broker.url))
    table = Table("events", "measured", "meant")
    table.add_row("commit to confirm, median", f"{half:.1f} ms", "")
    table.add_row("commit to confirm, 95 of 100", f"{most:.1f} ms", f"at most {SOON:.0f} ms")
    table.add_row("floor: aio-pika alone, 200 at a time", f"{floor:,.0f}/s", "")
    table.add_row("relay, from a full outbox", f"{drained:,.0f}/s", f"at least {DRAINED:,}/s")
    table.add_row("relay / floor", f"{drained / floor:.2f}", "")
    console.print(table)
    return [
        Figure(
            part="relay",
            what="events out of a full outbox",
            value=drained,
            unit="/s",
            floor=Floor("aio-pika alone, 200 at a time", floor),
            budgets=(at_least(DRAINED),),
        ),
        Figure(
            part="relay",
            what=f"commit to confirm, {PER_SECOND} a second, 95 of 100",
            value=most,
            unit="ms",
            floor=Floor("one confirmed message by aio-pika alone", alone),
            budgets=(at_most(SOON),),
        ),
    ]


if __name__ == "__main__":
    configure_logging("bench", LogSettings(log_level="error"))
    main(Console())
