"""Every app in one process, built by the same containers, talking to each other without a socket."""

import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import httpx
from dependency_injector.providers import Object
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

import characteristic_app.container
import characteristic_app.main
import gateway_app.container
import gateway_app.main
import identity_app.container
import identity_app.main
import offering_app.container
import offering_app.main
import pricing_app.container
import pricing_app.main
import specification_app.container
import specification_app.main
import store_app.container
import store_app.main
from characteristic_app.settings import CharacteristicSettings
from gateway_app.headers import DropForgedHeaders
from gateway_app.settings import GatewaySettings
from identity_app.settings import IdentitySettings
from kernel.bus import Bus
from kernel.engine import EmbeddedEngine
from kernel.http import serve
from kernel.logging import configure_logging
from kernel.settings import SettingsError
from kernel.sql import Database
from offering_app.settings import OfferingSettings
from platform_app.apps import SERVICES
from platform_app.repository import repository
from platform_app.settings import PlatformSettings
from platform_app.traces import RecentSpans, trace_routes
from platform_app.trouble import Trouble
from pricing_app.settings import PricingSettings
from specification_app.settings import SpecificationSettings
from store_app.settings import StoreSettings


@dataclass(frozen=True, kw_only=True)
class Told:
    """What each app is told, and what they are told together."""

    platform: PlatformSettings
    gateway: GatewaySettings
    identity: IdentitySettings
    characteristic: CharacteristicSettings
    specification: SpecificationSettings
    pricing: PricingSettings
    offering: OfferingSettings
    store: StoreSettings

    @classmethod
    def load(cls) -> Self:
        """Read the environment. Raises SettingsError."""
        return cls(
            platform=PlatformSettings.load(),
            gateway=GatewaySettings.load(),
            identity=IdentitySettings.load(),
            characteristic=CharacteristicSettings.load(),
            specification=SpecificationSettings.load(),
            pricing=PricingSettings.load(),
            offering=OfferingSettings.load(),
            store=StoreSettings.load(),
        )


@dataclass(frozen=True)
class Parts:
    """The apps; `services` are those behind the door, by name. `describe` merges what they can be asked."""

    issuer: FastAPI
    door: FastAPI
    services: Mapping[str, FastAPI]
    describe: Callable[[Any], Awaitable[bytes]]

    @property
    def in_order(self) -> list[FastAPI]:
        """As they start: whoever is needed comes first."""
        return [self.issuer, *self.services.values(), self.door]


def build(told: Told) -> Parts:
    """The apps, built by their own containers; they reach the issuer and each other without a socket.

    Raises:
        Trouble: without the repository, whose diagrams the engine runs.
    """
    recent = RecentSpans(told.platform.recent_spans)
    readers = Object([recent] if told.platform.recent_spans else [])
    issuer = identity_app.main.build(
        identity_app.container.Container(settings=told.identity, readers=readers)
    )
    to_issuer, bus = _to(issuer), Object(Bus(SERVICES))
    engine = Object(_engine(told.platform))
    hearing: dict[str, Any] = {
        "to_issuer": to_issuer,
        "subscriptions": bus,
        "engine": engine,
        "readers": readers,
    }
    within = {**hearing, "publisher": bus}
    characteristic = characteristic_app.main.build(
        characteristic_app.container.Container(settings=told.characteristic, **within)
    )
    specification = specification_app.main.build(
        specification_app.container.Container(
            settings=told.specification, to_characteristic=_to(characteristic), **within
        )
    )
    pricing = pricing_app.main.build(pricing_app.container.Container(settings=told.pricing, **within))
    store = store_app.main.build(store_app.container.Container(settings=told.store, **hearing))
    offering = offering_app.main.build(
        offering_app.container.Container(
            settings=told.offering,
            to_pricing=_to(pricing),
            to_specification=_to(specification),
            to_store=_to(store),
            **within,
        )
    )
    services = {
        "characteristic": characteristic,
        "specification": specification,
        "pricing": pricing,
        "offering": offering,
        "store": store,
    }
    gateway = gateway_app.container.Container(
        settings=told.gateway, to_issuer=to_issuer, mounted=Object(services), readers=readers
    )
    door = gateway_app.main.build(gateway, also=[trace_routes(recent)] if told.platform.recent_spans else [])
    for part in (issuer, *services.values()):
        door.state.readiness.join(part.state.readiness, part.state.service)
        door.state.metrics.join(part.state.metrics)
    return Parts(issuer, door, services, gateway.describe())


def dispatch(parts: Parts) -> ASGIApp:
    """One app on one port: Keycloak's paths go to the issuer, all else to the gateway."""

    async def one(scope: Scope, receive: Receive, send: Send) -> None:
        app = parts.issuer if scope["path"].startswith("/realms/") else parts.door
        await app(scope, receive, send)

    return one


def main() -> None:
    """Serve everything on the gateway's port."""
    try:
        told = Told.load()
        configure_logging("platform", told.gateway)
        parts = build(told)
    except (SettingsError, Trouble) as error:
        sys.exit(f"the platform cannot start: {error}")
    serve(DropForgedHeaders(dispatch(parts)), told.gateway.host, told.gateway.port, parts.in_order)


def _engine(told: PlatformSettings) -> EmbeddedEngine:
    """What runs processes: one for all apps, with the diagrams of the repository."""
    url, size = told.engine_database_url.get_secret_value(), told.engine_database_pool
    diagrams = {file.name: file.read_bytes() for file in sorted((repository() / "bpmn").glob("*.bpmn"))}
    return EmbeddedEngine(Database(url, service="engine", size=size), diagrams)


def _to(app: FastAPI) -> Object[httpx.AsyncBaseTransport]:
    """The way to an app of this process."""
    return Object(httpx.ASGITransport(app, raise_app_exceptions=False))


if __name__ == "__main__":
    main()
