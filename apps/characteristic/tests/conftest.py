"""The service over a real Postgres and an in-process bus, for somebody who holds the issuer's key."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from dependency_injector.providers import Object
from sqlalchemy import text

from characteristic_app.container import Container
from characteristic_app.main import build
from characteristic_app.settings import CharacteristicSettings
from kernel.bus import Bus
from kernel.sql import Database
from tests.contract.forged import Forge
from tests.servers import postgres

ISSUER = "http://issuer.test/realms/catalog"
FORGE = Forge(ISSUER, "characteristic")
COLOUR: dict[str, Any] = {
    "name": "Colour",
    "valueType": "choice",
    "allowedValues": [{"code": "red", "label": "Red"}, {"code": "blue", "label": "Blue"}],
}


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    """The address of an empty database of a server that lives as long as the run."""
    with postgres("characteristic") as server:
        yield server.url("characteristic")


@dataclass
class Service:
    """A running service, and its database to look into."""

    http: httpx.AsyncClient
    database: Database

    def headers(self, role: str = "author", subject: str = "", **more: str) -> dict[str, str]:
        """The headers of somebody with this role; header names have dashes for underscores."""
        claims = FORGE.claims(sub=subject or f"subject-{role}", preferred_username=role, roles=[role])
        headers = {"authorization": f"Bearer {FORGE.sign(claims)}"}
        return headers | {name.replace("_", "-"): value for name, value in more.items()}

    async def define(self, wanted: Any = COLOUR, role: str = "author", **headers: str) -> httpx.Response:
        """Ask for a new characteristic."""
        return await self.http.post("/characteristics", json=wanted, headers=self.headers(role, **headers))

    async def defined(self, **changed: Any) -> dict[str, Any]:
        """A new characteristic."""
        answer = await self.define({**COLOUR, **changed})
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def revise(self, id: str, wanted: Any, version: int, role: str = "author") -> httpx.Response:
        """Ask for a change of what was seen at `version`."""
        headers = self.headers(role, if_match=f'"{version}"')
        return await self.http.put(f"/characteristics/{id}", json=wanted, headers=headers)

    async def get(self, path: str, role: str = "reader") -> httpx.Response:
        """Look at something."""
        return await self.http.get(path, headers=self.headers(role))

    async def rows(self, query: str) -> list[dict[str, Any]]:
        """Look into the database."""
        async with self.database.begin() as connection:
            return [dict(row._mapping) for row in await connection.execute(text(query))]

    async def counts(self) -> dict[str, int]:
        """How many rows each table has that a command writes."""
        tables = ("characteristic", "event_log", "audit", "reply")
        return {table: len(await self.rows(f"table {table}")) for table in tables}


@asynccontextmanager
async def running(url: str) -> AsyncIterator[Service]:
    """The service, from start to stop."""
    settings = CharacteristicSettings.model_validate({"auth_issuer": ISSUER, "database_url": url})
    to_issuer = httpx.MockTransport(lambda _: httpx.Response(200, json=FORGE.jwks()))
    container = Container(settings=settings, to_issuer=Object(to_issuer), publisher=Object(Bus()))
    app = build(container)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://characteristic.test") as http,
    ):
        yield Service(http, container.database())


@pytest.fixture
async def service(url: str) -> AsyncIterator[Service]:
    """The service with empty tables."""
    async with Database(url, service="tests") as database:
        await database.migrate("characteristic_app", "base")
    async with running(url) as service:
        yield service
