"""Every app in one process, built by the same containers, talking to each other without a socket."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass

import httpx
from dependency_injector.providers import Object
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

import characteristic_app.container
import characteristic_app.main
import gateway_app.container
import gateway_app.main
import identity_app.main
from characteristic_app.settings import CharacteristicSettings
from gateway_app.headers import DropForgedHeaders
from gateway_app.settings import GatewaySettings
from identity_app.settings import IdentitySettings
from kernel.bus import Bus
from kernel.http import serve
from kernel.logging import configure_logging
from kernel.settings import SettingsError

CONSUMERS: tuple[str, ...] = ()
"""The names of the consumers that listen to the bus in this process."""
_TRACE = (b"traceparent", b"tracestate")


@dataclass(frozen=True)
class Parts:
    """The apps; `services` maps the path each is found under to it."""

    issuer: FastAPI
    door: FastAPI
    services: Mapping[str, FastAPI]

    @property
    def in_order(self) -> list[FastAPI]:
        """As they start: whoever is needed comes first."""
        return [self.issuer, *self.services.values(), self.door]


def build(
    gateway: GatewaySettings, identity: IdentitySettings, characteristic: CharacteristicSettings
) -> Parts:
    """The apps, built by their own containers; they reach the issuer and each other without a socket."""
    issuer = identity_app.main.build(identity_app.container.Container(settings=identity))
    to_issuer = Object(httpx.ASGITransport(issuer, raise_app_exceptions=False))
    bus = Object(Bus(CONSUMERS))
    services = {
        "/api/characteristics": characteristic_app.main.build(
            characteristic_app.container.Container(
                settings=characteristic, to_issuer=to_issuer, publisher=bus
            )
        ),
    }
    door = gateway_app.main.build(gateway_app.container.Container(settings=gateway, to_issuer=to_issuer))
    for part in (issuer, *services.values()):
        door.state.readiness.join(part.state.readiness, part.state.service)
    return Parts(issuer, door, services)


def dispatch(parts: Parts) -> ASGIApp:
    """One app on one port: Keycloak's paths go to the issuer, a service's to it, all else to the gateway."""

    async def one(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path.startswith("/realms/"):
            await parts.issuer(scope, receive, send)
            return
        for prefix, service in parts.services.items():
            if path == prefix or path.startswith(f"{prefix}/"):
                await service(_behind_the_door(scope), receive, send)
                return
        await parts.door(scope, receive, send)

    return one


def _behind_the_door(scope: Scope) -> Scope:
    """The request as a gateway hands it on: without its prefix, and in a trace of ours."""
    headers = [pair for pair in scope["headers"] if pair[0] not in _TRACE]
    path, raw = scope["path"].removeprefix("/api"), scope["raw_path"].removeprefix(b"/api")
    return {**scope, "path": path, "raw_path": raw, "headers": headers}


def main() -> None:
    """Serve everything on the gateway's port."""
    try:
        gateway = GatewaySettings.load()
        configure_logging("platform", gateway)
        parts = build(gateway, IdentitySettings.load(), CharacteristicSettings.load())
    except SettingsError as error:
        sys.exit(f"the platform cannot start: {error}")
    serve(DropForgedHeaders(dispatch(parts)), gateway.host, gateway.port, parts.in_order)


if __name__ == "__main__":
    main()
