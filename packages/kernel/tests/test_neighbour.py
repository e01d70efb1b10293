"""Another service that is asked: what goes out, and what becomes of each answer."""

import asyncio
import json
import time

import httpx
import pytest
from pydantic import AnyHttpUrl

from kernel.errors import CatalogError, Forbidden, Invalid, NotFound, Unauthorized, Unavailable
from kernel.neighbour import Neighbour
from kernel.origin import Origin, originating

AWAY = "The pricing service does not answer right now; please try again soon."


class Pricing(httpx.AsyncBaseTransport):
    """What it answers, and the requests that it has had; None is a service that hangs."""

    def __init__(self, answer: httpx.Response | Exception | None) -> None:
        self.answer = answer
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """See httpx."""
        self.requests.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer is None:
            await asyncio.Event().wait()
            raise AssertionError
        return httpx.Response(self.answer.status_code, content=self.answer.content)


def neighbour(pricing: Pricing, url: AnyHttpUrl | str = "http://pricing.test") -> Neighbour:
    client = httpx.AsyncClient(transport=pricing)
    return Neighbour("pricing service", client, url, deadline=0.1)


def read(content: bytes) -> int:
    """A number; of anything else a ValueError."""
    return int(json.loads(content))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://pricing.test", "http://pricing.test/prices/check"),
        (AnyHttpUrl("http://pricing:80"), "http://pricing/prices/check"),
        (AnyHttpUrl("https://inside/a/"), "https://inside/a/prices/check"),
    ],
)
async def test_what_goes_out(url: AnyHttpUrl | str, expected: str) -> None:
    pricing = Pricing(httpx.Response(200, text="7"))
    with originating(Origin(correlation_id="a-conversation")):
        assert await neighbour(pricing, url).ask("/prices/check", {"ids": [1]}, "a-token", read) == 7
    (request,) = pricing.requests
    assert (request.method, str(request.url)) == ("POST", expected)
    assert json.loads(request.content) == {"ids": [1]}
    assert request.headers["authorization"] == "Bearer a-token"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["x-correlation-id"] == "a-conversation"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Invalid),
        (401, Unauthorized),
        (403, Forbidden),
        (404, NotFound),
        (413, Invalid),
        (422, Invalid),
    ],
)
async def test_refusals_are_answers_and_keep_nobody_from_asking(
    status: int, kind: type[CatalogError]
) -> None:
    pricing = Pricing(httpx.Response(status))
    there = neighbour(pricing)
    for _ in range(21):
        with pytest.raises(kind, match="pricing service"):
            await there.ask("/prices/check", {}, "a-token", read)
    assert len(pricing.requests) == 21
    assert await there.check() == {"breaker": "closed", "calls": 20, "failed": 0}


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ConnectError("nobody listens"),
        OSError("no route"),
        httpx.Response(302),
        httpx.Response(500),
        httpx.Response(503),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, content=b"\xff\xfe"),
        None,
    ],
    ids=str,
)
async def test_who_does_not_answer_is_away_and_after_five_times_not_asked(
    answer: httpx.Response | Exception | None,
) -> None:
    pricing = Pricing(answer)
    there = neighbour(pricing)
    for _ in range(5):
        begin = time.monotonic()
        with pytest.raises(Unavailable) as away:
            await there.ask("/prices/check", {}, "a-token", read)
        assert (away.value.message, away.value.code, away.value.retry_after) == (AWAY, "unavailable", 2.0)
        assert time.monotonic() - begin < 1
    with pytest.raises(Unavailable) as refused:
        await there.ask("/prices/check", {}, "a-token", read)
    assert (refused.value.message, refused.value.code) == (AWAY, "circuit_open")
    assert len(pricing.requests) == 5
    with pytest.raises(Unavailable, match="has not answered lately"):
        await there.check()
