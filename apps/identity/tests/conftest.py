"""A real Postgres for the whole run, and the issuer over it or over memory."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from dependency_injector.providers import Object
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text

from identity_app.container import Container
from identity_app.main import build
from identity_app.memory import Memory, MemoryPasswords
from identity_app.ports import Begin
from identity_app.postgres import Postgres
from identity_app.settings import AccountSettings, IdentitySettings, ServiceClientSettings
from kernel.auth import Role
from kernel.sql import Database
from tests.servers import postgres

ISSUER = "http://identity.test/realms/catalog"
SECRET = "client-secret-of-tests"
SERVICE_SECRET = "service-secret-of-tests"
PASSWORD = "correct horse battery staple"


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of an empty database of a server that lives as long as the run."""
    with postgres("identity") as server:
        yield server.url("identity")


@pytest.fixture(scope="session")
def migrated_url(postgres_url: str) -> str:
    """The address of the database with its schema."""

    async def migrate() -> None:
        async with Database(postgres_url, service="tests") as database:
            await database.migrate("identity_app")

    asyncio.run(migrate())
    return postgres_url


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    """The database, with empty tables."""
    async with Database(migrated_url, service="tests") as database:
        async with database.begin() as connection:
            await connection.execute(
                text("truncate account, session, refresh_token, failed_attempts, signing_key")
            )
        yield database


@dataclass
class Clock:
    """A clock that stands still at the true time until it is moved."""

    moment: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.moment

    def move(self, **by: float) -> None:
        """Let time pass."""
        self.moment += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    """The clock of the memory."""
    return Clock()


@pytest.fixture(params=["memory", "postgres"])
def begin(request: pytest.FixtureRequest, clock: Clock) -> Begin:
    """The ports, once on each adapter."""
    if request.param == "memory":
        return Memory(clock)
    return Postgres(request.getfixturevalue("database"))


def make_settings(**changed: Any) -> IdentitySettings:
    """Settings of a test; nothing comes from the environment."""
    values: dict[str, Any] = {
        "auth_issuer": ISSUER,
        "database_url": "postgresql+asyncpg://nobody@127.0.0.1:1/nothing",
        "client_secret": SECRET,
        "service_clients": {
            "specification": ServiceClientSettings(
                secret=SecretStr(SERVICE_SECRET), roles=(Role.READER,), audience=("characteristic",)
            )
        },
        "key_secret": "key-secret-of-tests",
        "users": [
            AccountSettings(
                name="author",
                password=SecretStr(PASSWORD),
                roles=(Role.AUTHOR, Role.READER),
                full_name="Demo Author",
                email="author@example.org",
            ),
            AccountSettings(name="reader", password=SecretStr(PASSWORD)),
        ],
        **changed,
    }
    return IdentitySettings(**values)


@dataclass
class Issuer:
    """A running issuer and a client on its addresses."""

    container: Container
    app: FastAPI
    http: httpx.AsyncClient
    base: str = field(default=f"{ISSUER}/protocol/openid-connect")

    async def grant(self, **form: str) -> httpx.Response:
        """Ask for tokens as the gateway does."""
        return await self.http.post(
            f"{self.base}/token", data={"client_id": "gateway", "client_secret": SECRET, **form}
        )

    async def sign_in(self, name: str = "author", password: str = PASSWORD, **form: str) -> httpx.Response:
        """The password grant."""
        return await self.grant(
            grant_type="password", username=name, password=password, **{"scope": "openid", **form}
        )

    async def refresh(self, token: str) -> httpx.Response:
        """The refresh grant."""
        return await self.grant(grant_type="refresh_token", refresh_token=token)

    async def user_info(self, token: str) -> httpx.Response:
        """The userinfo endpoint."""
        return await self.http.get(f"{self.base}/userinfo", headers={"Authorization": f"Bearer {token}"})

    async def log_out(self, token: str) -> httpx.Response:
        """The logout endpoint."""
        return await self.http.post(
            f"{self.base}/logout",
            data={"client_id": "gateway", "client_secret": SECRET, "refresh_token": token},
        )


Run = Callable[..., Awaitable[Issuer]]


@pytest.fixture
async def run() -> AsyncIterator[Run]:
    """Start an issuer: `await run(begin=..., **settings)`; all are stopped at the end."""
    stops: list[Any] = []

    @asynccontextmanager
    async def running(container: Container) -> AsyncIterator[Issuer]:
        app = build(container)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app)) as http,
        ):
            yield Issuer(container, app, http)

    async def start(begin: Begin | None = None, **changed: Any) -> Issuer:
        fakes = {"begin": Object(begin), "passwords": Object(MemoryPasswords())} if begin else {}
        context = running(Container(settings=make_settings(**changed), **fakes))
        stops.append(context)
        return await context.__aenter__()

    yield start
    for context in reversed(stops):
        await context.__aexit__(None, None, None)


@pytest.fixture
async def issuer(run: Run, clock: Clock) -> Issuer:
    """An issuer over memory, whose time the test moves; keys and signatures are real."""
    return await run(Memory(clock))


@pytest.fixture
async def real_issuer(run: Run, database: Database, migrated_url: str) -> Issuer:
    """An issuer as it is in earnest: Postgres and argon2."""
    return await run(database_url=migrated_url)
