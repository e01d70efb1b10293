"""What the adapter makes of a server that answers what it should not."""

import httpx
import pytest

from gateway_app.keycloak import KeycloakIdentity
from gateway_app.settings import GatewaySettings
from kernel.errors import CatalogError, Unauthorized, Unavailable

SETTINGS = GatewaySettings.model_validate(
    {
        "auth_issuer": "http://issuer.invalid/realms/catalog",
        "identity_url": "http://issuer.invalid",
        "identity_client_secret": "a-secret-of-a-test",
    }
)
ANSWERS: dict[str, tuple[httpx.Response, type[CatalogError]]] = {
    "a wrong password": (httpx.Response(400, json={"error": "invalid_grant"}), Unauthorized),
    "a wrong password, older servers": (httpx.Response(401, json={"error": "invalid_grant"}), Unauthorized),
    "our own secret is wrong": (httpx.Response(401, json={"error": "unauthorized_client"}), Unavailable),
    "our client is gone": (httpx.Response(401, json={"error": "invalid_client"}), Unavailable),
    "the grant is switched off": (httpx.Response(400, json={"error": "unauthorized_client"}), Unavailable),
    "a fault": (httpx.Response(500, text="<html>"), Unavailable),
    "not found": (httpx.Response(404, json={"error": "Realm does not exist"}), Unavailable),
    "a page of a proxy": (httpx.Response(200, text="<html>"), Unavailable),
    "no tokens": (httpx.Response(200, json={}), Unavailable),
    "a list": (httpx.Response(200, json=[]), Unavailable),
    "a redirect": (httpx.Response(302, headers={"location": "http://evil.invalid"}), Unavailable),
}


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("call", ["login", "refresh"])
async def test_only_a_refused_grant_is_the_callers_fault(name: str, call: str) -> None:
    answer, expected = ANSWERS[name]
    arguments = {"login": ("author", "x"), "refresh": ("x",)}[call]
    asked: list[str] = []

    def server(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return answer

    async with KeycloakIdentity(SETTINGS, httpx.MockTransport(server)) as identity:
        with pytest.raises(expected):
            await getattr(identity, call)(*arguments)
    assert asked == ["issuer.invalid"], "asked once, and no redirect followed"


async def test_a_token_that_the_server_does_not_even_read_is_none() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(400, json={"error": "invalid_request"}))
    async with KeycloakIdentity(SETTINGS, transport) as identity:
        with pytest.raises(Unauthorized):
            await identity.refresh("x" * 5000)
        await identity.logout("x" * 5000)
        with pytest.raises(Unavailable):
            await identity.login("author", "x")


@pytest.mark.parametrize("error", ["unauthorized_client", "invalid_client"])
async def test_a_log_out_that_ended_nothing_says_so(error: str) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(401, json={"error": error}))
    async with KeycloakIdentity(SETTINGS, transport) as identity:
        with pytest.raises(Unavailable):
            await identity.logout("x")


async def test_a_log_out_of_what_has_ended_is_fine() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(400, json={"error": "invalid_grant"}))
    async with KeycloakIdentity(SETTINGS, transport) as identity:
        await identity.logout("x")
