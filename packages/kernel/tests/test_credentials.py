"""A service's own token: how often it is asked for, how long it serves, what is never told."""

import asyncio
import io
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
import structlog

from kernel.credentials import HURRY, ServiceTokens
from kernel.errors import Unavailable
from kernel.logging import configure_logging
from kernel.settings import LogSettings

URL = "http://issuer.invalid/realms/catalog/protocol/openid-connect/token"
SECRET = "the-secret-of-a-service"
LIFE = 300


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Issuer(httpx.AsyncBaseTransport):
    """An issuer that keeps what it is asked, and answers with a new token each time unless told otherwise."""

    answer: Callable[[], httpx.Response] | None = None
    asked: list[httpx.Request] = field(default_factory=list)
    hold: asyncio.Event | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.asked.append(request)
        number = len(self.asked)
        if self.hold is not None:
            await self.hold.wait()
        return self.answer() if self.answer else granted(f"token-{number}")


def granted(text: Any = "token-1", **changed: Any) -> httpx.Response:
    body = {"access_token": text, "token_type": "Bearer", "expires_in": LIFE, **changed}
    return httpx.Response(200, json=body)


def dead() -> httpx.Response:
    raise httpx.ConnectError("nobody there")


def refusing() -> httpx.Response:
    told = {"error": "unauthorized_client", "error_description": f"{SECRET} is wrong"}
    return httpx.Response(401, json=told)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def tokens(issuer: Issuer, clock: Clock) -> ServiceTokens:
    return ServiceTokens(httpx.AsyncClient(transport=issuer), URL, "specification", SECRET, clock)


async def settled(check: Callable[[], bool]) -> None:
    """Wait for what goes on in the background."""
    async with asyncio.timeout(2):
        while not check():  # noqa: ASYNC110  # the request is nobody's to wait for
            await asyncio.sleep(0)


async def test_the_service_proves_itself_in_a_form(clock: Clock) -> None:
    issuer = Issuer()
    assert await tokens(issuer, clock).token() == "token-1"
    (request,) = issuer.asked
    assert (request.method, str(request.url)) == ("POST", URL)
    assert parse_qs(request.content.decode()) == {
        "grant_type": ["client_credentials"],
        "client_id": ["specification"],
        "client_secret": [SECRET],
    }


async def test_a_token_serves_until_80_percent_of_its_life(clock: Clock) -> None:
    issuer = Issuer()
    async with tokens(issuer, clock) as own:
        for _ in range(100):
            assert await own.token() == "token-1"
            clock.now += 0.8 * LIFE / 101
        assert len(issuer.asked) == 1
        clock.now = 1000.0 + 0.8 * LIFE
        assert await own.token() == "token-1", "nobody waits for the next one"
        await settled(lambda: len(issuer.asked) == 2)
    assert len(issuer.asked) == 2


async def test_the_next_token_takes_the_place_of_the_last(clock: Clock) -> None:
    issuer = Issuer()
    async with tokens(issuer, clock) as own:
        assert await own.token() == "token-1"
        clock.now += 0.8 * LIFE
        found = []
        async with asyncio.timeout(2):
            while "token-2" not in found:
                found.append(await own.token())
                await asyncio.sleep(0)
        assert len(issuer.asked) == 2
        clock.now += 0.79 * LIFE
        assert await own.token() == "token-2", "its life is counted anew"
        assert len(issuer.asked) == 2


async def test_a_token_that_is_over_is_waited_for(clock: Clock) -> None:
    issuer = Issuer()
    own = tokens(issuer, clock)
    assert await own.token() == "token-1"
    clock.now += LIFE
    assert await own.token() == "token-2"


async def test_a_token_that_was_refused_is_replaced_at_once(clock: Clock) -> None:
    issuer = Issuer()
    own = tokens(issuer, clock)
    first = await own.token()
    clock.now += HURRY
    own.forget(first)
    assert [await own.token() for _ in range(3)] == ["token-2"] * 3
    own.forget(first)  # another caller's answer comes late
    assert await own.token() == "token-2"
    assert len(issuer.asked) == 2


