"""What is measured, each as a process of its own: `python -m bench.servers NAME PORT ISSUER`."""

import sys
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from gateway_app.container import Container
from gateway_app.main import build
from gateway_app.settings import GatewaySettings
from kernel.http import serve
from kernel.logging import configure_logging
from tests.contract.forged import Forge

ANSWER = {"status": "alive"}


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
    """An issuer's public keys, and one token they verify, for the gateway to be measured with."""
    forge = Forge(f"http://127.0.0.1:{port}/realms/catalog", "gateway")
    token = forge.sign(forge.claims(exp=forge.claims()["iat"] + 3600))

    async def certs(_: Request) -> JSONResponse:
        return JSONResponse(forge.jwks())

    async def give(_: Request) -> JSONResponse:
        return JSONResponse({"token": token})

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


def _uvicorn(app: Any, port: int) -> None:
    uvicorn.run(app, port=port, loop="uvloop", http="httptools", access_log=False, log_level="warning")


if __name__ == "__main__":
    name, number, *rest = sys.argv[1:]
    if name == "gateway":
        gateway(int(number), *rest)
    else:
        {"floor": floor, "fastapi": fastapi, "keys": keys}[name](int(number))
