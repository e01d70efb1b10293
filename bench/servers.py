"""What is measured, each as a process of its own: `python -m bench.servers NAME PORT ...`."""

import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, cast
from uuid import UUID, uuid4

import aiohttp
import asyncpg
import uvicorn
from dependency_injector.providers import Object
from fastapi import APIRouter, FastAPI
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

import characteristic_app.container
import characteristic_app.main
import store_app.container
import store_app.main
from bench.collectors import counting, silent
from characteristic_app.settings import CharacteristicSettings
from gateway_app.container import Container
from gateway_app.main import build
from gateway_app.mounted import Mounts
from gateway_app.settings import GatewaySettings
from kernel.bus import Bus
from kernel.http import create_app, public, serve
from kernel.logging import configure_logging
from kernel.settings import TraceSettings
from kernel.tracing import Tracing
from store_app.settings import StoreSettings
from tests.contract.forged import Forge

ANSWER = {"status": "alive"}


class Wanted(BaseModel):
    """The document that the floors write."""

    name: str
    valueType: str  # noqa: N815  # as the service has it
    unit: str
    description: str


class WantedPage(BaseModel):
    """A page of them."""

    items: list[Wanted]
    total: int


async def _floor(_: Request) -> JSONResponse:
    return JSONResponse(ANSWER)


def floor(port: int) -> None:
    """The least that can answer in JSON here: Starlette on uvicorn, nothing logged, traced or limited."""
    _uvicorn(Starlette(routes=[Route("/healthz", _floor)]), port)


def fastapi(port: int) -> None:
    """The same route on FastAPI."""
    app = FastAPI()

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return ANSWER

    _uvicorn(app, port)


def keys(port: int) -> None:
    """An issuer's public keys, and tokens they verify, for our services to be measured with."""
    forge = Forge(f"http://127.0.0.1:{port}/realms/catalog", "gateway")

    async def certs(_: Request) -> JSONResponse:
        return JSONResponse(forge.jwks())

    async def give(request: Request) -> JSONResponse:
        claims = forge.claims(aud=request.query_params["audience"], exp=forge.claims()["iat"] + 3600)
        return JSONResponse({"token": forge.sign(claims)})

    path = "/realms/catalog/protocol/openid-connect/certs"
    _uvicorn(Starlette(routes=[Route(path, certs), Route("/token", give)]), port)


def _gateway_settings(port: int, issuer: str, upstreams: str = "{}") -> GatewaySettings:
    settings = GatewaySettings.model_validate(
        {
            "port": port,
            "auth_issuer": issuer,
            "identity_url": issuer,
            "identity_client_secret": "a-secret-of-a-bench",
            "upstreams": json.loads(upstreams),
        }
    )
    configure_logging("gateway", settings)
    return settings


def gateway(port: int, issuer: str, upstreams: str = "{}") -> None:
    """The real gateway, which logs each request."""
    settings = _gateway_settings(port, issuer, upstreams)
    app = build(Container(settings=settings))
    serve(app, settings.host, settings.port, [app])


def upstream(port: int) -> None:
    """A tiny service: the same JSON at the same two addresses, with and without a proxy in front."""
    _uvicorn(Starlette(routes=[Route("/offerings/{id}", _floor), Route("/healthz", _floor)]), port)


def proxy(port: int, target: str) -> None:
    """The least that can pass a request on here: aiohttp's client under ASGI, nothing looked at."""
    state: dict[str, aiohttp.ClientSession] = {}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            state["session"] = aiohttp.ClientSession(auto_decompress=False)
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await state["session"].close()
            await send({"type": "lifespan.shutdown.complete"})
            return
        headers = [(name.decode(), value.decode()) for name, value in scope["headers"] if name != b"host"]
        body = (await receive())["body"]
        url = target + scope["path"]
        async with state["session"].request(
            scope["method"], url, headers=headers, data=body or None, allow_redirects=False
        ) as answer:
            start = {"type": "http.response.start", "status": answer.status}
            await send({**start, "headers": list(answer.raw_headers)})
            await send({"type": "http.response.body", "body": await answer.read()})

    _uvicorn(app, port)


