"""The addresses: exact answers, exact refusals."""

import base64
from typing import Any
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import load_der_public_key
from jwt import PyJWK

from kernel.tracing import Tracing

REALM = "http://identity.test/realms/catalog"
OPENID = f"{REALM}/protocol/openid-connect"
SECRET = "client-secret-of-tests"
CLIENT = {"client_id": "gateway", "client_secret": SECRET}
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
        "preferred_username": "ada",
        "name": "Ada Lovelace",
        "email": "ada@example.org",
        "email_verified": False,
        "roles": ["author", "reader"],
    }
    assert jwt.decode(identity, key, ["RS256"], audience="gateway")["typ"] == "ID"


async def test_no_id_token_without_openid(issuer: Any) -> None:
    body = (await issuer.sign_in(scope="")).json()
    assert "id_token" not in body
    assert body["scope"] == "profile email"


async def test_basic_authentication_of_the_client(issuer: Any) -> None:
    answer = await issuer.http.post(
        f"{OPENID}/token",
        auth=("gateway", SECRET),
        data={"grant_type": "password", "username": "bob", "password": "correct horse battery staple"},
    )
    assert answer.status_code == 200


async def test_refusals_of_the_token_address(either: Any) -> None:
    cases: list[tuple[dict[str, Any], int, str, str]] = [
        ({}, 400, "invalid_request", "Missing form parameter: grant_type"),
        ({"grant_type": "client_credentials"}, 400, "unsupported_grant_type", "Unsupported grant_type"),
        ({"grant_type": ""}, 400, "unsupported_grant_type", "Unsupported grant_type"),
        ({"grant_type": "password"}, 401, "invalid_client", BAD_CLIENT),
        ({"grant_type": "password", **CLIENT, "client_id": "other"}, 401, "invalid_client", BAD_CLIENT),
        ({"grant_type": "password", "client_id": "gateway"}, 401, "unauthorized_client", BAD_CLIENT),
        ({"grant_type": "password", **CLIENT, "client_secret": ""}, 401, "unauthorized_client", BAD_CLIENT),
        ({"grant_type": "password", **CLIENT, "client_secret": "ü"}, 401, "unauthorized_client", BAD_CLIENT),
        ({"grant_type": "password", **CLIENT}, 400, "invalid_request", "Missing parameter: username"),
        (
            {"grant_type": "password", "username": "ada", **CLIENT},
            400,
            "invalid_request",
            "Missing parameter: password",
        ),
        (
            {"grant_type": "password", "username": "ada", "password": "x", "scope": "nonsense", **CLIENT},
            400,
            "invalid_scope",
            "Invalid scopes: nonsense",
        ),
        (
            {"grant_type": "password", "username": "ada", "password": "wrong", **CLIENT},
            401,
            "invalid_grant",
            "Invalid user credentials",
        ),
        (
            {"grant_type": "password", "username": "no\0body", "password": "\0", **CLIENT},
            401,
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
        assert answer.status_code == unknown.status_code == 401
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


async def test_user_info(issuer: Any) -> None:
    tokens = (await issuer.sign_in()).json()
    answer = await issuer.user_info(tokens["access_token"])
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    UUID(body.pop("sub"))
    assert body == {
        "preferred_username": "ada",
        "name": "Ada Lovelace",
        "email": "ada@example.org",
        "email_verified": False,
        "roles": ["author", "reader"],
    }


async def test_user_info_needs_openid(issuer: Any) -> None:
    tokens = (await issuer.sign_in(scope="profile")).json()
    answer = await issuer.user_info(tokens["access_token"])
    assert (answer.status_code, answer.json()) == (403, error("insufficient_scope", "Missing openid scope"))


async def test_user_info_believes_access_tokens_only(issuer: Any) -> None:
    tokens = (await issuer.sign_in()).json()
    head, claims, signature = tokens["access_token"].split(".")
    forged = jwt.encode(jwt.decode(tokens["access_token"], options={"verify_signature": False}), "k" * 32)
    for token in (
        tokens["id_token"],
        tokens["refresh_token"],
        f"{head}.{claims}.{signature[::-1]}",
        f"{head}.{claims}.",
        forged,
        "nonsense",
    ):
        answer = await issuer.user_info(token)
        assert (answer.status_code, answer.json()) == (
            401,
            error("invalid_token", "Token verification failed"),
        )
        assert answer.headers["www-authenticate"] == (
            'Bearer realm="catalog", error="invalid_token", error_description="Token verification failed"'
        )
    none = await issuer.http.get(f"{OPENID}/userinfo")
    assert (none.status_code, none.json()) == (401, error("invalid_request", "Token not provided"))


async def test_discovery_names_what_is_here(issuer: Any) -> None:
    answer = await issuer.http.get(f"{REALM}/.well-known/openid-configuration")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == {
        "issuer": REALM,
        "token_endpoint": f"{OPENID}/token",
        "jwks_uri": f"{OPENID}/certs",
        "userinfo_endpoint": f"{OPENID}/userinfo",
        "end_session_endpoint": f"{OPENID}/logout",
        "grant_types_supported": ["password", "refresh_token"],
        "response_types_supported": [],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "scopes_supported": ["openid", "profile", "email"],
        "claims_supported": ["sub", "iss", "name", "preferred_username", "email", "roles", "sid"],
    }


async def test_the_realm_shows_the_signing_key(issuer: Any) -> None:
    body = (await issuer.http.get(REALM)).json()
    shown = load_der_public_key(base64.b64decode(body.pop("public_key")))
    assert shown == await public_key(issuer)
    assert body == {
        "realm": "catalog",
        "token-service": OPENID,
        "account-service": f"{REALM}/account",
        "tokens-not-before": 0,
    }


async def test_certs_hold_public_halves_only(issuer: Any) -> None:
    (key,) = (await issuer.http.get(f"{OPENID}/certs")).json()["keys"]
    assert key.keys() == {"kty", "n", "e", "kid", "use", "alg"}
    assert (key["kty"], key["use"], key["alg"], key["e"]) == ("RSA", "sig", "RS256", "AQAB")
    assert PyJWK.from_dict(key).key.key_size == 2048


async def test_other_realms_do_not_exist(issuer: Any) -> None:
    for method, path in [
        ("GET", ""),
        ("GET", "/.well-known/openid-configuration"),
        ("GET", "/protocol/openid-connect/certs"),
        ("GET", "/protocol/openid-connect/userinfo"),
        ("POST", "/protocol/openid-connect/token"),
        ("POST", "/protocol/openid-connect/logout"),
    ]:
        answer = await issuer.http.request(method, f"http://identity.test/realms/master{path}")
        assert (answer.status_code, answer.json()) == (404, {"error": "Realm does not exist"})


async def test_it_is_ready_with_its_database(real_issuer: Any) -> None:
    answer = await real_issuer.http.get("http://identity.test/readyz")
    assert (answer.status_code, answer.json()["dependencies"]["postgres"]["status"]) == (200, "up")


async def test_every_part_of_the_container_is_built_without_waiting(issuer: Any) -> None:
    for provider in issuer.container.providers.values():
        built = provider()
        assert not hasattr(built, "__await__")
        if isinstance(built, Tracing):
            built.close()
