"""What the gateway is made of."""

import httpx
from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import Dependency, Factory, List, Object, Provider, Singleton

from gateway_app.attempts import Allowance, Attempts
from gateway_app.keycloak import KeycloakIdentity
from gateway_app.ports import Identity
from gateway_app.settings import GatewaySettings
from gateway_app.use_cases.refresh import Refresh
from gateway_app.use_cases.sign_in import SignIn
from gateway_app.use_cases.sign_out import SignOut
from kernel.auth import Verify
from kernel.http import client
from kernel.jwks import Jwks
from kernel.tokens import RememberTokens, VerifyToken
from kernel.tracing import Tracing


class Container(DeclarativeContainer):
    """Constructs, never connects.

    `to_issuer` replaces the network where the issuer lives in the same process.
    """

    settings = Dependency(instance_of=GatewaySettings)
    to_issuer: Provider[httpx.AsyncBaseTransport | None] = Object(None)

    tracing = Singleton(Tracing, "gateway", settings)
    http = Singleton(client, to_issuer)
    keys = Singleton(Jwks, http, settings.provided.jwks_url)
    verify: Provider[Verify] = Singleton(
        RememberTokens, Singleton(VerifyToken, keys, settings.provided.issuer, "gateway")
    )
    identity: Provider[Identity] = Singleton(KeycloakIdentity, settings, to_issuer)
    adapters = List(http, keys, identity)

    attempts = Singleton(
        Attempts,
        per_account=Factory(Allowance, settings.provided.logins_per_account),
        per_address=Factory(Allowance, settings.provided.logins_per_address),
    )
    sign_in = Factory(SignIn, identity, attempts, settings.provided.auth_password_login)
    refresh = Factory(Refresh, identity)
    sign_out = Factory(SignOut, identity)
