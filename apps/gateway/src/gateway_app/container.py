"""What the gateway is made of."""

from collections.abc import Mapping, Sequence

import httpx
from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import Dependency, Factory, List, Object, Provider, Singleton
from opentelemetry.sdk.trace import SpanProcessor
from starlette.types import ASGIApp

from gateway_app.attempts import Allowance, Attempts
from gateway_app.keycloak import KeycloakIdentity
from gateway_app.mounted import MountedUpstreams
from gateway_app.ports import Identity, Upstreams
from gateway_app.settings import GatewaySettings
from gateway_app.use_cases.describe import DescribePlatform
from gateway_app.use_cases.refresh import Refresh
from gateway_app.use_cases.sign_in import SignIn
from gateway_app.use_cases.sign_out import SignOut
from kernel.auth import Verify
from kernel.http import client
from kernel.jwks import Jwks
from kernel.metrics import Metrics
from kernel.tokens import RememberTokens, VerifyToken
from kernel.tracing import Tracing


def _upstreams(settings: GatewaySettings, mounted: Mapping[str, ASGIApp], metrics: Metrics) -> Upstreams:
    if mounted:
        return MountedUpstreams(mounted, deadline=settings.upstream_deadline)
    from gateway_app.http_upstreams import HttpUpstreams  # 7 MB of aiohttp, of no use where all are mounted

    upstreams = HttpUpstreams(
        settings.upstreams, deadline=settings.upstream_deadline, cooldown=settings.upstream_cooldown
    )
    metrics.watch("breakers", upstreams.measured)
    return upstreams


class Container(DeclarativeContainer):
    """Constructs, never connects.

    Where all apps share a process, `to_issuer` replaces the network to the issuer, and `mounted` that to the
    services: their apps by name; `readers` keep the spans of all. The settings say nothing of upstreams then.
    """

    settings = Dependency(instance_of=GatewaySettings)
    to_issuer: Provider[httpx.AsyncBaseTransport | None] = Object(None)
    mounted: Provider[Mapping[str, ASGIApp]] = Object({})
    readers: Provider[Sequence[SpanProcessor]] = Object(())

    metrics = Singleton(Metrics, "gateway")
    tracing = Singleton(Tracing, "gateway", settings, readers, meter_provider=metrics.provided.meters)
    http = Singleton(client, "issuer", to_issuer)
    keys = Singleton(Jwks, http, settings.provided.jwks_url)
    verify: Provider[Verify] = Singleton(
        RememberTokens, Singleton(VerifyToken, keys, settings.provided.issuer, "gateway")
    )
    identity: Provider[Identity] = Singleton(KeycloakIdentity, settings, to_issuer)
    upstreams: Provider[Upstreams] = Singleton(_upstreams, settings, mounted, metrics)
    adapters = List(http, keys, identity, upstreams)

    attempts = Singleton(
        Attempts,
        per_account=Factory(Allowance, settings.provided.logins_per_account),
        per_address=Factory(Allowance, settings.provided.logins_per_address),
    )
    sign_in = Factory(SignIn, identity, attempts, settings.provided.auth_password_login)
    refresh = Factory(Refresh, identity)
    sign_out = Factory(SignOut, identity)
    describe = Singleton(DescribePlatform, upstreams)
