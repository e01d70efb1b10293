"""The addresses of tokens and of the log-out: exact answers, exact refusals."""

import base64
from typing import Any
from uuid import UUID

import jwt
import pytest
from jwt import PyJWK

from kernel.credentials import ServiceTokens
from kernel.errors import Unavailable

REALM = "http://identity.test/realms/catalog"
OPENID = f"{REALM}/protocol/openid-connect"
SECRET = "client-secret-of-tests"
CLIENT = {"client_id": "gateway", "client_secret": SECRET}
SERVICE = {"client_id": "specification", "client_secret": "service-secret-of-tests"}
BAD_CLIENT = "Invalid client or Invalid client credentials"


def error(code: str, description: str) -> dict[str, str]:
    """OAuth's error document."""
    return {"error": code, "error_description": description}


@pytest.fixture(params=["issuer", "real_issuer"])
def either(request: pytest.FixtureRequest) -> Any:
    """The issuer over memory, then over Postgres."""
    return request.getfixturevalue(request.param)


async def public_key(issuer: Any) -> Any:
    """The one published key."""
    (key,) = (await issuer.http.get(f"{OPENID}/certs")).json()["keys"]
    return PyJWK.from_dict(key).key


async def test_tokens_of_the_password_grant(issuer: Any) -> None:
    answer = await issuer.sign_in()
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["pragma"] == "no-cache"
    body = answer.json()
    access, identity = body.pop("access_token"), body.pop("id_token")
    assert len(body.pop("refresh_token")) == 43
    sid = body.pop("session_state")
    assert body == {
        "expires_in": 300,
        "refresh_expires_in": 1800,
        "token_type": "Bearer",
        "not-before-policy": 0,
        "scope": "openid profile email",
    }
    key = await public_key(issuer)
    header = jwt.get_unverified_header(access)
    kid = (await issuer.http.get(f"{OPENID}/certs")).json()["keys"][0]["kid"]
    assert header == {"alg": "RS256", "typ": "JWT", "kid": kid}
    claims = jwt.decode(access, key, ["RS256"], audience="gateway", issuer=REALM)
    UUID(claims.pop("jti"))
    UUID(claims.pop("sub"))
    assert claims.pop("exp") - claims.pop("iat") == 300
    assert claims == {
        "iss": REALM,
        "aud": ["gateway"],
        "azp": "gateway",
        "sid": sid,
        "typ": "Bearer",
        "scope": "openid profile email",
        "preferred_username": "author",
        "name": "Demo Author",
        "email": "author@example.org",
        "email_verified": False,
        "roles": ["author", "reader"],
    }
    assert jwt.decode(identity, key, ["RS256"], audience="gateway")["typ"] == "ID"


async def test_the_token_of_a_service(either: Any) -> None:
    answer = await either.http.post(f"{OPENID}/token", data={"grant_type": "client_credentials", **SERVICE})
    assert answer.status_code == 200
    assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")
    body = answer.json()
    access = body.pop("access_token")
    assert body == {
        "expires_in": 300,
        "refresh_expires_in": 0,
        "token_type": "Bearer",
        "not-before-policy": 0,
        "scope": "profile",
    }
    claims = jwt.decode(access, await public_key(either), ["RS256"], audience="characteristic", issuer=REALM)
    UUID(claims.pop("jti"))
    again = await either.http.post(
        f"{OPENID}/token", data={"grant_type": "client_credentials"}, auth=tuple(SERVICE.values())
    )
    same = jwt.decode(again.json()["access_token"], options={"verify_signature": False})
    assert UUID(claims["sub"]) == UUID(same["sub"])
    del claims["sub"]
    assert claims.pop("exp") - claims.pop("iat") == 300
    assert claims == {
        "iss": REALM,
        "aud": ["characteristic"],
        "azp": "specification",
        "typ": "Bearer",
        "scope": "profile",
        "preferred_username": "service-account-specification",
        "roles": ["reader"],
    }
    told = await either.user_info(access)
    assert (told.status_code, told.json()) == (401, error("invalid_token", "Token verification failed"))


