"""What the gateway is made of."""

from collections.abc import Mapping

import httpx
from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import Dependency, Factory, List, Object, Provider, Singleton
from starlette.types import ASGIApp

from gateway_app.attempts import Allowance, Attempts
from gateway_app.http_upstreams import HttpUpstreams
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
from kernel.tokens import RememberTokens, VerifyToken
from kernel.tracing import Tracing


def _upstreams(settings: GatewaySettings, mounted: Mapping[str, ASGIApp]) -> MountedUpstreams | HttpUpstreams:
    if mounted:
        return MountedUpstreams(mounted, deadline=settings.upstream_deadline)
    return HttpUpstreams(
        settings.upstreams, deadline=settings.upstream_deadline, cooldown=settings.upstream_cooldown
    )


class Container(DeclarativeContainer):
    """Constructs, never connects.

    Where all apps share a process, `to_issuer` replaces the network to the issuer, and `mounted` that to the
    services: their apps by name. The settings say nothing of upstreams then.
    """

    settings = Dependency(instance_of=GatewaySettings)
    to_issuer: Provider[httpx.AsyncBaseTransport | None] = Object(None)
    mounted: Provider[Mapping[str, ASGIApp]] = Object({})

    tracing = Singleton(Tracing, "gateway", settings)
    http = Singleton(client, to_issuer)
    keys = Singleton(Jwks, http, settings.provided.jwks_url)
    verify: Provider[Verify] = Singleton(
        RememberTokens, Singleton(VerifyToken, keys, settings.provided.issuer, "gateway")
    )
    identity: Provider[Identity] = Singleton(KeycloakIdentity, settings, to_issuer)
    upstreams: Provider[Upstreams] = Singleton(_upstreams, settings, mounted)
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