def mounted(port: int, issuer: str, how: str) -> None:
    """A tiny service with our chassis in the gateway's process: `around` its chassis, or `through` both."""
    routes = APIRouter(dependencies=[public("there is nothing to see")])

    @routes.get("/offerings/{id}")
    async def offering(id: int) -> dict[str, str]:
        return ANSWER

    settings = _gateway_settings(port, issuer)
    tiny = create_app("tiny", "Tiny", routers=[routes], tracing=Tracing("tiny", TraceSettings()), verify=None)
    services: dict[str, ASGIApp] = {"offering": tiny}
    door = build(Container(settings=settings, mounted=Object(services)))
    if how == "through":
        door.user_middleware = [one for one in door.user_middleware if cast(Any, one.cls) is not Mounts]
    serve(door, settings.host, settings.port, [tiny, door])


def core(port: int, url: str) -> None:
    """The least that a service can do on SQLAlchemy: write one row, read one, list a page of twenty."""
    engine = create_async_engine(url, pool_size=10, max_overflow=0)
    app = FastAPI()
    insert = text("insert into floor (id, body) values (:id, cast(cast(:body as text) as jsonb))")
    select = text("select body from floor where id = :id")
    page = text("select body from floor order by body ->> 'name', id limit 20")
    count = text("select count(*) from floor")

    @app.post("/floor", status_code=201)
    async def write(wanted: Wanted) -> Wanted:
        async with engine.begin() as connection:
            await connection.execute(insert, {"id": uuid4(), "body": wanted.model_dump_json()})
        return wanted

    @app.get("/floor/{id}")
    async def read(id: UUID) -> Wanted:
        async with engine.begin() as connection:
            found = (await connection.execute(select, {"id": id})).scalar_one()
        return Wanted.model_validate(found)

    @app.get("/floor")
    async def listed() -> WantedPage:
        async with engine.begin() as connection:
            found = (await connection.execute(page)).scalars().all()
            total = (await connection.execute(count)).scalar_one()
        return WantedPage(items=[Wanted.model_validate(one) for one in found], total=total)

    _uvicorn(app, port)


def raw(port: int, url: str) -> None:
    """The same on the bare driver."""
    state: dict[str, asyncpg.Pool] = {}

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with asyncpg.create_pool(url.replace("+asyncpg", ""), max_size=10) as state["pool"]:
            yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/floor", status_code=201)
    async def write(wanted: Wanted) -> Wanted:
        await state["pool"].execute(
            "insert into floor (id, body) values ($1, $2)", uuid4(), wanted.model_dump_json()
        )
        return wanted

    _uvicorn(app, port)


def characteristic(port: int, issuer: str, database_url: str, broker_url: str, more: str = "{}") -> None:
    """The real service, which logs each request, with its relay; without a broker nobody hears it.

    `more` are settings besides, as a JSON object.
    """
    broker = {"broker_url": broker_url} if broker_url else {}
    settings = CharacteristicSettings.model_validate(
        {"port": port, "auth_issuer": issuer, "database_url": database_url, **broker, **json.loads(more)}
    )
    configure_logging("characteristic", settings)
    bus = Object(Bus())
    bound: dict[str, Any] = {} if broker_url else {"subscriptions": bus, "publisher": bus}
    app = characteristic_app.main.build(characteristic_app.container.Container(settings=settings, **bound))
    serve(app, settings.host, settings.port, [app])


def collector(port: int) -> None:
    """A collector of spans that counts them."""
    _uvicorn(counting(), port)


def store(port: int, issuer: str, mongo_url: str, broker_url: str = "") -> None:
    """The real store, which logs each request; without a broker it hears nothing, and it has no engine."""
    broker = {"broker_url": broker_url} if broker_url else {}
    without = {"engine_url": "http://nobody:nothing@127.0.0.1:1/engine-rest"}
    settings = StoreSettings.model_validate(
        {"port": port, "auth_issuer": issuer, "mongo_url": mongo_url, **broker, **without}
    )
    configure_logging("store", settings)
    bound: dict[str, Any] = {} if broker_url else {"subscriptions": Object(Bus())}
    app = store_app.main.build(store_app.container.Container(settings=settings, **bound))
    serve(app, settings.host, settings.port, [app])


def _uvicorn(app: Any, port: int) -> None:
    uvicorn.run(app, port=port, loop="uvloop", http="httptools", access_log=False, log_level="warning")


if __name__ == "__main__":
    name, number, *rest = sys.argv[1:]
    served: dict[str, Callable[..., None]] = {
        one.__name__: one
        for one in (
            *(floor, fastapi, keys, gateway, upstream, proxy, mounted, core, raw, characteristic, store),
            *(collector, silent),
        )
    }
    served[name](int(number), *rest)