async def test_a_client_may_use_its_own_grants_only(either: Any) -> None:
    person = {"username": "reader", "password": "correct horse battery staple"}
    tokens = (await either.sign_in()).json()
    for form, status, code, description in [
        (CLIENT, 401, "unauthorized_client", "Client not enabled to retrieve service account"),
        ({**CLIENT, "client_secret": SERVICE["client_secret"]}, 401, "unauthorized_client", BAD_CLIENT),
        ({**SERVICE, "client_secret": SECRET}, 401, "unauthorized_client", BAD_CLIENT),
        ({"client_id": "specification"}, 401, "unauthorized_client", BAD_CLIENT),
        ({**SERVICE, "client_id": "pricing"}, 401, "invalid_client", BAD_CLIENT),
        ({**SERVICE, "scope": "openid"}, 400, "invalid_scope", "Invalid scopes: openid"),
        (
            {**SERVICE, **person, "grant_type": "password"},
            400,
            "unauthorized_client",
            "Client not allowed for direct access grants",
        ),
        (
            {**SERVICE, "grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]},
            400,
            "invalid_grant",
            "Invalid refresh token",
        ),
    ]:
        answer = await either.http.post(f"{OPENID}/token", data={"grant_type": "client_credentials", **form})
        assert (answer.status_code, answer.json()) == (status, error(code, description))
    assert (await either.refresh(tokens["refresh_token"])).status_code == 200


async def test_wrong_secrets_lock_no_service_out(issuer: Any) -> None:
    asked = {"grant_type": "client_credentials", **SERVICE}
    for number in range(20):
        wrong = await issuer.http.post(f"{OPENID}/token", data={**asked, "client_secret": f"guess-{number}"})
        assert (wrong.status_code, wrong.json()) == (401, error("unauthorized_client", BAD_CLIENT))
    assert (await issuer.http.post(f"{OPENID}/token", data=asked)).status_code == 200


async def test_no_id_token_without_openid(issuer: Any) -> None:
    body = (await issuer.sign_in(scope="")).json()
    assert "id_token" not in body
    assert body["scope"] == "profile email"


async def test_basic_authentication_of_the_client(issuer: Any) -> None:
    answer = await issuer.http.post(
        f"{OPENID}/token",
        auth=("gateway", SECRET),
        data={"grant_type": "password", "username": "reader", "password": "correct horse battery staple"},
    )
    assert answer.status_code == 200


async def test_refusals_of_the_token_address(either: Any) -> None:
    cases: list[tuple[dict[str, Any], int, str, str]] = [
        ({}, 400, "invalid_request", "Missing form parameter: grant_type"),
        ({"grant_type": "magic"}, 400, "unsupported_grant_type", "Unsupported grant_type"),
        ({"grant_type": ""}, 400, "unsupported_grant_type", "Unsupported grant_type"),
        ({"grant_type": "password"}, 401, "invalid_client", BAD_CLIENT),
        ({"grant_type": "password", **CLIENT, "client_id": "other"}, 401, "invalid_client", BAD_CLIENT),
        ({"grant_type": "password", "client_id": "gateway"}, 401, "unauthorized_client", BAD_CLIENT),
        ({"grant_type": "password", **CLIENT, "client_secret": ""}, 401, "unauthorized_client", BAD_CLIENT),
        ({"grant_type": "password", **CLIENT, "client_secret": "ü"}, 401, "unauthorized_client", BAD_CLIENT),
        ({"grant_type": "password", **CLIENT}, 400, "invalid_request", "Missing parameter: username"),
        (
            {"grant_type": "password", "username": "author", **CLIENT},
            400,
            "invalid_request",
            "Missing parameter: password",
        ),
        (
            {"grant_type": "password", "username": "author", "password": "x", "scope": "nonsense", **CLIENT},
            400,
            "invalid_scope",
            "Invalid scopes: nonsense",
        ),
        (
            {"grant_type": "password", "username": "author", "password": "wrong", **CLIENT},
            400,
            "invalid_grant",
            "Invalid user credentials",
        ),
        (
            {"grant_type": "password", "username": "no\0body", "password": "\0", **CLIENT},
            400,
            "invalid_grant",
            "Invalid user credentials",
        ),
        ({"grant_type": ["password", "password"], **CLIENT}, 400, "invalid_request", "duplicated parameter"),
        ({"grant_type": "refresh_token", **CLIENT}, 400, "invalid_request", "No refresh token"),
        (
            {"grant_type": "refresh_token", "refresh_token": "unknown", **CLIENT},
            400,
            "invalid_grant",
            "Invalid refresh token",
        ),
    ]
    for form, status, code, description in cases:
        answer = await either.http.post(f"{OPENID}/token", data=form)
        assert (answer.status_code, answer.json()) == (status, error(code, description))
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-type"] == "application/json"


async def test_what_is_not_a_form(issuer: Any) -> None:
    form = "application/x-www-form-urlencoded"
    for content, content_type, description in [
        (b'{"grant_type":"password"}', "application/json", f"The body must be {form}"),
        (b"grant_type=%FF", form, "The form cannot be read"),
        (b"\xff", f"{form}; charset=utf-8", "The form cannot be read"),
        (b"&".join([b"a=1"] * 33), form, "The form cannot be read"),
    ]:
        answer = await issuer.http.post(
            f"{OPENID}/token", content=content, headers={"Content-Type": content_type}
        )
        assert (answer.status_code, answer.json()) == (400, error("invalid_request", description))


async def test_malformed_client_headers(issuer: Any) -> None:
    no_colon = "Basic " + base64.b64encode(b"gateway").decode()
    for header in ("Basic", "Basic !", no_colon, "Basic /w==", "Bearer x"):
        answer = await issuer.http.post(
            f"{OPENID}/token", data={"grant_type": "password"}, headers={"Authorization": header}
        )
        assert (answer.status_code, answer.json()) == (401, error("invalid_client", BAD_CLIENT))


async def test_locked_wrong_and_unknown_answer_alike(issuer: Any) -> None:
    unknown = await issuer.sign_in("nobody")
    answers = [await issuer.sign_in(password="wrong") for _ in range(6)]
    answers.append(await issuer.sign_in())
    for answer in answers:
        assert answer.status_code == unknown.status_code == 400
        assert answer.content == unknown.content
        assert answer.headers.keys() == unknown.headers.keys()


async def test_refresh_rotates_and_reuse_ends_the_session(issuer: Any) -> None:
    first = (await issuer.sign_in()).json()
    second = (await issuer.refresh(first["refresh_token"])).json()
    assert second["session_state"] == first["session_state"]
    assert (await issuer.user_info(second["access_token"])).status_code == 200
    reuse = await issuer.refresh(first["refresh_token"])
    assert (reuse.status_code, reuse.json()) == (
        400,
        error("invalid_grant", "Maximum allowed refresh token reuse exceeded"),
    )
    dead = await issuer.refresh(second["refresh_token"])
    assert (dead.status_code, dead.json()) == (400, error("invalid_grant", "Session not active"))
    assert (await issuer.user_info(second["access_token"])).status_code == 401


async def test_logout(issuer: Any) -> None:
    tokens = (await issuer.sign_in()).json()
    for _ in range(2):
        answer = await issuer.log_out(tokens["refresh_token"])
        assert (answer.status_code, answer.content) == (204, b"")
        assert answer.headers["cache-control"] == "no-store"
    refused = await issuer.user_info(tokens["access_token"])
    assert (refused.status_code, refused.json()) == (
        401,
        error("invalid_token", "User session not found or doesn't have client attached on it"),
    )
    unknown = await issuer.log_out("unknown")
    assert (unknown.status_code, unknown.json()) == (400, error("invalid_grant", "Invalid refresh token"))


async def test_refusals_of_the_logout_address(issuer: Any) -> None:
    for form, status, code, description in [
        ({"refresh_token": "x"}, 401, "invalid_client", BAD_CLIENT),
        ({**CLIENT, "client_secret": "no"}, 401, "unauthorized_client", BAD_CLIENT),
        ({**CLIENT}, 400, "invalid_request", "No refresh token"),
    ]:
        answer = await issuer.http.post(f"{OPENID}/logout", data=form)
        assert (answer.status_code, answer.json()) == (status, error(code, description))


async def test_a_service_of_the_same_process_asks_without_a_socket(issuer: Any) -> None:
    name, secret = SERVICE.values()
    async with ServiceTokens(issuer.http, f"{OPENID}/token", name, secret) as credentials:
        token = await credentials.token()
        assert await credentials.token() == token
    assert jwt.decode(token, options={"verify_signature": False})["azp"] == "specification"
    async with ServiceTokens(issuer.http, f"{OPENID}/token", name, SECRET) as credentials:
        with pytest.raises(Unavailable):
            await credentials.token()
