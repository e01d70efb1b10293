"""What every identity server promises the gateway: one suite for memory, the embedded issuer and Keycloak.

The server is that of the world the tests run in: the embedded issuer, or Keycloak with `--world real`.
"""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import jwt
import pytest

from gateway_app.keycloak import KeycloakIdentity
from gateway_app.memory import MemoryIdentity
from gateway_app.ports import Identity, Tokens
from gateway_app.settings import GatewaySettings
from kernel.auth import Role
from kernel.credentials import ServiceTokens
from kernel.errors import Unauthorized, Unavailable
from kernel.http import client
from kernel.jwks import Jwks
from kernel.tokens import VerifyToken
from platform_app.apps import SERVICES, client_secret
from tests.worlds import Servers, World


@dataclass(frozen=True)
class Server:
    """The identity server of a world: its base address, the demo users' passwords.

    `secret` is the gateway's, `service_secret` that of the specification service.
    """

    url: str
    secret: str
    service_secret: str
    passwords: dict[str, str]

    @property
    def issuer(self) -> str:
        return f"{self.url}/realms/catalog"

    def settings(self, url: str | None = None) -> GatewaySettings:
        return GatewaySettings.model_validate(
            {
                "auth_issuer": self.issuer,
                "identity_url": url or self.url,
                "identity_client_secret": self.secret,
            }
        )


WITHIN = {seconds: {seconds, seconds - 1} for seconds in (300, 1800)}
"""How long tokens last when they are answered: a second may begin between issuing and counting."""


@pytest.fixture(scope="session")
def server(world: World) -> Server:
    url = Servers.of(world).keycloak.url if world.stack == "native" else world.gateway
    gateway, service = (client_secret(world.home, name) for name in ("gateway", "specification"))
    return Server(url, gateway, service, world.passwords)


@pytest.fixture(params=["memory", "server"])
async def identity(request: pytest.FixtureRequest, server: Server) -> AsyncIterator[Identity]:
    if request.param == "memory":
        yield MemoryIdentity(server.passwords)
    else:
        async with KeycloakIdentity(server.settings()) as adapter:
            yield adapter


@pytest.fixture
async def verify(server: Server) -> AsyncIterator[VerifyToken]:
    async with (
        httpx.AsyncClient(trust_env=False) as http,
        Jwks(http, server.settings().jwks_url) as keys,
    ):
        yield VerifyToken(keys, server.issuer, "gateway")


async def grant(server: Server, user: str) -> dict[str, Any]:
    """The whole answer of the token endpoint, of which the gateway hands on a part."""
    data = {
        "grant_type": "password",
        "client_id": "gateway",
        "client_secret": server.secret,
        "username": user,
        "password": server.passwords[user],
        "scope": "openid",
    }
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.post(f"{server.issuer}/protocol/openid-connect/token", data=data)
    assert answer.status_code == 200, answer.text
    tokens: dict[str, Any] = answer.json()
    return tokens


async def test_a_session_goes_on_from_token_to_token(identity: Identity, server: Server) -> None:
    first = await identity.login("author", server.passwords["author"])
    second = await identity.refresh(first.refresh_token)
    third = await identity.refresh(second.refresh_token)
    assert len({first.access_token, second.access_token, third.access_token}) == 3
    assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3
    assert {first.expires_in, third.expires_in} <= WITHIN[300]
    assert first.refresh_expires_in in WITHIN[1800]


@pytest.mark.parametrize("username", ["author", "nobody-has-this-name"])
async def test_a_wrong_name_and_a_wrong_password_are_the_same_refusal(
    identity: Identity, username: str
) -> None:
    with pytest.raises(Unauthorized) as refused:
        await identity.login(username, "not-the-password")
    assert str(refused.value) == "Name or password is wrong, or the session has ended."


@pytest.mark.parametrize("length", [1, 4_000, 4_001, 8_192])
async def test_what_is_no_token_is_refused_however_long_it_is(identity: Identity, length: int) -> None:
    with pytest.raises(Unauthorized):
        await identity.refresh("x" * length)
    await identity.logout("x" * length)


