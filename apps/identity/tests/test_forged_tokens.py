"""Every forgery against the issuer's own protected address, by who has its true key and a living session."""

from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.contract.forged import FORGERIES, Forge

KEY_SECRET = b"key-secret-of-tests"
KEPT = ("sub", "sid", "scope", "preferred_username")


@pytest.fixture
async def forge(issuer: Any) -> Forge:
    """A forge that signs as the issuer does, for the session of a person who has just signed in."""
    token = (await issuer.sign_in()).json()["access_token"]
    kid = jwt.get_unverified_header(token)["kid"]
    async with issuer.container.begin()() as work:
        (stored,) = [key for key in (await work.keys.all()).keys if key.kid == kid]
    private = load_pem_private_key(stored.private.encode(), KEY_SECRET)
    assert isinstance(private, RSAPrivateKey)
    claims = jwt.decode(token, options={"verify_signature": False})
    return Forge(claims["iss"], "gateway", kid, private, {name: claims[name] for name in KEPT})


async def test_the_honest_token_is_answered(issuer: Any, forge: Forge) -> None:
    answer = await issuer.user_info(forge.honest())
    assert (answer.status_code, answer.json()["preferred_username"]) == (200, "author")


async def test_every_forgery_is_refused(issuer: Any, forge: Forge) -> None:
    answers = {}
    for name, make in FORGERIES.items():
        headers = [(b"authorization", b"Bearer " + make(forge).encode())]
        answers[name] = await issuer.http.get(f"{issuer.base}/userinfo", headers=headers)
    assert {name: one.status_code for name, one in answers.items() if one.status_code != 401} == {}
    assert {one.json()["error"] for one in answers.values()} == {"invalid_token"}
