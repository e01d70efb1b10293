"""P23: a worker that comes back from the dead changes nothing any more.

A worker is frozen while it locks a price, for longer than its task is its own. Another one does the task.
When the first one goes on, what it has begun is gone, and what it reports is refused.
"""

import asyncio
import re
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from kernel.auth import PLATFORM
from kernel.domain import new_id
from kernel.engine import EmbeddedEngine
from kernel.process import State, Variables
from kernel.sql import Bell, Database
from platform_app.repository import repository
from platform_app.tcp_ports import free_port, is_open
from pricing.domain import Definition, Kind, Price, Rate
from pricing_app.postgres import Postgres
from tests.resilience.harness.child import Child
from tests.servers import RunningPostgres, postgres

pytestmark = pytest.mark.real

LOCK = 2.0
"""Seconds for which a task is a worker's."""


@pytest.fixture(scope="module")
def server() -> Iterator[RunningPostgres]:
    """The databases of pricing and of the engine."""
    with postgres("pricing", "engine") as server:
        yield server


@pytest.fixture
def workers(server: RunningPostgres, tmp_path: Path) -> Iterator[list[Child]]:
    """Two processes of the pricing service."""
    children = []
    for number in (1, 2):
        port = free_port()
        told = {
            "LOCK": str(LOCK),
            "ENGINE_URL": server.url("engine"),
            "PRICING_DATABASE_URL": server.url("pricing"),
            "PRICING_PORT": str(port),
            "PRICING_AUTH_ISSUER": "http://127.0.0.1:1/realms/catalog",
        }
        module = "tests.resilience.harness.pricing"
        children.append(Child(f"pricing-{number}", module, told, tmp_path, _serving(port)))
    try:
        for one in children:
            one.start()
        yield children
    finally:
        for one in children:
            one.close()


def _serving(port: int) -> Any:
    return lambda _: is_open(port)


@asynccontextmanager
async def opened(
    server: RunningPostgres,
) -> AsyncIterator[tuple[EmbeddedEngine, Postgres, asyncpg.Connection]]:
    """The engine with its diagram, the prices, and a connection to their database."""
    diagram = (repository() / "bpmn" / "publish_offering.bpmn").read_bytes()
    database = Database(server.url("pricing"), service="test")
    connection = await asyncpg.connect(server.url("pricing").replace("+asyncpg", ""))
    try:
        async with (
            EmbeddedEngine(
                Database(server.url("engine"), service="test"), {"publish.bpmn": diagram}
            ) as engine,
            database,
            Postgres(database, Bell(database)) as prices,
        ):
            yield engine, prices, connection
    finally:
        await connection.close()


async def worker_of(server: RunningPostgres, key: UUID, activity: str) -> str:
    """Who has the task of an instance, when somebody has."""
    connection = await asyncpg.connect(server.url("engine").replace("+asyncpg", ""))
    query = """
        select worker from task join instance on instance.id = task.instance
        where business_key = $1 and activity = $2 and worker is not null
    """
    try:
        async with asyncio.timeout(30):
            while True:
                if found := await connection.fetchval(query, str(key), activity):
                    return str(found)
                await asyncio.sleep(0.05)
    finally:
        await connection.close()


async def reached(engine: EmbeddedEngine, key: UUID, topic: str) -> None:
    """Wait until this is the next task of an instance."""
    async with asyncio.timeout(40):
        while True:
            if await engine.fetch([topic], "test", lock=0.01, business_key=str(key)):
                return
            await asyncio.sleep(0.2)


async def test_a_frozen_worker_changes_nothing_any_more(
    server: RunningPostgres, workers: list[Child]
) -> None:
    async with opened(server) as (engine, prices, connection):
        price = Price.define(
            Definition(name="Plan", kind=Kind.ONE_TIME, money=Rate(amount=Decimal("12.50"), currency="EUR"))
        )
        async with prices(PLATFORM) as work:
            await work.prices.save(price)
        key = new_id()
        transaction = connection.transaction()
        await transaction.start()  # whoever locks the price waits
        await connection.execute("select 1 from price where id = $1 for update", price.id)
        said: Variables = {
            "publicationId": str(key),
            "offeringId": str(new_id()),
            "offeringKey": "phone",
            "offeringVersion": 2,
            "priceIds": str(price.id),
        }
        await engine.start("publish-offering", str(key), said)
        name = await worker_of(server, key, "lock_prices")
        await asyncio.sleep(0.3)  # it has come to the price by now
        pid = int(re.search(r"-(\d+)-[0-9a-f]+$", name)[1])  # type: ignore[index]
        (frozen,) = [one for one in workers if one.pid == pid]
        frozen.signal(signal.SIGSTOP)
        await transaction.rollback()
        await reached(engine, key, "specification.validate")  # the other one has done it
        frozen.signal(signal.SIGCONT)
        await asyncio.sleep(2 * LOCK)
        async with prices(PLATFORM) as work:
            kept = await work.prices.get(price.id)
        assert [hold.publication_id for hold in kept.holds] == [key]
        assert (kept.version, kept.last_token) == (2, 1)  # one effect
        found = await engine.look("publish-offering", str(key))
        assert found is not None
        assert (found.state, found.incidents) == (State.RUNNING, [])
        states = [(one.id, one.state) for one in found.activities if one.kind == "serviceTask"]
        assert states == [("lock_prices", "completed"), ("validate", "active")]
        assert frozen.pid is not None  # it lives, and does the next one
        again = new_id()
        later: Variables = {**said, "publicationId": str(again), "offeringVersion": 4}
        await engine.start("publish-offering", str(again), later)
        await reached(engine, again, "specification.validate")
        assert "task.not_ours_any_more" in frozen.log.read_text()
