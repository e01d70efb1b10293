"""The port `Identity` on Keycloak, and on the embedded issuer, which has Keycloak's paths."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Self

import httpx
from keycloak import KeycloakOpenID
from keycloak.exceptions import KeycloakConnectionError, KeycloakError

from gateway_app.ports import Tokens
from gateway_app.settings import GatewaySettings
from kernel.errors import Unauthorized, Unavailable
from kernel.http import client
from kernel.logging import get_logger

_DEADLINE = 5.0  # seconds; hashing a password takes Keycloak up to a quarter of one, a queue of them longer
_LIMITS = httpx.Limits(max_connections=50, max_keepalive_connections=20)
_log = get_logger(__name__)


class KeycloakIdentity(AbstractAsyncContextManager["KeycloakIdentity"]):
    """Log in, refresh and log out through python-keycloak.

    Tokens are not verified here: its `decode_token` accepts wrong issuers and audiences (kernel.tokens does
    it). `transport` replaces the network where the issuer lives in the same process.
    """

    def __init__(self, settings: GatewaySettings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._keycloak = KeycloakOpenID(
            server_url=str(settings.identity_url),
            realm_name=settings.identity_realm,
            client_id=settings.identity_client_id,
            client_secret_key=settings.identity_client_secret.get_secret_value(),
            timeout=int(_DEADLINE),
            max_retries=0,
        )
        # The library's own client has no bound on waiting for a connection and takes proxies from the
        # environment.
        self._http = client("issuer", transport, limits=_LIMITS, timeout=_DEADLINE)
        self._spare, self._keycloak.connection.async_s = self._keycloak.connection.async_s, self._http

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()
        await self._spare.aclose()

    async def login(self, username: str, password: str) -> Tokens:
        """See `Identity.login`."""
        async with _translated("login"):
            return _tokens(await self._keycloak.a_token(username, password, scope="openid"))

    async def refresh(self, refresh_token: str) -> Tokens:
        """See `Identity.refresh`."""
        async with _translated("refresh", _NO_TOKEN):
            return _tokens(await self._keycloak.a_refresh_token(refresh_token))

    async def logout(self, refresh_token: str) -> None:
        """See `Identity.logout`."""
        try:
            async with _translated("logout", _NO_TOKEN):
                await self._keycloak.a_logout(refresh_token)
        except Unauthorized:  # the session has ended before: what was wanted is so
            return

    async def check(self) -> None:
        """See `Identity.check`."""
        async with _translated("check"):
            await self._keycloak.a_well_known()


_REFUSED = frozenset({"invalid_grant"})
_NO_TOKEN = _REFUSED | {"invalid_request"}
"""Of a token that is longer than 4,000 characters Keycloak says that the request has none."""


@asynccontextmanager
async def _translated(what: str, refused: frozenset[str] = _REFUSED) -> AsyncIterator[None]:
    """Give a call its deadline and turn the library's errors into ours; `refused` are the caller's fault."""
    try:
        async with asyncio.timeout(_DEADLINE):
            yield
    except (KeycloakConnectionError, TimeoutError) as error:
        _log.warning("identity.unreachable", call=what, error=error.__cause__ or error)
        raise Unavailable("Sign-in does not answer right now; please try again soon.") from None
    except KeycloakError as error:
        reason = _oauth_error(error.response_body)
        if reason in refused:
            _log.info("identity.refused", call=what)
            raise Unauthorized("Name or password is wrong, or the session has ended.") from None
        # Anything else is not the caller's fault: our own client's secret, a server in trouble.
        _log.error("identity.failed", call=what, status=error.response_code, reason=reason)
        raise Unavailable("Sign-in does not work right now; please try again soon.") from None
    except (TypeError, KeyError, ValueError) as error:
        _log.error("identity.unintelligible", call=what, error=error)
        raise Unavailable("Sign-in does not work right now; please try again soon.") from None


def _oauth_error(body: bytes | None) -> str:
    """The `error` of an OAuth refusal (RFC 6749, section 5.2), or "" when it is none."""
    try:
        return str(json.loads(body or b"")["error"])
    except (ValueError, KeyError, TypeError):
        return ""


def _tokens(answer: dict[str, Any]) -> Tokens:
    return Tokens(
        access_token=answer["access_token"],
        refresh_token=answer["refresh_token"],
        expires_in=answer["expires_in"],
        refresh_expires_in=answer["refresh_expires_in"],
    )
