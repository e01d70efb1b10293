"""Services that verify tokens notice nothing of a rotation."""

from typing import Any

import httpx
import pytest

from identity_app.memory import Memory
from kernel.errors import Unauthorized
from kernel.jwks import FRESH, Jwks
from kernel.tokens import VerifyToken

REALM = "http://identity.test/realms/catalog"
DAY = 86_400


class Service:
    """A service somewhere, which caches keys by its own monotonic clock."""

    def __init__(self, issuer: Any, audience: str = "gateway") -> None:
        self.now = 1_000.0
        self.fetched = 0
        http = httpx.AsyncClient(
            transport=httpx.ASGITransport(issuer.app), event_hooks={"request": [self._count]}
        )
        keys = Jwks(http, f"{REALM}/protocol/openid-connect/certs", lambda: self.now)
        self.verify = VerifyToken(keys, REALM, audience)

    async def _count(self, _: httpx.Request) -> None:
        self.fetched += 1


async def test_tokens_verify_before_and_after_their_keys_turn(run: Any, clock: Any) -> None:
    turn = 30 * DAY
    clock.move(seconds=-turn)  # so that the turn comes at the true time, by which services judge
    issuer = await run(Memory(clock))
    service = Service(issuer)
    clock.move(seconds=turn - 330)
    await issuer.http.get(f"{issuer.base}/certs")  # somebody asks in time
    clock.move(seconds=30)
    warm = (await issuer.sign_in()).json()
    await service.verify(warm["access_token"])  # fetches both keys: the next is published already
    assert service.fetched == 1
    old = (await issuer.sign_in()).json()["access_token"]
    clock.move(seconds=299)
    service.now += 299
    last = (await issuer.sign_in()).json()["access_token"]
    clock.move(seconds=1)
    service.now += 1
    new = (await issuer.sign_in()).json()["access_token"]
    assert last.split(".")[0] == old.split(".")[0] != new.split(".")[0]
    for token in (old, last, new):
        assert (await service.verify(token)).name == "author"
    assert service.fetched == 1  # also the new key was known before it signed
    assert service.now - 1_000 <= FRESH
    latecomer = Service(issuer)
    for token in (old, last, new):
        assert (await latecomer.verify(token)).name == "author"


async def test_a_token_is_for_its_audience_only(run: Any, clock: Any) -> None:
    issuer = await run(Memory(clock), audience=("gateway", "pricing"))
    token = (await issuer.sign_in()).json()["access_token"]
    for audience in ("gateway", "pricing"):
        caller = await Service(issuer, audience).verify(token)
        assert (caller.name, caller.client, sorted(caller.roles)) == (
            "author",
            "gateway",
            ["author", "reader"],
        )
    with pytest.raises(Unauthorized):
        await Service(issuer, "offering").verify(token)


async def test_an_id_token_is_no_access_token(run: Any, clock: Any) -> None:
    issuer = await run(Memory(clock))
    with pytest.raises(Unauthorized):
        await Service(issuer).verify((await issuer.sign_in()).json()["id_token"])
