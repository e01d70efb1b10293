"""What is measured, each as a process of its own: `python -m bench.servers NAME PORT ...`."""

import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import asyncpg
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

import characteristic_app.container
import characteristic_app.main
from characteristic_app.settings import CharacteristicSettings
from gateway_app.container import Container
from gateway_app.main import build
from gateway_app.settings import GatewaySettings
from kernel.http import serve
from kernel.logging import configure_logging
from tests.contract.forged import Forge

ANSWER = {"status": "alive"}


class Wanted(BaseModel):
    """The document that the floors write."""

    name: str
    valueType: str  # noqa: N815  # as the service has it
    unit: str
    description: str


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


def gateway(port: int, issuer: str) -> None:
    """The real gateway, which logs each request."""
    settings = GatewaySettings.model_validate(
        {
            "port": port,
            "auth_issuer": issuer,
            "identity_url": issuer,
            "identity_client_secret": "a-secret-of-a-bench",
        }
    )
    configure_logging("gateway", settings)
    app = build(Container(settings=settings))
    serve(app, settings.host, settings.port, [app])


def core(port: int, url: str) -> None:
    """The least that a service can do on SQLAlchemy: a document comes, one row is committed."""
    engine = create_async_engine(url, pool_size=10, max_overflow=0)
    app = FastAPI()
    insert = text("insert into floor (id, body) values (:id, cast(cast(:body as text) as jsonb))")

    @app.post("/floor", status_code=201)
    async def write(wanted: Wanted) -> Wanted:
        async with engine.begin() as connection:
            await connection.execute(insert, {"id": uuid4(), "body": wanted.model_dump_json()})
        return wanted

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


def characteristic(port: int, issuer: str, database_url: str, broker_url: str) -> None:
    """The real service, which logs each request, with its relay."""
    settings = CharacteristicSettings.model_validate(
        {"port": port, "auth_issuer": issuer, "database_url": database_url, "broker_url": broker_url}
    )
    configure_logging("characteristic", settings)
    app = characteristic_app.main.build(characteristic_app.container.Container(settings=settings))
    serve(app, settings.host, settings.port, [app])


def _uvicorn(app: Any, port: int) -> None:
    uvicorn.run(app, port=port, loop="uvloop", http="httptools", access_log=False, log_level="warning")


if __name__ == "__main__":
    name, number, *rest = sys.argv[1:]
    served: dict[str, Callable[..., None]] = {
        one.__name__: one for one in (floor, fastapi, keys, gateway, core, raw, characteristic)
    }
    served[name](int(number), *rest)