async def test_a_refresh_token_works_once_and_its_second_use_ends_the_session(
    identity: Identity, server: Server
) -> None:
    first = await identity.login("author", server.passwords["author"])
    second = await identity.refresh(first.refresh_token)
    with pytest.raises(Unauthorized):
        await identity.refresh(first.refresh_token)
    with pytest.raises(Unauthorized):
        await identity.refresh(second.refresh_token)


async def test_another_session_of_the_same_user_is_not_touched(identity: Identity, server: Server) -> None:
    stolen = await identity.login("author", server.passwords["author"])
    other = await identity.login("author", server.passwords["author"])
    await identity.refresh(stolen.refresh_token)
    with pytest.raises(Unauthorized):
        await identity.refresh(stolen.refresh_token)
    assert await identity.refresh(other.refresh_token) != other


async def test_logging_out_ends_the_session_and_may_be_repeated(identity: Identity, server: Server) -> None:
    tokens = await identity.login("author", server.passwords["author"])
    await identity.logout(tokens.refresh_token)
    await identity.logout(tokens.refresh_token)
    with pytest.raises(Unauthorized):
        await identity.refresh(tokens.refresh_token)


@pytest.mark.parametrize("rubbish", ["x", "a.b.c", "é", "x" * 4000])
async def test_rubbish_continues_nothing_and_ends_nothing(identity: Identity, rubbish: str) -> None:
    with pytest.raises(Unauthorized):
        await identity.refresh(rubbish)
    await identity.logout(rubbish)


async def test_an_access_token_does_not_continue_a_session(identity: Identity, server: Server) -> None:
    tokens = await identity.login("author", server.passwords["author"])
    with pytest.raises(Unauthorized):
        await identity.refresh(tokens.access_token)


async def test_it_tells_that_it_is_there(identity: Identity) -> None:
    await identity.check()


# From here on what only a server has: signed tokens, and ways to be away.


@pytest.mark.parametrize("role", Role)
async def test_every_demo_user_gets_a_token_that_a_service_accepts(
    server: Server, verify: VerifyToken, role: Role
) -> None:
    tokens = await grant(server, role.value)
    caller = await verify(tokens["access_token"])
    assert (caller.name, caller.roles, caller.client) == (role.value, frozenset({role}), "gateway")
    assert str(UUID(caller.subject)) == caller.subject
    assert caller.session


async def test_the_claims_are_those_that_are_documented(server: Server) -> None:
    tokens = await grant(server, "publisher")
    claims = jwt.decode(tokens["access_token"], options={"verify_signature": False})
    assert claims["iss"] == server.issuer
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    assert sorted(audience) == sorted(["gateway", *SERVICES])
    assert claims["exp"] - claims["iat"] == 300
    assert (claims["typ"], claims["azp"]) == ("Bearer", "gateway")
    assert (claims["preferred_username"], claims["roles"]) == ("publisher", ["publisher"])
    assert "openid" in claims["scope"].split()
    assert {"sub", "sid", "jti", "name", "email"} <= claims.keys()
    header = jwt.get_unverified_header(tokens["access_token"])
    assert (header["alg"], header["typ"]) == ("RS256", "JWT")


async def test_only_the_access_token_is_one(server: Server, verify: VerifyToken) -> None:
    tokens = await grant(server, "reader")
    assert (await verify(tokens["access_token"])).name == "reader"
    for other in ("id_token", "refresh_token"):
        with pytest.raises(Unauthorized):
            await verify(tokens[other])


async def test_a_token_for_one_service_is_refused_by_another(server: Server, verify: VerifyToken) -> None:
    tokens = await grant(server, "operator")
    accounting = VerifyToken(verify.keys, server.issuer, "accounting")
    with pytest.raises(Unauthorized):
        await accounting(tokens["access_token"])
    for service in ("gateway", *SERVICES):
        await VerifyToken(verify.keys, server.issuer, service)(tokens["access_token"])


