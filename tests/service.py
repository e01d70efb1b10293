"""A service over an in-process bus, and mostly a real Postgres, for somebody who holds the issuer's key."""

import asyncio
import importlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

import httpx
from dependency_injector.providers import Object
from sqlalchemy import text

from kernel.bus import Bus
from kernel.messaging import Envelope, Message
from kernel.process import ExternalTask, Incident
from kernel.sql import Database
from tests.contract.forged import Forge

ISSUER = "http://issuer.test/realms/catalog"


class Idle(AbstractAsyncContextManager["Idle"]):
    """An engine that never has anything to do: tests hand out the tasks themselves, or go another way."""

    async def __aexit__(self, *_: object) -> None:
        """Nothing was opened."""

    async def check(self) -> None:
        """See `Engine`."""

    async def fetch(self, topics: Sequence[str], worker: str, **_: Any) -> Sequence[ExternalTask]:
        """See `ExternalTasks`: none ever comes."""
        await asyncio.Event().wait()
        return ()

    async def unlock_all(self, worker: str) -> int:
        """See `ExternalTasks`: nobody has any."""
        return 0

    async def incidents(self, process: str) -> Sequence[Incident]:
        """See `Engine`: there are none."""
        return ()


@dataclass
class Listener:
    """A running service, and the bus by which it hears of others."""

    forge: Forge
    http: httpx.AsyncClient
    bus: Bus
    container: Any

    def headers(self, role: str = "author", subject: str = "", **more: str) -> dict[str, str]:
        """The headers of somebody with this role; header names have dashes for underscores."""
        claims = self.forge.claims(sub=subject or f"subject-{role}", preferred_username=role, roles=[role])
        headers = {"authorization": f"Bearer {self.forge.sign(claims)}"}
        return headers | {name.replace("_", "-"): value for name, value in more.items()}

    async def get(self, path: str, role: str = "reader") -> httpx.Response:
        """Look at something."""
        return await self.http.get(path, headers=self.headers(role))

    async def post(
        self, path: str, body: Any = None, *, version: int | None = None, role: str = "author", **headers: str
    ) -> httpx.Response:
        """Ask for something, of what was seen at `version` if that matters."""
        return await self.send("POST", path, body, version=version, role=role, **headers)

    async def put(self, path: str, body: Any, version: int, role: str = "author") -> httpx.Response:
        """Ask for a change of what was seen at `version`."""
        return await self.send("PUT", path, body, version=version, role=role)

    async def delete(self, path: str, version: int, role: str = "author") -> httpx.Response:
        """Ask for the end of what was seen at `version`."""
        return await self.send("DELETE", path, version=version, role=role)

    async def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        version: int | None = None,
        role: str = "author",
        **headers: str,
    ) -> httpx.Response:
        """Send a request as somebody with this role."""
        seen = {} if version is None else {"if_match": f'"{version}"'}
        return await self.http.request(method, path, json=body, headers=self.headers(role, **seen, **headers))

    async def hear(self, type: str, data: Any, *, id: UUID | None = None) -> None:
        """Let the service hear an event: `data` is the aggregate that it is about, as JSON."""
        envelope = Envelope(
            id=id or uuid4(),
            type=type,
            source=f"/{type.partition('.')[0]}",
            subject=str(data["id"]),
            time=datetime.now(UTC),
            aggregateid=data["id"],
            aggregateversion=data["version"],
            data=data,
        )
        message = Message(
            id=envelope.id, type=type, aggregate_id=envelope.aggregateid, body=envelope.encode()
        )
        await self.bus.publish(message)


@dataclass
class Service(Listener):
    """A running service with its database to look into."""

    tables: ClassVar[tuple[str, ...]] = ()
    """Those of its aggregates."""

    database: Database

    async def rows(self, query: str) -> list[dict[str, Any]]:
        """Look into the database."""
        async with self.database.begin() as connection:
            return [dict(row._mapping) for row in await connection.execute(text(query))]

    async def counts(self) -> dict[str, int]:
        """How many rows each table has that a command writes."""
        every = (*self.tables, "event_log", "audit", "reply")
        return {table: len(await self.rows(f"table {table}")) for table in every}


@asynccontextmanager
async def listening(
    app: str, forge: Forge, told: Mapping[str, object], **bound: Any
) -> AsyncIterator[Listener]:
    """The service of the package `app` ("store_app"), from start to stop; `told` are settings of its own.

    `bound` are objects to bind in its container in place of others.
    """
    parts = (importlib.import_module(f"{app}.{part}") for part in ("container", "main", "settings"))
    containers, main, settings = parts
    name = app.removesuffix("_app")
    kind = vars(settings)[f"{name.capitalize()}Settings"]
    to_issuer = httpx.MockTransport(lambda _: httpx.Response(200, json=forge.jwks()))
    bus = Bus()
    carriers = {"publisher", "subscriptions"} & containers.Container.providers.keys()
    bound = {"to_issuer": to_issuer, **dict.fromkeys(carriers, bus), **bound}
    container = containers.Container(
        settings=kind.model_validate({"auth_issuer": forge.issuer, **told}),
        **{port: Object(adapter) for port, adapter in bound.items()},
    )
    built = main.build(container)
    transport = httpx.ASGITransport(built, raise_app_exceptions=False)
    async with (
        built.router.lifespan_context(built),
        httpx.AsyncClient(transport=transport, base_url=f"http://{name}.test") as http,
    ):
        yield Listener(forge, http, bus, container)


@asynccontextmanager
async def running(app: str, url: str, forge: Forge, **bound: Any) -> AsyncIterator[Service]:
    """The same for a service with a database, which is at `url`."""
    async with listening(app, forge, {"database_url": url}, **bound) as found:
        yield Service(**vars(found), database=found.container.database())


@asynccontextmanager
async def running_afresh(app: str, url: str, forge: Forge, **bound: Any) -> AsyncIterator[Service]:
    """The same with empty tables."""
    async with Database(url, service="tests") as database:
        await database.migrate(app, "base")
    async with running(app, url, forge, **bound) as service:
        yield service
