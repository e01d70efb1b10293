"""The key cache: how often it asks, what it believes, what it does when nobody answers."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from kernel.errors import Unavailable
from kernel.jwks import COOLDOWN, FRESH, HURRY, STALE, Jwks

URL = "http://issuer.invalid/certs"


def public(kid: str, bits: int = 2048, **changed: Any) -> dict[str, Any]:
    """A published key, freshly made."""
    key = rsa.generate_private_key(65537, bits)
    return {**json.loads(RSAAlgorithm.to_jwk(key.public_key())), "kid": kid, "use": "sig", **changed}


@dataclass
class Issuer(httpx.AsyncBaseTransport):
    """An issuer that counts how often it is asked, and does as it is told."""

    answer: Callable[[], httpx.Response]
    asked: list[str] = field(default_factory=list)
    hold: asyncio.Event | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        if self.hold is not None:
            await self.hold.wait()
        return self.answer()


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def serve(*keys: dict[str, Any]) -> Callable[[], httpx.Response]:
    return lambda: httpx.Response(200, json={"keys": list(keys)})


def dead() -> httpx.Response:
    raise httpx.ConnectError("nobody there")


@pytest.fixture
def clock() -> Clock:
    return Clock()


def cache(issuer: Issuer, clock: Clock) -> Jwks:
    return Jwks(httpx.AsyncClient(transport=issuer), URL, clock)


async def test_a_known_key_is_fetched_once_while_it_is_fresh(clock: Clock) -> None:
    issuer = Issuer(serve(public("a")))
    keys = cache(issuer, clock)
    for _ in range(100):
        assert (await keys.key("a")) is not None
        clock.now += FRESH / 101
    assert issuer.asked == [URL]


async def test_a_thousand_unknown_ids_cause_two_fetches_at_most(clock: Clock) -> None:
    issuer = Issuer(serve(public("a")))
    keys = cache(issuer, clock)
    for number in range(1000):
        assert (await keys.key(f"forged-{number}")) is None
        clock.now += COOLDOWN / 1001
    assert len(issuer.asked) == 2


async def test_callers_at_once_share_one_fetch(clock: Clock) -> None:
    issuer = Issuer(serve(public("a")), hold=asyncio.Event())
    keys = cache(issuer, clock)
    callers = [asyncio.create_task(keys.key("a")) for _ in range(50)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    callers[0].cancel()
    assert issuer.hold is not None
    issuer.hold.set()
    found = await asyncio.gather(*callers, return_exceptions=True)
    assert isinstance(found[0], asyncio.CancelledError)
    assert all(key is not None and not isinstance(key, BaseException) for key in found[1:])
    assert len(issuer.asked) == 1


async def test_a_key_that_appears_is_found_and_one_that_is_withdrawn_is_refused_in_time(clock: Clock) -> None:
    issuer = Issuer(serve(public("old")))
    keys = cache(issuer, clock)
    assert await keys.key("old")
    clock.now += COOLDOWN + 1
    issuer.answer = serve(public("new"))
    assert await keys.key("old"), "still fresh"
    assert await keys.key("new"), "one forced fetch finds it at once"
    clock.now += FRESH + 1
    assert (await keys.key("old")) is None


async def test_known_keys_serve_for_an_hour_while_the_issuer_is_away(clock: Clock) -> None:
    issuer = Issuer(serve(public("a")))
    keys = cache(issuer, clock)
    assert await keys.key("a")
    issuer.answer = dead
    clock.now += FRESH + 1
    asked = len(issuer.asked)
    for _ in range(100):
        assert await keys.key("a")
        clock.now += 0.1
    assert len(issuer.asked) == asked + 1, "a failure is not repeated within the cool-down"
    clock.now = 1000.0 + FRESH + STALE - 1
    assert await keys.key("a")
    clock.now += 2
    with pytest.raises(Unavailable):
        await keys.key("a")


async def test_nobody_who_has_keys_waits_for_an_issuer_that_was_away(clock: Clock) -> None:
    issuer = Issuer(serve(public("a")))
    async with cache(issuer, clock) as keys:
        assert await keys.key("a")
        issuer.answer = dead
        clock.now += FRESH + 1
        assert await keys.key("a"), "the first to notice waits, and is served from what is known"
        issuer.hold = asyncio.Event()
        clock.now += COOLDOWN + 1
        async with asyncio.timeout(0.5):
            assert await keys.key("a"), "the next tries go on in the background"
        assert len(issuer.asked) == 2
        issuer.answer = serve(public("b"))
        issuer.hold.set()
        async with asyncio.timeout(2):
            while await keys.key("b") is None:  # noqa: ASYNC110  # the fetch is nobody's to wait for
                await asyncio.sleep(0)


async def test_an_issuer_that_is_back_is_believed_at_once_however_long_nobody_asked(clock: Clock) -> None:
    issuer = Issuer(serve(public("a")))
    keys = cache(issuer, clock)
    assert await keys.key("a")
    issuer.answer = dead
    clock.now += FRESH + 1
    assert await keys.key("a")
    issuer.answer = serve(public("b"))
    clock.now += FRESH + STALE
    assert await keys.key("b")


async def test_an_issuer_that_starts_after_us_is_found_within_a_second(clock: Clock) -> None:
    issuer = Issuer(dead)
    keys = cache(issuer, clock)
    with pytest.raises(Unavailable):
        await keys.check()
    issuer.answer = serve(public("a"))
    clock.now += HURRY + 0.1
    await keys.check()
    assert await keys.key("a")


async def test_without_any_key_nobody_is_let_in(clock: Clock) -> None:
    with pytest.raises(Unavailable) as refused:
        await cache(Issuer(dead), clock).key("a")
    assert refused.value.retry_after == HURRY


@pytest.mark.parametrize(
    "answer",
    [
        lambda: httpx.Response(302, headers={"location": "http://127.0.0.1:9/evil"}),
        lambda: httpx.Response(500),
        lambda: httpx.Response(200, text="not json"),
        lambda: httpx.Response(200, json=[]),
        lambda: httpx.Response(200, json={"keys": "none"}),
        lambda: httpx.Response(
            200, json={"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "a", "alg": "HS256"}]}
        ),
        lambda: httpx.Response(200, json={"keys": [public("a", bits=1024)]}),
        lambda: httpx.Response(200, json={"keys": [public("a", use="enc")]}),
        lambda: httpx.Response(200, json={"keys": [{}] * 33}),
        lambda: httpx.Response(200, content=b" " * 300_000),
        lambda: httpx.Response(200, content=b"[" * 200_000),
    ],
    ids=[
        "redirect",
        "500",
        "text",
        "list",
        "no list",
        "secret",
        "weak",
        "for encryption",
        "many",
        "big",
        "deep",
    ],
)
async def test_what_is_no_set_of_strong_signing_keys_is_not_believed(
    answer: Callable[[], httpx.Response], clock: Clock
) -> None:
    issuer = Issuer(answer)
    with pytest.raises(Unavailable):
        await cache(issuer, clock).key("a")
    assert issuer.asked == [URL], "nothing else was asked, no redirect followed"


async def test_one_unreadable_key_does_not_hide_the_others(clock: Clock) -> None:
    odd = [{"kty": "RSA", "kid": "broken"}, {"kty": "oct", "kid": "x"}, {"kty": "EC", "kid": "y"}, {}, "text"]
    keys = cache(Issuer(serve(*odd, public("a"))), clock)  # type: ignore[arg-type]  # that is what is tested
    assert await keys.key("a")
    assert (await keys.key("broken")) is None


async def test_an_issuer_that_hangs_is_given_up(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kernel.jwks._DEADLINE", 0.05)
    async with cache(Issuer(serve(), hold=asyncio.Event()), clock) as keys:
        with pytest.raises(Unavailable):
            await keys.key("a")