async def ask(server: Server, **form: str) -> httpx.Response:
    """The token endpoint's answer to the specification service, unless the form names another client."""
    proof = {"client_id": "specification", "client_secret": server.service_secret}
    data = {"grant_type": "client_credentials", **proof, **form}
    async with httpx.AsyncClient(trust_env=False) as http:
        return await http.post(f"{server.issuer}/protocol/openid-connect/token", data=data)


async def test_a_service_gets_a_token_of_its_own(server: Server) -> None:
    answer = await ask(server)
    assert answer.status_code == 200, answer.text
    assert "no-store" in answer.headers["cache-control"]
    body = answer.json()
    token = body.pop("access_token")
    assert body.pop("expires_in") in WITHIN[300]
    assert body == {
        "refresh_expires_in": 0,
        "token_type": "Bearer",
        "not-before-policy": 0,
        "scope": "profile",
    }
    claims = jwt.decode(token, options={"verify_signature": False})
    assert str(UUID(claims["sub"])) == claims.pop("sub")
    assert claims.pop("jti")
    assert claims.pop("exp") - claims.pop("iat") == 300
    assert claims.pop("aud") in ("characteristic", ["characteristic"])
    assert claims == {
        "iss": server.issuer,
        "typ": "Bearer",
        "azp": "specification",
        "scope": "profile",
        "preferred_username": "service-account-specification",
        "roles": ["reader"],
    }
    header = jwt.get_unverified_header(token)
    assert (header["alg"], header["typ"]) == ("RS256", "JWT")


async def test_a_services_token_is_accepted_by_the_service_it_asks_and_by_no_other(
    server: Server, verify: VerifyToken
) -> None:
    token = (await ask(server)).json()["access_token"]
    caller = await VerifyToken(verify.keys, server.issuer, "characteristic")(token)
    assert (caller.name, caller.roles, caller.client, caller.session) == (
        "service-account-specification",
        frozenset({Role.READER}),
        "specification",
        "",
    )
    again = (await ask(server)).json()["access_token"]
    assert (await VerifyToken(verify.keys, server.issuer, "characteristic")(again)).subject == caller.subject
    for other in ("gateway", *SERVICES):
        if other != "characteristic":
            with pytest.raises(Unauthorized):
                await VerifyToken(verify.keys, server.issuer, other)(token)


async def test_a_services_token_reads_behind_one_door_and_writes_behind_none(
    server: Server, world: World
) -> None:
    token = (await ask(server)).json()["access_token"]
    headers = {"authorization": f"Bearer {token}"}
    lists = ("characteristics", "specifications", "prices", "offerings", "whoami")
    read = {name: world.get(f"/api/{name}", headers=headers).status_code for name in lists}
    assert read == {**dict.fromkeys(lists, 401), "characteristics": 200}
    wanted = {"key": "of_a_service", "name": "Of a service", "type": "text"}
    assert world.post("/api/characteristics", wanted, headers=headers).status_code == 403
    async with httpx.AsyncClient(trust_env=False) as http:
        userinfo = f"{server.issuer}/protocol/openid-connect/userinfo"
        assert (await http.get(userinfo, headers=headers)).status_code in (401, 403)


@pytest.mark.parametrize(
    ("changed", "status", "error", "description"),
    [
        (
            {"client_secret": "wrong"},
            401,
            "unauthorized_client",
            "Invalid client or Invalid client credentials",
        ),
        ({"client_secret": ""}, 401, "unauthorized_client", "Invalid client or Invalid client credentials"),
        ({"client_id": "pricing"}, 401, "invalid_client", "Invalid client or Invalid client credentials"),
        ({"scope": "email"}, 400, "invalid_scope", "Invalid scopes: email"),
        ({"scope": "offline_access"}, 400, "invalid_scope", "Invalid scopes: offline_access"),
        (
            {"grant_type": "password", "username": "reader", "password": "x"},
            400,
            "unauthorized_client",
            "Client not allowed for direct access grants",
        ),
        (
            {"grant_type": "refresh_token", "refresh_token": "x"},
            400,
            "invalid_grant",
            "Invalid refresh token",
        ),
    ],
)
async def test_a_service_that_asks_for_more_is_refused(
    server: Server, changed: dict[str, str], status: int, error: str, description: str
) -> None:
    answer = await ask(server, **changed)
    told = {"error": error, "error_description": description}
    assert (answer.status_code, answer.json()) == (status, told)


