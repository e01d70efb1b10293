"""Token verification, over a real key cache and an issuer that publishes its keys."""

import json
import time

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from kernel.auth import Principal, Role
from kernel.errors import Unauthorized
from kernel.jwks import Jwks
from kernel.tokens import RememberTokens, VerifyToken
from tests.contract.forged import FORGERIES, Forge

ISSUER = "https://issuer.invalid/realms/catalog"


@pytest.fixture(scope="module")
def forge() -> Forge:
    return Forge(ISSUER, "gateway")


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def verify(forge: Forge, asked: list[str]) -> VerifyToken:
    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, json=forge.jwks())

    http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    return VerifyToken(Jwks(http, f"{ISSUER}/certs"), ISSUER, "gateway")


async def test_an_honest_token_tells_who_asks(forge: Forge, verify: VerifyToken) -> None:
    assert await verify(forge.honest()) == Principal(
        subject="7a0d2f0e-1c53-4a9f-8a52-0d6e4f1b9c11",
        name="operator",
        roles=frozenset({Role.OPERATOR}),
        client="gateway",
        session="5b7f",
    )


@pytest.mark.parametrize("name", FORGERIES)
async def test_a_forged_token_is_refused(
    name: str, forge: Forge, verify: VerifyToken, asked: list[str]
) -> None:
    with pytest.raises(Unauthorized) as refused:
        await verify(FORGERIES[name](forge))
    assert refused.value.message == "The access token is not valid here, or not any more."
    assert set(asked) <= {f"{ISSUER}/certs"}, "no address named by a token was asked"


async def test_clocks_may_differ_by_half_a_minute(forge: Forge, verify: VerifyToken) -> None:
    now = forge.claims()["iat"]
    late = await verify(forge.sign(forge.claims(exp=now - 25, iat=now - 325)))
    early = await verify(forge.sign(forge.claims(iat=now + 25, nbf=now + 25)))
    assert late == early


async def test_one_audience_as_text_and_an_unknown_role_are_fine(forge: Forge, verify: VerifyToken) -> None:
    principal = await verify(forge.sign(forge.claims(aud="gateway", roles=["reader", "offline_access", 7])))
    assert principal.roles == {Role.READER}


async def test_a_token_signed_on_the_allowed_curve_is_accepted() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    published = {**json.loads(ECAlgorithm.to_jwk(key.public_key())), "kid": "curve", "use": "sig"}
    http = httpx.AsyncClient(
        transport=httpx.MockTransport(lambda _: httpx.Response(200, json={"keys": [published]}))
    )
    verify = VerifyToken(Jwks(http, f"{ISSUER}/certs"), ISSUER, "gateway")
    forge = Forge(ISSUER, "gateway", kid="curve")
    assert (await verify(forge.sign(forge.claims(), key=key, algorithm="ES256"))).name == "operator"
    with pytest.raises(Unauthorized):
        await verify(forge.honest())  # RS256 under the id of a curve's key


async def test_the_header_type_of_rfc_9068_is_accepted(forge: Forge, verify: VerifyToken) -> None:
    principal = await verify(forge.sign(forge.claims(), typ="at+jwt"))
    assert principal.name == "operator"


class Counted:
    """Believes every token but "forged", and counts how often it is asked."""

    def __init__(self, lasting: float = 300.0) -> None:
        self.asked: list[str] = []
        self.expires = time.time() + lasting

    async def __call__(self, token: str) -> Principal:
        """See `Verify`."""
        self.asked.append(token)
        if token == "forged":
            raise Unauthorized("no")
        return Principal(subject=token, name=token, roles=frozenset(), expires=self.expires)


async def test_a_token_that_was_believed_is_not_read_again_for_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    verify = Counted()
    remember = RememberTokens(verify)
    assert [(await remember(token)).subject for token in ("a", "b", "a", "a")] == ["a", "b", "a", "a"]
    assert verify.asked == ["a", "b"]
    monkeypatch.setattr("kernel.tokens.REMEMBERED", -1.0)
    await remember("c")
    await remember("c")
    assert verify.asked == ["a", "b", "c", "c"]


async def test_a_token_is_forgotten_when_it_expires() -> None:
    verify = Counted(lasting=-0.1)
    remember = RememberTokens(verify)
    for _ in range(2):
        await remember("a")
    assert verify.asked == ["a", "a"]


async def test_a_refusal_is_never_remembered() -> None:
    verify = Counted()
    remember = RememberTokens(verify)
    for _ in range(2):
        with pytest.raises(Unauthorized):
            await remember("forged")
    assert verify.asked == ["forged", "forged"]


async def test_so_many_tokens_are_remembered_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kernel.tokens.MOST_REMEMBERED", 2)
    verify = Counted()
    remember = RememberTokens(verify)
    for token in ("a", "b", "c", "b", "a"):
        await remember(token)
    assert verify.asked == ["a", "b", "c", "a"]
