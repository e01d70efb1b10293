"""Watching a publication: server-sent events over real connections."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from uuid import uuid4

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from apps.offering.tests.conftest import FORGE, Others, Service, afresh, found
from kernel.engine import EmbeddedEngine
from kernel.http.protocol import BoundedProtocol
from offering.memory import MemoryPublishProcess
from offering_app.main import build
from offering_app.streams import Streams
from tests.contract.carriers import eventually
from tests.service import Idle, running_afresh


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@dataclass
class Watched:
    """The service on a port."""

    service: Service
    app: FastAPI
    address: str

    @asynccontextmanager
    async def watch(self, id: str, role: str = "reader", **headers: str) -> AsyncIterator[httpx.Response]:
        """Open a stream."""
        async with (
            httpx.AsyncClient(timeout=30, trust_env=False) as http,
            http.stream(
                "GET",
                f"{self.address}/publications/{id}/events",
                headers=self.service.headers(role, **headers),
            ) as stream,
        ):
            yield stream

    async def nobody_watches(self) -> None:
        """Wait until no stream is open, and see that nothing of one is left."""

        async def none() -> bool:
            return bool(self.service.container.streams().open == 0)

        await eventually(none)
        left = [task for task in asyncio.all_tasks() if "EventStream" in repr(task.get_coro())]
        assert left == []
        assert self.service.container.streams()._waiting == {}


@asynccontextmanager
async def on_a_port(service: Service) -> AsyncIterator[Watched]:
    """Serve a service that is started already."""
    app = build(service.container)
    config = uvicorn.Config(
        app,
        port=0,
        http=BoundedProtocol,
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=3,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(5):
            while not server.started:  # noqa: ASYNC110  # uvicorn has no event for it
                await asyncio.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield Watched(service, app, f"http://127.0.0.1:{port}")
    finally:
        server.should_exit = True
        await serving


@pytest.fixture
async def watched(service: Service) -> AsyncIterator[Watched]:
    """The service on a port, where publishing succeeds by itself."""
    async with on_a_port(service) as watched:
        yield watched


@asynccontextmanager
async def stalled_with(
    url: str, streams: Streams, process: MemoryPublishProcess | None = None
) -> AsyncIterator[Watched]:
    """A service on a port with these streams, where nothing goes on by itself."""
    bound = {"process": process or MemoryPublishProcess(), "engine": Idle(), "streams": streams}
    async with running_afresh("offering_app", url, FORGE, **bound) as plain:
        async with on_a_port(Service(**vars(plain))) as watched:
            yield watched


async def requested(watched: Watched) -> dict[str, Any]:
    """A publication whose event was handled."""
    one = await watched.service.drafted()
    publication = await watched.service.requested(one["id"], 1)
    await watched.service.delivered()
    return publication


async def events(lines: AsyncIterator[str]) -> AsyncIterator[dict[str, Any]]:
    """The documents, one for each event."""
    async for line in lines:
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))
        else:
            assert line in ("event: publication", "", ": still here")


async def test_from_the_present_to_the_end(watched: Watched, others: Others) -> None:
    gates = ("pricing.lock-prices", "specification.validate", "store.stage-entry")
    others.hold = {topic: asyncio.Event() for topic in gates}
    publication = await requested(watched)
    seen = list[dict[str, Any]]()
    async with watched.watch(publication["id"]) as stream:
        assert stream.status_code == 200
        assert stream.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert stream.headers["cache-control"] == "no-store"
        assert "content-length" not in stream.headers
        async for one in events(stream.aiter_lines()):
            seen.append(one)
            under_way = [step["name"] for step in one["steps"] if step["state"] == "RUNNING"]
            if under_way and under_way != ["confirm"]:
                index = ("lock_prices", "validate", "stage_entry").index(under_way[0])
                others.hold[gates[index]].set()
    assert seen[0]["status"] == "RUNNING"
    assert [one["status"] for one in seen].index("PUBLISHED") == len(seen) - 1
    assert seen[-1] == found(await watched.service.get(f"/publications/{publication['id']}"))
    assert all(one != other for one, other in pairwise(seen))
    done = [sum(step["state"] == "DONE" for step in one["steps"]) for one in seen]
    assert done == sorted(done)
    assert {0, 1, 2} <= set(done)
    assert done[-1] == 4
    await watched.nobody_watches()


async def test_of_what_has_ended_there_is_one(watched: Watched) -> None:
    publication = await requested(watched)
    end = await watched.service.ended(publication)
    begin = time.monotonic()
    async with watched.watch(publication["id"], last_event_id="17") as stream:
        assert [one async for one in events(stream.aiter_lines())] == [end]
    assert time.monotonic() - begin < 5.0


async def test_who_may_not_and_what_does_not_exist(watched: Watched) -> None:
    async with watched.watch(str(uuid4())) as stream:
        assert (stream.status_code, json.loads(await stream.aread())["code"]) == (404, "not_found")
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.get(f"{watched.address}/publications/{uuid4()}/events")
    assert answer.status_code == 401
    assert watched.service.container.streams().open == 0


async def test_the_end_is_told_at_once_by_the_process_that_brings_it(
    url: str, engine: EmbeddedEngine, others: Others
) -> None:
    others.hold["store.stage-entry"] = asyncio.Event()
    slow = Streams(pauses=(60, 60))
    async with afresh(url, engine, others, streams=slow) as service, on_a_port(service) as watched:
        publication = await requested(watched)
        async with watched.watch(publication["id"]) as stream:
            lines = events(stream.aiter_lines())
            assert (await anext(lines))["status"] == "RUNNING"
            begin = time.monotonic()
            others.hold["store.stage-entry"].set()
            assert (await anext(lines))["status"] == "PUBLISHED"
            assert time.monotonic() - begin < 5.0
            assert [one async for one in lines] == []


async def test_silence_is_broken_by_comments_and_has_an_end(url: str) -> None:
    async with stalled_with(url, Streams(heartbeat=0.1, longest=1.5)) as watched:
        publication = await requested(watched)
        begin = time.monotonic()
        async with watched.watch(publication["id"]) as stream:
            lines = [line async for line in stream.aiter_lines()]
        assert 1.4 < time.monotonic() - begin < 10.0
        assert lines[0] == "event: publication"
        assert 2 <= lines.count(": still here") <= 15
        assert sum(line.startswith("data:") for line in lines) == 1
        await watched.nobody_watches()


async def test_there_are_so_many_and_no_more(url: str) -> None:
    async with stalled_with(url, Streams(most=2)) as watched:
        publication = await requested(watched)
        async with watched.watch(publication["id"]) as first:
            ones = events(first.aiter_lines())  # a generator that nobody holds closes its stream
            await anext(ones)
            async with watched.watch(publication["id"]) as second:
                others = events(second.aiter_lines())
                await anext(others)
                async with watched.watch(publication["id"]) as third:
                    assert third.status_code == 503
                    assert third.headers["retry-after"] == "5"
                    assert json.loads(await third.aread())["code"] == "too_many_streams"
                assert watched.service.container.streams().open == 2

            async def one_left() -> bool:
                return bool(watched.service.container.streams().open == 1)

            await eventually(one_left)
            async with watched.watch(publication["id"]) as third:
                assert (await anext(events(third.aiter_lines())))["id"] == publication["id"]
        await watched.nobody_watches()


async def test_each_has_so_many_and_no_more(url: str) -> None:
    async with stalled_with(url, Streams(most_each=1)) as watched:
        publication = await requested(watched)
        async with watched.watch(publication["id"]) as first:
            lines = events(first.aiter_lines())
            await anext(lines)
            async with watched.watch(publication["id"]) as second:
                assert second.status_code == 429
                assert second.headers["retry-after"] == "5"
                refused = json.loads(await second.aread())
            assert (refused["code"], refused["detail"]) == (
                "too_many_streams",
                "You watch 1 publications already; look at another when one has ended.",
            )
            async with watched.watch(publication["id"], role="publisher") as other:
                assert (await anext(events(other.aiter_lines())))["id"] == publication["id"]
        await watched.nobody_watches()


async def test_none_outlives_the_token_it_was_asked_for_with(url: str) -> None:
    async with stalled_with(url, Streams()) as watched:
        publication = await requested(watched)
        token = FORGE.sign(FORGE.claims(exp=int(time.time()) + 3, roles=["reader"]))
        begin = time.monotonic()
        async with watched.watch(publication["id"], authorization=f"Bearer {token}") as stream:
            assert [one["id"] async for one in events(stream.aiter_lines())] == [publication["id"]]
        assert 0.9 < time.monotonic() - begin < 6.0
        await watched.nobody_watches()


async def test_who_hangs_up_leaves_nothing(url: str) -> None:
    async with stalled_with(url, Streams(pauses=(60, 60))) as watched:
        publication = await requested(watched)
        for _ in range(3):
            async with watched.watch(publication["id"]) as stream:
                lines = events(stream.aiter_lines())
                await anext(lines)
                assert watched.service.container.streams().open == 1
            await watched.nobody_watches()
        status = "select count(*) as busy from pg_stat_activity where state like 'idle in transaction%'"
        assert await watched.service.rows(status) == [{"busy": 0}]


async def test_when_the_service_stops_streams_end_at_once(url: str) -> None:
    async with stalled_with(url, Streams(pauses=(60, 60))) as watched:
        publication = await requested(watched)
        async with watched.watch(publication["id"]) as stream:
            lines = events(stream.aiter_lines())
            await anext(lines)
            begin = time.monotonic()
            watched.app.state.readiness.stopping = True
            assert [one async for one in lines] == []  # complete, and not cut
            assert time.monotonic() - begin < 5.0  # its next look would be in a minute
        await watched.nobody_watches()


async def test_while_the_engine_is_away_the_rest_is_told(url: str) -> None:
    process = MemoryPublishProcess()
    async with stalled_with(url, Streams(), process) as watched:
        publication = await requested(watched)
        process.away = True
        async with watched.watch(publication["id"]) as stream:
            lines = events(stream.aiter_lines())
            one = await anext(lines)
            assert (one["status"], one["steps"]) == ("RUNNING", None)
            process.away = False
            one = await anext(lines)
            assert (one["status"], one["note"], len(one["steps"])) == ("RUNNING", None, 4)


async def test_while_the_database_is_away_nothing_is_told(watched: Watched, others: Others) -> None:
    others.hold["pricing.lock-prices"] = asyncio.Event()
    publication = await requested(watched)
    async with watched.watch(publication["id"]) as stream:
        lines = events(stream.aiter_lines())
        await anext(lines)
        engine = watched.service.database._engine
        every = [await engine.connect() for _ in range(engine.pool.size())]  # type: ignore[attr-defined]
        await asyncio.sleep(2.5)  # longer than anybody waits for one of them
        for one in every:
            await one.close()
        others.hold["pricing.lock-prices"].set()
        assert [one["status"] async for one in lines][-1] == "PUBLISHED"
