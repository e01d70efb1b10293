"""Services over HTTP that are away, come back, hang, hang up, or stand in for each other."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from apps.gateway.tests.behind import (
    OK,
    Echo,
    asking,
    gateway,
    head,
    in_front_of,
    listening,
    serving,
    settings,
    until,
)
from gateway_app.container import Container
from gateway_app.http_upstreams import BUSY, HttpUpstreams
from kernel.errors import Unavailable
from platform_app.tcp_ports import free_port

COOLDOWN = 0.2


async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


def connections(upstreams: HttpUpstreams) -> tuple[int, int]:
    """How many are in use, and how many idle."""
    connector: Any = upstreams._session.connector
    return len(connector._acquired), sum(map(len, connector._conns.values()))


@asynccontextmanager
async def with_its_connections(
    upstreams: dict[str, Any], **told: Any
) -> AsyncIterator[tuple[FastAPI, HttpUpstreams]]:
    container = Container(settings=settings(upstreams=upstreams, **told))
    async with gateway(container) as app:
        found = container.upstreams()
        assert isinstance(found, HttpUpstreams)
        yield app, found


async def test_a_service_that_is_away_is_refused_at_once_and_is_back_without_a_restart() -> None:
    port, service = free_port(), Echo()
    async with serving(Echo()) as other:
        upstreams = {"offering": f"http://127.0.0.1:{port}", "pricing": other}
        async with in_front_of(upstreams, upstream_cooldown=COOLDOWN) as client:
            for number in range(20):
                begin = time.monotonic()
                answer = await client.get("/api/offerings")
                assert time.monotonic() - begin < 0.5
                assert answer.status_code == 503
                assert answer.headers["content-type"] == "application/problem+json"
                assert answer.headers["retry-after"] == "1"
                assert answer.json()["code"] == ("upstream_unreachable" if number < 5 else "circuit_open")
                assert (await client.get("/api/prices")).status_code == 200
            async with serving(service, port):
                begin = time.monotonic()
                await asyncio.sleep(COOLDOWN)
                assert (await client.get("/api/offerings")).status_code == 200
                assert (await client.get("/api/offerings")).status_code == 200
                assert time.monotonic() - begin < COOLDOWN + 1
    assert len(service.asked) == 2


async def test_a_service_that_hangs_is_not_waited_for_again_and_again() -> None:
    async with listening(hang) as address, serving(Echo()) as other:
        upstreams = {"offering": address, "pricing": other}
        async with in_front_of(upstreams, upstream_deadline=0.2) as client:
            waited = await asyncio.gather(*(client.get("/api/offerings") for _ in range(5)))
            assert [one.status_code for one in waited] == [504] * 5
            begin = time.monotonic()
            refused = await asyncio.gather(*(client.get("/api/offerings") for _ in range(50)))
            assert time.monotonic() - begin < 1
            assert {one.json()["code"] for one in refused} == {"circuit_open"}
            assert (await client.get("/api/prices")).status_code == 200


async def test_what_a_service_answers_does_not_open_its_breaker() -> None:
    service = Echo(
        {"/offerings/shed": (503, [(b"retry-after", b"9")], b""), "/offerings/bad": (500, [], b"")}
    )
    async with serving(service) as address, in_front_of({"offering": address}) as client:
        for _ in range(30):
            shed = await client.get("/api/offerings/shed")
            assert (shed.status_code, shed.headers["retry-after"]) == (503, "9")
            assert (await client.get("/api/offerings/bad")).status_code == 500
        assert (await client.get("/api/offerings/good")).status_code == 200
    assert len(service.asked) == 61


async def test_an_instance_that_is_away_is_stood_in_for() -> None:
    first, second = Echo(), Echo()
    async with serving(first) as one, serving(second) as other:
        gone = f"http://127.0.0.1:{free_port()}"
        async with in_front_of({"offering": [one, gone, other]}, upstream_cooldown=COOLDOWN) as client:
            for number in range(30):
                method = ("GET", "POST", "PUT")[number % 3]
                answer = await client.request(method, "/api/offerings", content=b"x")
                assert answer.status_code == 200
                assert answer.json()["body"] == "x"
    asked = [
        len([one for one in service.asked if one["path"] == "/offerings"]) for service in (first, second)
    ]
    assert sum(asked) == 30
    assert min(asked) >= 8, "all that are there take turns"


async def test_an_instance_that_is_about_to_stop_gets_no_more_requests() -> None:
    async def stopping(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["path"] == "/readyz"
        await send({"type": "http.response.start", "status": 503, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    stays = Echo()
    async with serving(stopping) as one, serving(stays) as other:
        async with (
            with_its_connections({"offering": [one, other]}) as (app, upstreams),
            asking(app) as client,
        ):
            await until(lambda: any(instance.resting for instance in upstreams._instances["offering"]))
            for _ in range(20):
                assert (await client.post("/api/offerings")).status_code == 200


@pytest.mark.parametrize(
    ("method", "key", "status", "tries"),
    [
        ("GET", "", 200, 2),
        ("HEAD", "", 200, 2),
        ("POST", "k", 200, 2),
        ("POST", "", 503, 1),
        ("PUT", "", 503, 1),
        ("PUT", "k", 503, 1),
        ("DELETE", "k", 503, 1),
    ],
)
async def test_what_is_sent_on_a_connection_that_ends_is_repeated_only_if_it_may_be(
    method: str, key: str, status: int, tries: int
) -> None:
    seen: list[bytes] = []

    async def closing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A server that closes an idle connection just as something comes in on it."""
        await head(reader)
        writer.write(OK)
        seen.append(await head(reader))

    async def answering(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await head(reader))
        writer.write(OK.removesuffix(b"{}") if seen[-1].startswith(b"HEAD") else OK)
        await hang(reader, writer)

    turn = iter((closing, answering, answering))

    async def service(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await next(turn)(reader, writer)

    async with listening(service) as address, in_front_of({"offering": address}) as client:
        assert (await client.get("/api/offerings/first")).status_code == 200
        headers = {"Idempotency-Key": key} if key else {}
        answer = await client.request(method, "/api/offerings/second", headers=headers)
        assert answer.status_code == status
        if status == 503:
            assert answer.json()["code"] == "upstream_lost"
    assert [one.split(b" ")[1] for one in seen] == [b"/offerings/second"] * tries


async def test_a_body_that_ends_too_soon_is_not_passed_off_as_whole() -> None:
    async def service(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf")
        await writer.drain()
        await asyncio.sleep(0.05)

    async with listening(service) as address, with_its_connections({"offering": address}) as (app, upstreams):
        async with serving(app) as door, httpx.AsyncClient(trust_env=False) as client:
            with pytest.raises(httpx.RemoteProtocolError):
                await client.get(f"{door}/api/offerings")
        assert connections(upstreams) == (0, 0)


@pytest.mark.parametrize(
    "said",
    [b"SSH-2.0-OpenSSH\r\n\r\n", b"HTTP/1.1 two hundred\r\n\r\n", b"HTTP/1.1 200 OK\r\nbad header\r\n\r\n"],
)
async def test_what_is_no_http_is_no_answer(said: bytes) -> None:
    async def service(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await head(reader)
        writer.write(said)

    async with listening(service) as address, in_front_of({"offering": address}) as client:
        answer = await client.get("/api/offerings")
        assert (answer.status_code, answer.json()["code"]) == (503, "upstream_unintelligible")


async def test_a_redirect_is_handed_on() -> None:
    async with listening(hang) as canary:
        service = Echo({"/offerings": (307, [(b"location", canary.encode())], b"")})
        async with serving(service) as address, in_front_of({"offering": address}) as client:
            answer = await client.get("/api/offerings")
            assert (answer.status_code, answer.headers["location"]) == (307, canary)


async def test_a_caller_that_hangs_up_takes_the_call_along() -> None:
    ended = asyncio.Event()

    async def service(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await head(reader)
        await reader.read()
        ended.set()

    async with listening(service) as address, with_its_connections({"offering": address}) as (app, upstreams):
        async with serving(app) as door:
            url = urlsplit(door)
            _, writer = await asyncio.open_connection(url.hostname, url.port)
            writer.write(b"GET /api/offerings HTTP/1.1\r\nhost: x\r\n\r\n")
            await until(lambda: connections(upstreams) == (1, 0))
            writer.close()
            async with asyncio.timeout(1):
                await ended.wait()
            await until(lambda: connections(upstreams) == (0, 0))
            breaker = upstreams._instances["offering"][0].breaker
            assert breaker.snapshot().calls == 0


async def test_cancelled_calls_leave_no_connection_behind() -> None:
    async with listening(hang) as address, serving(Echo()) as good:
        services = {"offering": address, "pricing": good}
        async with with_its_connections(services) as (app, upstreams), asking(app) as client:
            for _ in range(2):
                tasks = [asyncio.create_task(client.get("/api/offerings")) for _ in range(50)]
                tasks += [asyncio.create_task(client.get("/api/prices")) for _ in range(50)]
                await until(lambda: connections(upstreams)[0] >= 50)
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                assert connections(upstreams)[0] == 0
            assert upstreams._under_way["offering"] == 0
            assert upstreams._instances["offering"][0].breaker.snapshot().calls == 0
            answers = await asyncio.gather(*(client.get("/api/prices") for _ in range(50)))
            assert {one.status_code for one in answers} == {200}
            assert connections(upstreams)[0] == 0


async def test_one_service_cannot_take_all_places() -> None:
    async with listening(hang) as address, serving(Echo()) as other:
        upstreams = {"offering": address, "pricing": other}
        async with with_its_connections(upstreams) as (app, pool), asking(app) as client:
            tasks = [asyncio.create_task(client.get("/api/offerings")) for _ in range(BUSY)]
            await until(lambda: pool._under_way["offering"] == BUSY)
            begin = time.monotonic()
            refused = await client.get("/api/publications")
            assert (refused.status_code, refused.json()["code"]) == (503, "upstream_busy")
            assert time.monotonic() - begin < 0.2
            assert (await client.get("/api/prices")).status_code == 200
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def test_readiness_names_what_is_away_and_goes_on() -> None:
    gone = f"http://127.0.0.1:{free_port()}"
    async with serving(Echo()) as address:
        container = Container(settings=settings(upstreams={"offering": address, "pricing": gone}))
        async with gateway(container) as app:
            checks = app.state.readiness._checks
            assert await checks["offering"]() == {"1": "closed"}
            with pytest.raises(Unavailable, match="pricing does not answer"):
                await checks["pricing"]()
            assert "pricing" not in app.state.readiness._needed
