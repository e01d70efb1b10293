"""Streams of events through the gateway: each event at once, for longer than any other answer may take."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from dependency_injector.providers import Object
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from apps.gateway.tests.behind import asking, gateway, serving, settings, until
from gateway_app.container import Container
from gateway_app.http_upstreams import BUSY, STREAMS, HttpUpstreams
from gateway_app.mounted import MountedUpstreams
from gateway_app.ports import Broken

DEADLINE, SILENCE = 1.0, 2.0
HEAD: list[tuple[bytes, bytes]] = [(b"content-type", b"text/event-stream; charset=utf-8")]


def part(text: str, *, more: bool = True) -> dict[str, Any]:
    """A part of the stream."""
    return {"type": "http.response.body", "body": text.encode(), "more_body": more}


class Watched:
    """A service that streams so many events, with a pause behind each, and then ends or is `silent`.

    Before each it waits until `ready` says that there have been so many.
    """

    def __init__(self, *, events: int, pause: float, silent: bool = False) -> None:
        self.events, self.pause, self.silent = events, pause, silent
        self.ready: Callable[[int], bool] = lambda _: True
        self.open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not scope["path"].endswith("/events"):
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send(part("{}", more=False))
            return
        self.open += 1
        leaving = asyncio.create_task(self._left(receive))
        streaming = asyncio.create_task(self._stream(send))
        try:
            await asyncio.wait((leaving, streaming), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.open -= 1
            leaving.cancel()
            streaming.cancel()
            await asyncio.gather(leaving, streaming, return_exceptions=True)

    @staticmethod
    async def _left(receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            """What is left of the request says nothing."""

    async def _stream(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": HEAD})
        for number in range(self.events):
            while not self.ready(number):  # noqa: ASYNC110  # a test has no event for it
                await asyncio.sleep(0.005)
            await send(part(f"data: {number}\n\n"))
            await asyncio.sleep(self.pause)
        if self.silent:
            await asyncio.Event().wait()
        await send(part("", more=False))


@asynccontextmanager
async def _over_http(service: ASGIApp) -> AsyncIterator[FastAPI]:
    async with serving(service) as address:
        upstreams = HttpUpstreams({"offering": [address]}, deadline=DEADLINE, cooldown=1, silence=SILENCE)
        async with gateway(Container(settings=settings(), upstreams=Object(upstreams))) as app:
            yield app


@asynccontextmanager
async def _mounted(service: ASGIApp) -> AsyncIterator[FastAPI]:
    upstreams = MountedUpstreams({"offering": service}, deadline=DEADLINE, silence=SILENCE)
    async with gateway(Container(settings=settings(), upstreams=Object(upstreams))) as app:
        yield app


@pytest.fixture(params=[_over_http, _mounted], ids=["http", "mounted"])
def front(request: pytest.FixtureRequest) -> Any:
    return request.param


class Reader:
    """Somebody who watches, and what has come."""

    def __init__(self, app: ASGIApp) -> None:
        self.parts: list[bytes] = []
        self.status = 0
        self._left = asyncio.Event()
        self._app = app
        self._asked = False
        self.task = asyncio.create_task(self._read())

    def hang_up(self) -> None:
        """Read no more."""
        self._left.set()

    async def _read(self) -> None:
        path = "/api/publications/7/events"
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(b"host", b"gateway")],
            "client": ("192.0.2.7", 50000),
            "server": ("gateway", 80),
        }
        await self._app(scope, self._receive, self._send)

    async def _receive(self) -> MutableMapping[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message["body"]:
            self.parts.append(message["body"])


async def test_each_event_comes_at_once_and_the_stream_outlives_the_deadline(front: Any) -> None:
    service = Watched(events=6, pause=0.4)
    async with front(service) as app:
        begin = time.monotonic()
        reader = Reader(app)
        service.ready = lambda number: len(reader.parts) == number  # the one before must have come
        await reader.task
        assert time.monotonic() - begin > 2 * DEADLINE
    assert reader.status == 200
    assert reader.parts == [f"data: {number}\n\n".encode() for number in range(6)]


async def test_a_stream_that_says_nothing_for_long_is_broken(front: Any) -> None:
    async with front(Watched(events=1, pause=0, silent=True)) as app:
        begin = time.monotonic()
        reader = Reader(app)
        with pytest.raises(Broken):
            await reader.task
        assert time.monotonic() - begin > SILENCE - 0.1
    assert reader.parts == [b"data: 0\n\n"]


async def test_who_hangs_up_hangs_up_on_the_service(front: Any) -> None:
    service = Watched(events=1000, pause=0.05)
    async with front(service) as app:
        reader = Reader(app)
        await until(lambda: len(reader.parts) > 2)
        assert service.open == 1
        reader.hang_up()
        await reader.task
        await until(lambda: service.open == 0)


async def test_who_watches_keeps_nobody_from_asking() -> None:
    service = Watched(events=1000, pause=0.2)
    async with _over_http(service) as app, asking(app) as client:
        readers = [Reader(app) for _ in range(STREAMS)]
        await until(lambda: all(reader.parts for reader in readers), within=15)
        surplus = await client.get("/api/publications/7/events")
        assert (surplus.status_code, surplus.json()["code"]) == (503, "upstream_busy")
        answers = await asyncio.gather(*(client.get("/api/offerings") for _ in range(BUSY // 2)))
        assert {answer.status_code for answer in answers} == {200}
        for reader in readers:
            reader.hang_up()
        await asyncio.gather(*(reader.task for reader in readers))
        await until(lambda: service.open == 0)
        again = Reader(app)
        await until(lambda: len(again.parts) > 0)
        again.hang_up()
        await again.task
