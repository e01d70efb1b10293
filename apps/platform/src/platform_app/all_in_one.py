"""Every app in one process, built by the same containers, talking to each other without a socket."""

import sys

import httpx
from dependency_injector.providers import Object
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

import gateway_app.container
import gateway_app.main
import identity_app.main
from gateway_app.headers import DropForgedHeaders
from gateway_app.settings import GatewaySettings
from identity_app.settings import IdentitySettings
from kernel.http import serve
from kernel.logging import configure_logging
from kernel.settings import SettingsError


def build(gateway: GatewaySettings, identity: IdentitySettings) -> tuple[FastAPI, FastAPI]:
    """The gateway and the issuer, built by their own containers; one reaches the other without a socket."""
    issuer = identity_app.main.build(identity_app.container.Container(settings=identity))
    transport = httpx.ASGITransport(issuer, raise_app_exceptions=False)
    door = gateway_app.main.build(
        gateway_app.container.Container(settings=gateway, to_issuer=Object(transport))
    )
    door.state.readiness.join(issuer.state.readiness)
    return door, issuer


def dispatch(door: ASGIApp, issuer: ASGIApp) -> ASGIApp:
    """One app on one port: Keycloak's paths go to the embedded issuer, everything else to the gateway."""

    async def one(scope: Scope, receive: Receive, send: Send) -> None:
        await (issuer if scope["path"].startswith("/realms/") else door)(scope, receive, send)

    return one


def main() -> None:
    """Serve everything on the gateway's port."""
    try:
        gateway, identity = GatewaySettings.load(), IdentitySettings.load()
    except SettingsError as error:
        sys.exit(f"the platform cannot start: {error}")
    configure_logging("platform", gateway)
    door, issuer = build(gateway, identity)
    serve(DropForgedHeaders(dispatch(door, issuer)), gateway.host, gateway.port, [issuer, door])


if __name__ == "__main__":
    main()