async def test_others_who_refuse_each_token_do_not_have_the_issuer_asked_more_than_once_a_second(
    clock: Clock,
) -> None:
    issuer = Issuer()
    own = tokens(issuer, clock)
    for _ in range(100):
        own.forget(await own.token())
        clock.now += HURRY / 10
    assert len(issuer.asked) == 10


async def test_what_was_refused_is_not_used_while_the_issuer_is_away(clock: Clock) -> None:
    issuer = Issuer()
    own = tokens(issuer, clock)
    first = await own.token()
    issuer.answer = dead
    clock.now += HURRY
    own.forget(first)
    with pytest.raises(Unavailable):
        await own.token()


async def test_its_life_is_counted_from_when_it_was_asked_for(clock: Clock) -> None:
    issuer = Issuer(hold=asyncio.Event())
    own = tokens(issuer, clock)
    first = asyncio.create_task(own.token())
    await settled(lambda: len(issuer.asked) == 1)
    clock.now += LIFE - 1
    assert issuer.hold is not None
    issuer.hold.set()
    assert await first == "token-1"
    clock.now += 1
    assert await own.token() == "token-2"


async def test_callers_at_once_share_one_request(clock: Clock) -> None:
    issuer = Issuer(hold=asyncio.Event())
    own = tokens(issuer, clock)
    callers = [asyncio.create_task(own.token()) for _ in range(50)]
    await settled(lambda: len(issuer.asked) == 1)
    callers[0].cancel()
    assert issuer.hold is not None
    issuer.hold.set()
    found = await asyncio.gather(*callers, return_exceptions=True)
    assert isinstance(found[0], asyncio.CancelledError)
    assert found[1:] == ["token-1"] * 49
    assert len(issuer.asked) == 1


async def test_a_refusal_is_shared_too_and_not_repeated_within_a_second(clock: Clock) -> None:
    issuer = Issuer(refusing)
    own = tokens(issuer, clock)
    found = await asyncio.gather(*(own.token() for _ in range(50)), return_exceptions=True)
    assert [type(one) for one in found] == [Unavailable] * 50
    assert len(issuer.asked) == 1
    for _ in range(100):
        with pytest.raises(Unavailable) as refused:
            await own.token()
        assert refused.value.retry_after == HURRY
        clock.now += 0.0099
    assert len(issuer.asked) == 1
    clock.now = 1001.0
    with pytest.raises(Unavailable):
        await own.token()
    assert len(issuer.asked) == 2


async def test_an_issuer_that_is_back_is_asked_again_within_a_second(clock: Clock) -> None:
    issuer = Issuer(dead)
    own = tokens(issuer, clock)
    with pytest.raises(Unavailable):
        await own.token()
    issuer.answer = None
    clock.now += HURRY
    assert await own.token() == "token-2"


async def test_while_the_issuer_is_away_the_last_token_serves_until_it_expires(clock: Clock) -> None:
    issuer = Issuer()
    async with tokens(issuer, clock) as own:
        assert await own.token() == "token-1"
        issuer.answer = dead
        clock.now += 0.8 * LIFE
        while clock.now < 1000.0 + LIFE:
            assert await own.token() == "token-1"
            await asyncio.sleep(0)
            clock.now += 0.25
        tries = len(issuer.asked) - 1
        assert 40 <= tries <= 60, "about one a second for the last minute of its life"
        with pytest.raises(Unavailable):
            await own.token()


async def test_nobody_who_has_a_token_waits_for_an_issuer_that_hangs(clock: Clock) -> None:
    issuer = Issuer()
    async with tokens(issuer, clock) as own:
        assert await own.token() == "token-1"
        issuer.hold = asyncio.Event()
        clock.now += 0.9 * LIFE
        async with asyncio.timeout(0.5):
            assert await own.token() == "token-1"
        await settled(lambda: len(issuer.asked) == 2)
        assert await own.token() == "token-1"
    assert len(issuer.asked) == 2


