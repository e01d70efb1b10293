"""The gateway over its container, with an issuer whose key the test holds."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx
import pytest
from dependency_injector.providers import Object

from gateway_app.container import Container
from gateway_app.main import build
from gateway_app.memory import MemoryIdentity
from gateway_app.settings import GatewaySettings
from tests.contract.forged import Forge

ISSUER = "http://issuer.invalid/realms/catalog"
Gateway = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture(scope="session")
def forge() -> Forge:
    return Forge(ISSUER, "gateway")


@pytest.fixture
def accounts() -> MemoryIdentity:
    return MemoryIdentity({"author": "correct-horse"})


@pytest.fixture
def gateway(forge: Forge, accounts: MemoryIdentity) -> Gateway:
    """Build a running gateway; keyword arguments are settings, `peer` is where its caller connects from."""

    @asynccontextmanager
    async def running(peer: str = "192.0.2.7", **settings: Any) -> AsyncIterator[httpx.AsyncClient]:
        def keys(_: httpx.Request) -> httpx.Response:
            return httpx.Response(200, json=forge.jwks())

        container = Container(
            settings=GatewaySettings(
                auth_issuer=ISSUER,
                identity_url="http://issuer.invalid",
                identity_client_secret="a-secret-of-a-test",
                **settings,
            ),
            to_issuer=Object(httpx.MockTransport(keys)),
            identity=Object(accounts),
        )
        container.adapters.override(Object([container.http(), container.keys()]))
        app = build(container)
        transport = httpx.ASGITransport(app, client=(peer, 50000))
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://gateway") as client,
        ):
            yield client

    return running
