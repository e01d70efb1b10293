"""The issuer's true key in the hands of a test: forgeries that only it could have signed, at a real platform.

Of the embedded issuer the test reads the key from its database, with the secret of the stack. Keycloak is
told by its administrator to publish one more, which is the test's own, and to forget it afterwards.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from platform_app.apps import REALM
from platform_app.servers.keycloak import ADMIN
from tests.contract.forged import Forge
from tests.worlds import Servers, World

LIKE = ("sub", "sid", "scope", "azp", "preferred_username", "roles")
"""The claims of a living session that a forger copies."""


@contextmanager
def issuers_key(world: World) -> Iterator[Forge]:
    """A forge that signs as the platform's issuer does, for the living session of the operator."""
    token = world.sign_in("operator")["accessToken"]
    claims = jwt.decode(token, options={"verify_signature": False})
    like = {name: claims[name] for name in LIKE if name in claims}
    if world.stack == "embedded":
        kid = jwt.get_unverified_header(token)["kid"]
        yield Forge(claims["iss"], "gateway", kid, _kept(world, kid), like)
    else:
        with _published(world) as (kid, key):
            yield Forge(claims["iss"], "gateway", kid, key, like)


def _kept(world: World, kid: str) -> RSAPrivateKey:
    """The key that the embedded issuer signs with."""

    async def read() -> str:
        connection = await asyncpg.connect(world.database("identity"))
        try:
            return str(await connection.fetchval("select private from signing_key where kid = $1", kid))
        finally:
            await connection.close()

    key = load_pem_private_key(asyncio.run(read()).encode(), world.home.secret("identity-keys").encode())
    assert isinstance(key, RSAPrivateKey)
    return key


@contextmanager
def _published(world: World) -> Iterator[tuple[str, RSAPrivateKey]]:
    """A key of ours among those that Keycloak publishes; it signs nothing itself."""
    key, url = generate_private_key(65537, 2048), Servers.of(world).keycloak.url
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
    with httpx.Client(base_url=url, trust_env=False, timeout=30) as http:
        given = {"grant_type": "password", "client_id": "admin-cli", "username": ADMIN}
        password = world.home.secret("keycloak-admin")
        entered = http.post(
            "/realms/master/protocol/openid-connect/token", data=given | {"password": password}
        )
        http.headers["authorization"] = f"Bearer {entered.raise_for_status().json()['access_token']}"
        before = _kids(http)
        config = {"privateKey": [pem], "priority": ["-100"], "algorithm": ["RS256"]}
        component: dict[str, Any] = {
            "name": "held by a test",
            "providerId": "rsa",
            "providerType": "org.keycloak.keys.KeyProvider",
            "parentId": http.get(f"/admin/realms/{REALM}").raise_for_status().json()["id"],
            "config": config | {"enabled": ["true"], "active": ["true"]},
        }
        made = http.post(f"/admin/realms/{REALM}/components", json=component).raise_for_status()
        try:
            (kid,) = _kids(http) - before
            yield kid, key
        finally:
            http.delete(made.headers["location"]).raise_for_status()


def _kids(http: httpx.Client) -> set[str]:
    said = http.get(f"/realms/{REALM}/protocol/openid-connect/certs").raise_for_status().json()
    return {key["kid"] for key in said["keys"] if key["use"] == "sig"}