async def test_an_issuer_that_hangs_is_given_up(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kernel.credentials._DEADLINE", 0.05)
    async with tokens(Issuer(hold=asyncio.Event()), clock) as own:
        with pytest.raises(Unavailable):
            await own.token()


@pytest.mark.parametrize(
    "answer",
    [
        lambda: httpx.Response(302, headers={"location": "http://127.0.0.1:9/evil"}),
        lambda: httpx.Response(500),
        lambda: httpx.Response(201, json={"access_token": "x", "token_type": "Bearer", "expires_in": LIFE}),
        lambda: httpx.Response(200, text="not json"),
        lambda: httpx.Response(200, content=b"\xff"),
        lambda: httpx.Response(200, json=["token"]),
        lambda: granted(None),
        lambda: granted(""),
        lambda: granted("two\r\nlines"),
        lambda: granted("ü"),
        lambda: granted("x" * 8193),
        lambda: granted(token_type="DPoP"),
        lambda: granted(token_type=None),
        lambda: granted(expires_in=0),
        lambda: granted(expires_in=-1),
        lambda: granted(expires_in=True),
        lambda: granted(expires_in="300"),
        lambda: granted(expires_in=None),
        lambda: httpx.Response(
            200, text='{"access_token": "x", "token_type": "Bearer", "expires_in": Infinity}'
        ),
        lambda: httpx.Response(200, text='{"access_token": "x", "token_type": "Bearer", "expires_in": NaN}'),
        lambda: httpx.Response(200, content=b" " * 70_000),
        lambda: httpx.Response(200, content=b"[" * 60_000),
        lambda: httpx.Response(400, content=b"[" * 60_000),
    ],
)
async def test_what_is_no_token_is_not_used(answer: Callable[[], httpx.Response], clock: Clock) -> None:
    issuer = Issuer(answer)
    with pytest.raises(Unavailable):
        await tokens(issuer, clock).token()
    assert [str(request.url) for request in issuer.asked] == [URL], "no redirect was followed"


async def test_keycloaks_other_spelling_of_bearer_is_one(clock: Clock) -> None:
    assert await tokens(Issuer(lambda: granted(token_type="bearer")), clock).token() == "token-1"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers, root.level
    configure_logging("catalog-test", LogSettings(log_format="json", log_level="debug"), stream)
    yield stream
    root.handlers, root.level = before, level
    structlog.reset_defaults()


async def test_the_log_tells_what_happened_and_neither_secret_nor_token(
    clock: Clock, lines: io.StringIO
) -> None:
    issuer = Issuer(refusing)
    own = tokens(issuer, clock)
    with pytest.raises(Unavailable) as refused:
        await own.token()
    issuer.answer = lambda: httpx.Response(400, json={"error": SECRET})
    clock.now += HURRY
    with pytest.raises(Unavailable):
        await own.token()
    issuer.answer = lambda: granted("a-token", expires_in="never")
    clock.now += HURRY
    with pytest.raises(Unavailable):
        await own.token()
    issuer.answer = lambda: granted("a-token")
    clock.now += HURRY
    assert await own.token() == "a-token"
    ours = [line for line in map(json.loads, lines.getvalue().splitlines()) if "client" in line]
    assert [(line["event"], line.get("reason"), line["client"]) for line in ours] == [
        ("credentials.unavailable", "status 401 unauthorized_client", "specification"),
        ("credentials.unavailable", "status 400", "specification"),
        ("credentials.unavailable", "the token does not say how long it lives", "specification"),
        ("credentials.renewed", None, "specification"),
    ]
    told = lines.getvalue() + repr(own) + repr(vars(own)["_token"]) + str(refused.value)
    assert "a-token" not in told
    assert SECRET not in told