async def test_the_secrets_of_two_clients_are_not_each_others(server: Server) -> None:
    for name, secret in (("specification", server.secret), ("gateway", server.service_secret)):
        answer = await ask(server, client_id=name, client_secret=secret)
        assert (answer.status_code, answer.json()["error"]) == (401, "unauthorized_client")


async def test_the_gateway_has_no_account_of_its_own(server: Server) -> None:
    answer = await ask(server, client_id="gateway", client_secret=server.secret)
    assert (answer.status_code, answer.json()) == (
        401,
        {
            "error": "unauthorized_client",
            "error_description": "Client not enabled to retrieve service account",
        },
    )


async def test_a_service_cannot_continue_or_end_a_persons_session(server: Server) -> None:
    async with KeycloakIdentity(server.settings()) as identity:
        tokens = await identity.login("reader", server.passwords["reader"])
        refresh = {"grant_type": "refresh_token", "refresh_token": tokens.refresh_token}
        answer = await ask(server, **refresh)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
        proof = {"client_id": "specification", "client_secret": server.service_secret}
        async with httpx.AsyncClient(trust_env=False) as http:
            ended = await http.post(
                f"{server.issuer}/protocol/openid-connect/logout", data={**proof, **refresh}
            )
        assert (ended.status_code, ended.json()["error"]) == (400, "invalid_grant")
        assert (await identity.refresh(tokens.refresh_token)).refresh_expires_in in WITHIN[1800]


async def test_nobody_signs_in_as_a_service(server: Server) -> None:
    async with KeycloakIdentity(server.settings()) as identity:
        with pytest.raises(Unauthorized):
            await identity.login("service-account-specification", server.service_secret)


async def test_guesses_at_a_services_secret_do_not_shut_it_out(server: Server) -> None:
    for number in range(10):
        assert (await ask(server, client_secret=f"guess-{number}")).status_code == 401
    assert (await ask(server)).status_code == 200


async def test_a_services_own_tokens_are_asked_for_once(server: Server, verify: VerifyToken) -> None:
    async with (
        client("issuer") as http,
        ServiceTokens(
            http, server.settings().token_url, "specification", server.service_secret
        ) as credentials,
    ):
        found = await asyncio.gather(*(credentials.token() for _ in range(20)))
    assert len(set(found)) == 1
    caller = await VerifyToken(verify.keys, server.issuer, "characteristic")(found[0])
    assert caller.client == "specification"


async def test_a_service_with_a_wrong_secret_or_no_issuer_has_no_token(server: Server, silent: str) -> None:
    token_url = server.settings().token_url
    for address, secret in (
        (token_url, "wrong"),
        ("http://127.0.0.1:9/token", server.service_secret),
        (f"{silent}/token", server.service_secret),
    ):
        async with (
            client("issuer") as http,
            ServiceTokens(http, address, "specification", secret) as credentials,
        ):
            begin = time.monotonic()
            with pytest.raises(Unavailable):
                await credentials.token()
            assert time.monotonic() - begin < 4


async def test_discovery_names_the_paths_that_are_used(server: Server) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        found = (await http.get(f"{server.issuer}/.well-known/openid-configuration")).json()
        base = f"{server.issuer}/protocol/openid-connect"
        assert found["issuer"] == server.issuer
        assert found["token_endpoint"] == f"{base}/token"
        assert found["jwks_uri"] == f"{base}/certs"
        assert found["userinfo_endpoint"] == f"{base}/userinfo"
        assert found["end_session_endpoint"] == f"{base}/logout"
        keys = (await http.get(found["jwks_uri"])).json()["keys"]
    assert all("d" not in key and key["kty"] == "RSA" for key in keys)


