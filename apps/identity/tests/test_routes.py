"""The addresses of the realm, its keys and its people: exact answers, exact refusals."""

import base64
from typing import Any
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.serialization import load_der_public_key
from jwt import PyJWK

from kernel.tracing import Tracing

REALM = "http://identity.test/realms/catalog"
OPENID = f"{REALM}/protocol/openid-connect"


def error(code: str, description: str) -> dict[str, str]:
    """OAuth's error document."""
    return {"error": code, "error_description": description}


async def public_key(issuer: Any) -> Any:
    """The one published key."""
    (key,) = (await issuer.http.get(f"{OPENID}/certs")).json()["keys"]
    return PyJWK.from_dict(key).key


async def test_user_info(issuer: Any) -> None:
    tokens = (await issuer.sign_in()).json()
    answer = await issuer.user_info(tokens["access_token"])
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    UUID(body.pop("sub"))
    assert body == {
        "preferred_username": "author",
        "name": "Demo Author",
        "email": "author@example.org",
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
        "grant_types_supported": ["password", "refresh_token", "client_credentials"],
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
