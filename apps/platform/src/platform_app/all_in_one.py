"""Every app in one process, built by the same containers, talking to each other without a socket."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import identity_app.main
from dependency_injector.providers import Object
from fastapi import FastAPI
from identity_app.settings import IdentitySettings
from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send

import gateway_app.container
import gateway_app.main
from gateway_app.settings import GatewaySettings
from kernel.http import serve
from kernel.logging import configure_logging
from kernel.settings import SettingsError


def compose(gateway: FastAPI, identity: FastAPI) -> ASGIApp:
    """One ASGI app on one port: Keycloak's paths go to the embedded issuer, all others to the gateway."""

    @asynccontextmanager
    async def lifespan(_: object) -> AsyncIterator[None]:
        async with identity.router.lifespan_context(identity), gateway.router.lifespan_context(gateway):
            yield

    lives = Router(lifespan=lifespan)

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await lives(scope, receive, send)
        elif scope["path"].startswith("/realms/"):
            await identity(scope, receive, send)
        else:
            await gateway(scope, receive, send)

    return dispatch


def build(gateway: GatewaySettings, identity: IdentitySettings) -> tuple[ASGIApp, list[FastAPI]]:
    """Build the apps by their own containers; the gateway reaches the issuer in this process."""
    issuer = identity_app.main.build(identity)
    container = gateway_app.container.Container(
        settings=gateway, to_issuer=Object(httpx.ASGITransport(issuer, raise_app_exceptions=False))
    )
    door = gateway_app.main.build(container)
    return compose(door, issuer), [door, issuer]


def main() -> None:
    """Serve everything on the gateway's port."""
    try:
        gateway, identity = GatewaySettings.load(), IdentitySettings.load()
    except SettingsError as error:
        sys.exit(f"the platform cannot start: {error}")
    configure_logging("platform", gateway)
    everything, apps = build(gateway, identity)
    serve(everything, gateway.host, gateway.port, [app.state.readiness for app in apps])


if __name__ == "__main__":
    main()