async def test_userinfo_answers_for_a_living_session_only(server: Server) -> None:
    tokens = await grant(server, "author")
    base = f"{server.issuer}/protocol/openid-connect"
    headers = {"authorization": f"Bearer {tokens['access_token']}"}
    async with httpx.AsyncClient(trust_env=False) as http:
        found = await http.get(f"{base}/userinfo", headers=headers)
        assert found.status_code == 200
        assert (found.json()["preferred_username"], found.json()["roles"]) == ("author", ["author"])
        client = {"client_id": "gateway", "client_secret": server.secret}
        ended = await http.post(f"{base}/logout", data={**client, "refresh_token": tokens["refresh_token"]})
        assert ended.status_code == 204
        assert (await http.get(f"{base}/userinfo", headers=headers)).status_code == 401
        assert (await http.get(f"{base}/userinfo")).status_code == 401


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"password": "wrong"}, 400, "invalid_grant"),
        ({"client_secret": "wrong"}, 401, "unauthorized_client"),
        ({"client_id": "stranger"}, 401, "invalid_client"),
        ({"grant_type": "magic"}, 400, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, 400, "invalid_grant"),
    ],
)
async def test_refusals_are_spelled_as_oauth_spells_them(
    server: Server, changed: dict[str, str], status: int, error: str
) -> None:
    honest = {
        "grant_type": "password",
        "client_id": "gateway",
        "client_secret": server.secret,
        "username": "nobody-has-this-name",
        "password": "x",
    }
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.post(f"{server.issuer}/protocol/openid-connect/token", data={**honest, **changed})
    assert (answer.status_code, answer.json()["error"]) == (status, error)


async def test_of_parallel_refreshes_with_one_token_at_most_one_wins(server: Server) -> None:
    async with KeycloakIdentity(server.settings()) as identity:
        tokens = await identity.login("author", server.passwords["author"])
        answers = await asyncio.gather(
            *(identity.refresh(tokens.refresh_token) for _ in range(20)), return_exceptions=True
        )
        refused = [answer for answer in answers if isinstance(answer, Unauthorized)]
        won = [answer for answer in answers if isinstance(answer, Tokens)]
        assert (len(won) <= 1, len(won) + len(refused)) == (True, 20)
        for tokens in won:  # the other nineteen were reuses, and a reuse ends the session
            with pytest.raises(Unauthorized):
                await identity.refresh(tokens.refresh_token)


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize("call", ["login", "refresh", "logout", "check"])
async def test_a_server_that_is_silent_or_away_is_given_up_in_time(
    server: Server, silent: str, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway_app.keycloak._DEADLINE", 0.3)
    arguments = {"login": ("author", "x"), "refresh": ("x",), "logout": ("x",), "check": ()}[call]
    for address in (silent, "http://127.0.0.1:9"):
        async with KeycloakIdentity(server.settings(address)) as identity:
            begin = time.monotonic()
            with pytest.raises(Unavailable):
                await getattr(identity, call)(*arguments)
            assert time.monotonic() - begin < 2


@pytest.mark.real
async def test_keycloak_locks_an_account_that_is_guessed_at(server: Server, world: World) -> None:
    keycloak, password = Servers.of(world).keycloak, "correct-horse-battery"
    admin_password = world.home.secret("keycloak-admin")
    account = {
        "username": "guessed-at",
        "enabled": True,
        "email": "guessed-at@catalog.invalid",
        "firstName": "Guessed",
        "lastName": "At",
        "credentials": [{"type": "password", "value": password, "temporary": False}],
    }
    async with httpx.AsyncClient(base_url=keycloak.url, trust_env=False) as http:
        cli = {"grant_type": "password", "client_id": "admin-cli"}
        as_admin = {**cli, "username": "catalog-admin", "password": admin_password}
        token = (await http.post("/realms/master/protocol/openid-connect/token", data=as_admin)).json()
        headers = {"authorization": f"Bearer {token['access_token']}"}
        made = await http.post("/admin/realms/catalog/users", json=account, headers=headers)
        assert made.status_code == 201, made.text
        async with KeycloakIdentity(server.settings()) as identity:
            await identity.login("guessed-at", password)
            for _ in range(6):
                with pytest.raises(Unauthorized):
                    await identity.login("guessed-at", "wrong")
            with pytest.raises(Unauthorized):
                await identity.login("guessed-at", password)
        await http.delete(made.headers["location"], headers=headers)
