"""python-keycloak, which the gateway uses, does not notice that this is not Keycloak."""

from typing import Any

import httpx
import pytest
from keycloak import KeycloakOpenID
from keycloak.exceptions import KeycloakAuthenticationError, KeycloakGetError, KeycloakPostError


@pytest.fixture
async def keycloak(real_issuer: Any) -> Any:
    client = KeycloakOpenID(
        server_url="http://identity.test",
        realm_name="catalog",
        client_id="gateway",
        client_secret_key="client-secret-of-tests",
    )
    await client.connection.async_s.aclose()
    client.connection.async_s = httpx.AsyncClient(transport=httpx.ASGITransport(real_issuer.app))
    yield client
    await client.connection.async_s.aclose()


async def test_log_in_look_refresh_and_log_out(keycloak: Any) -> None:
    tokens = await keycloak.a_token("author", "correct horse battery staple")
    assert (await keycloak.a_userinfo(tokens["access_token"]))["preferred_username"] == "author"
    fresh = await keycloak.a_refresh_token(tokens["refresh_token"])
    assert fresh["session_state"] == tokens["session_state"]
    assert await keycloak.a_logout(fresh["refresh_token"]) == {}
    with pytest.raises(KeycloakAuthenticationError):
        await keycloak.a_userinfo(fresh["access_token"])
    with pytest.raises(KeycloakPostError) as refused:
        await keycloak.a_refresh_token(fresh["refresh_token"])
    assert refused.value.response_code == 400


async def test_refusals_are_its_own(keycloak: Any) -> None:
    with pytest.raises(KeycloakPostError) as refused:
        await keycloak.a_token("author", "wrong")
    assert refused.value.response_code == 400
    keycloak.realm_name = "master"
    with pytest.raises(KeycloakGetError) as missing:
        await keycloak.a_well_known()
    assert missing.value.response_code == 404


async def test_discovery_and_keys(keycloak: Any) -> None:
    known = await keycloak.a_well_known()
    assert known["issuer"] == "http://identity.test/realms/catalog"
    assert len((await keycloak.a_certs())["keys"]) == 1
    assert (await keycloak.a_public_key()).startswith("MIIB")
