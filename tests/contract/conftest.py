"""Servers and databases for the suites, and a relay with somebody on either side of it.

A module whose constant DATABASE is the name of a service has the database of that service; others have that
of characteristics.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from characteristic_app.postgres import Postgres
from kernel.relay import Relay
from kernel.settings import TraceSettings
from kernel.sql import Bell, Database
from kernel.tracing import Tracing
from store.memory import MemoryStore
from store_app.mongo.editions import MongoStore
from tests.contract.carriers import Broker, broker_at
from tests.contract.relaying import Listener, Start, Writer
from tests.contract.shops import Shop, mongo_store
from tests.servers import (
    RunningCamunda,
    RunningMongod,
    RunningPostgres,
    RunningRabbitMQ,
    camunda,
    mongod,
    postgres,
    rabbitmq,
)


@pytest.fixture(scope="module")
def database_name(request: pytest.FixtureRequest) -> str:
    """Which service's database the module has."""
    return str(getattr(request.module, "DATABASE", "characteristic"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[RunningPostgres]:
    """A PostgreSQL for all modules, with a database for each service and the engine."""
    with postgres("characteristic", "specification", "pricing", "offering", "engine") as running:
        yield running


@pytest.fixture(scope="module")
def database_server(postgres_server: RunningPostgres, database_name: str) -> RunningPostgres:
    """The server, alive, and the module's database with nothing in it."""
    postgres_server.revive()
    asyncio.run(_empty(postgres_server.url(database_name)))
    return postgres_server


async def _empty(url: str) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        await connection.execute("drop schema public cascade; create schema public")
    finally:
        await connection.close()


@pytest.fixture(scope="module")
def broker_server() -> Iterator[RunningRabbitMQ]:
    """A RabbitMQ that lives as long as the module's tests."""
    with rabbitmq() as running:
        yield running


@pytest.fixture(scope="module")
def mongod_server() -> Iterator[RunningMongod]:
    """A MongoDB that lives as long as the module's tests; each has a database of its own."""
    with mongod() as running:
        yield running


@pytest.fixture(scope="session")
def engine_server(request: pytest.FixtureRequest) -> Iterator[RunningCamunda]:
    """A process engine, for all modules: it takes long to start."""
    with camunda(request.config.getoption("--engine")) as running:
        yield running


@pytest.fixture
async def mongo(mongod_server: RunningMongod) -> AsyncIterator[MongoStore]:
    """The store on MongoDB, with nothing in it."""
    async with mongo_store(mongod_server.url) as store:
        yield store


@pytest.fixture(params=["memory", "mongo"])
def shop(request: pytest.FixtureRequest) -> Shop:
    """A store under test, with nothing in it."""
    return Shop(MemoryStore() if request.param == "memory" else request.getfixturevalue("mongo"))


@pytest.fixture
async def broker(broker_server: RunningRabbitMQ) -> AsyncIterator[Broker]:
    """RabbitMQ with an open publisher."""
    async with broker_at(broker_server.url) as broker:
        yield broker


@pytest.fixture(scope="module")
def url(database_server: RunningPostgres, database_name: str) -> str:
    """The address of a service's database, empty at first."""
    return database_server.url(database_name)


@pytest.fixture(params=["memory", "postgres"])
def place(request: pytest.FixtureRequest) -> str:
    """Where the adapter under test is: in memory (""), or at the address of a database."""
    return str(request.getfixturevalue("url")) if request.param == "postgres" else ""


@pytest.fixture
async def database(database_server: RunningPostgres) -> AsyncIterator[Database]:
    """A service's database with its schema, and nothing in it."""
    async with Database(database_server.url("characteristic"), service="tests") as database:
        await database.migrate("characteristic_app", "base")
        await database.migrate("characteristic_app")
        yield database


@pytest.fixture
async def writer(database: Database) -> AsyncIterator[Writer]:
    """Writes events into the database, and rings the bell."""
    async with Bell(database) as bell:
        yield Writer(database, Postgres(database, bell))


@pytest.fixture
def listener() -> Listener:
    """The publisher that the relay has."""
    return Listener()


@pytest.fixture
def relay(database: Database, listener: Listener) -> Start:
    """Makes a relay of the database to the listener."""
    return lambda: Relay(database, listener, Tracing("tests", TraceSettings()))
