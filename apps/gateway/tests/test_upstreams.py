"""The contract of `Upstreams` behind the proxy: the same over HTTP and in one process."""

import asyncio
import json
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from dependency_injector.providers import Object
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from apps.gateway.tests.behind import Echo, asking, gateway, serving, settings, until
from gateway_app.container import Container
from gateway_app.mounted import MountedUpstreams
from gateway_app.ports import Broken
from kernel.http.limits import BODY

DEADLINE = 0.4


@asynccontextmanager
async def _over_http(service: ASGIApp) -> AsyncIterator[FastAPI]:
    async with serving(service) as address:
        told = settings(upstreams={"offering": address}, upstream_deadline=DEADLINE)
        async with gateway(Container(settings=told)) as app:
            yield app


@asynccontextmanager
async def _mounted(service: ASGIApp) -> AsyncIterator[FastAPI]:
    upstreams = MountedUpstreams({"offering": service}, deadline=DEADLINE)
    async with gateway(Container(settings=settings(), upstreams=Object(upstreams))) as app:
        yield app


@pytest.fixture(params=[_over_http, _mounted], ids=["http", "mounted"])
def front(request: pytest.FixtureRequest) -> Any:
    return request.param


async def test_a_request_arrives_as_it_was_sent(front: Any) -> None:
    service = Echo()
    async with front(service) as app, asking(app) as client:
        answer = await client.post(
            "/api/offerings/a%20b/%C3%A9?name=~x&sort=-key&empty=",
            content=b'{"name": "\xc3\xa9"}',
            headers={
                "Authorization": "Bearer abc",
                "If-Match": '"3"',
                "Idempotency-Key": "k-1",
                "Content-Type": "application/json",
                "Accept": "application/json",
                "User-Agent": "me",
                "Accept-Encoding": "identity",
                "X-Correlation-Id": "conversation-1",
            },
        )
    seen = answer.json()
    assert seen["method"] == "POST"
    assert seen["path"] == "/offerings/a%20b/%C3%A9"
    assert seen["query"] == "name=~x&sort=-key&empty="
    assert seen["body"].encode("latin-1") == b'{"name": "\xc3\xa9"}'
    headers = dict(seen["headers"])
    assert {
        name: headers[name] for name in ("authorization", "if-match", "idempotency-key", "content-type")
    } == {
        "authorization": "Bearer abc",
        "if-match": '"3"',
        "idempotency-key": "k-1",
        "content-type": "application/json",
    }
    assert headers["accept"] == "application/json"
    assert headers["user-agent"] == "me"
    assert headers["x-correlation-id"] == answer.headers["x-correlation-id"] == "conversation-1"
    assert headers["traceparent"].split("-")[1] == answer.headers["x-trace-id"]
    names = [name for name, _ in seen["headers"]]
    assert sorted(names) == sorted(set(names)), "nothing is said twice"


async def test_nothing_is_said_in_the_callers_name(front: Any) -> None:
    async with front(Echo()) as app:
        sent: list[MutableMapping[str, Any]] = []
        await call(app, "GET", "/api/offerings", [(b"host", b"gateway")], sent)
    names = {name for name, _ in json.loads(sent[1]["body"])["headers"]}
    assert names == {"host", "traceparent", "x-correlation-id"}


async def test_what_is_for_one_hop_goes_no_further(front: Any) -> None:
    headers = [
        (b"host", b"gateway"),
        (b"connection", b"close, X-Secret, authorization"),
        (b"connection", b"traceparent, x-correlation-id"),
        (b"x-secret", b"1"),
        (b"authorization", b"Bearer abc"),
        (b"keep-alive", b"timeout=5"),
        (b"proxy-authorization", b"Basic x"),
        (b"proxy-connection", b"keep-alive"),
        (b"te", b"trailers"),
        (b"trailer", b"x-sum"),
        (b"upgrade", b"h2c"),
        (b"traceparent", b"00-" + b"1" * 32 + b"-" + b"2" * 16 + b"-01"),
        (b"x-forwarded-for", b"10.0.0.1"),
        (b"x-user-id", b"root"),
    ]
    service = Echo(
        {"/offerings": (200, [(b"Connection", b"x-inner"), (b"x-inner", b"1"), (b"Keep-Alive", b"5")], b"")}
    )
    async with front(service) as app:
        sent: list[MutableMapping[str, Any]] = []
        await call(app, "GET", "/api/offerings", headers, sent)
    seen = dict(service.asked[0]["headers"])
    assert set(seen) == {b"host", b"traceparent", b"x-correlation-id"}, "those we add cannot be taken away"
    assert b"1" * 32 not in seen[b"traceparent"], "a stranger's trace is not continued"
    answered = {name.lower() for name, _ in sent[0]["headers"]}
    assert answered & {b"connection", b"x-inner", b"keep-alive"} == set()


async def test_an_answer_arrives_as_it_was_given(front: Any) -> None:
    given = [
        (b"content-type", b"application/problem+json"),
        (b"etag", b'"7"'),
        (b"location", b"http://elsewhere.invalid/x"),
        (b"set-cookie", b"a=1"),
        (b"set-cookie", b"b=2"),
        (b"content-encoding", b"gzip"),
        (b"retry-after", b"3"),
        (b"x-trace-id", b"theirs"),
    ]
    for status in (201, 302, 404, 409, 500, 503):
        async with front(Echo({"/offerings": (status, given, b"not really gzip")})) as app:
            sent: list[MutableMapping[str, Any]] = []
            await call(app, "GET", "/api/offerings", [(b"host", b"gateway")], sent)
        assert sent[0]["status"] == status
        headers = sent[0]["headers"]
        for pair in given[:-1]:
            assert pair in headers
        assert (b"content-length", b"15") in headers
        assert [value for name, value in headers if name == b"x-trace-id"] != [b"theirs"]
        assert len([1 for name, _ in headers if name == b"x-trace-id"]) == 1
        assert b"".join(message["body"] for message in sent[1:]) == b"not really gzip"


@pytest.mark.parametrize(
    ("method", "status", "length"), [("HEAD", 200, "1000"), ("GET", 204, None), ("GET", 304, None)]
)
async def test_an_answer_without_a_body(front: Any, method: str, status: int, length: str | None) -> None:
    headers = [(b"etag", b'"1"')] + ([(b"content-length", b"1000")] if length else [])
    async with front(Echo({"/offerings": (status, headers, b"")})) as app, serving(app) as address:
        async with httpx.AsyncClient(trust_env=False) as client:
            for _ in range(3):
                answer = await client.request(method, f"{address}/api/offerings", timeout=2)
                assert (answer.status_code, answer.content) == (status, b"")
                assert answer.headers["etag"] == '"1"'
                assert answer.headers.get("content-length") == length
                assert len(answer.headers.get_list("date")) == 1


async def test_a_body_arrives_chunk_by_chunk(front: Any) -> None:
    go = asyncio.Event()

    async def service(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"first", "more_body": True})
        await go.wait()
        for _ in range(40):
            await send({"type": "http.response.body", "body": b"x" * 100_000, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    sent: list[MutableMapping[str, Any]] = []
    async with front(service) as app:
        task = asyncio.create_task(call(app, "GET", "/api/offerings", [(b"host", b"g")], sent))
        await until(lambda: len(sent) > 1)
        assert sent[1] == {"type": "http.response.body", "body": b"first", "more_body": True}
        go.set()
        await task
    assert sum(len(message["body"]) for message in sent[1:]) == 4_000_005
    assert len(sent) > 10
    assert sent[-1].get("more_body", False) is False


async def test_a_caller_that_reads_slowly_is_not_overdue(front: Any) -> None:
    async def service(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(6):
            await send({"type": "http.response.body", "body": b"x" * 1_000_000, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    read = 0

    async def slowly(message: MutableMapping[str, Any]) -> None:
        nonlocal read
        if read < 1000:  # more than the deadline, in all
            await asyncio.sleep(DEADLINE / 2)
        read += len(message.get("body", b""))

    async with front(service) as app:
        async with asyncio.timeout(10):
            await _call(app, "GET", "/api/offerings", [(b"host", b"g")], slowly)
    assert read == 6_000_000


async def test_who_never_answers_is_overdue(front: Any) -> None:
    async def service(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.Event().wait()

    async with front(service) as app, asking(app) as client:
        begin = asyncio.get_running_loop().time()
        answer = await client.get("/api/offerings")
        took = asyncio.get_running_loop().time() - begin
    assert answer.status_code == 504
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "gateway_timeout"
    assert DEADLINE <= took < DEADLINE * 1.1 + 0.1


async def test_who_drips_is_cut_off(front: Any) -> None:
    async def service(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while True:
            await send({"type": "http.response.body", "body": b".", "more_body": True})
            await asyncio.sleep(0.02)

    now = asyncio.get_running_loop().time
    sent: list[MutableMapping[str, Any]] = []
    when: list[float] = []

    async def keep(message: MutableMapping[str, Any]) -> None:
        sent.append(message)
        when.append(now())

    async with front(service) as app:
        begin = now()
        with pytest.raises(Broken):
            await _call(app, "GET", "/api/offerings", [(b"host", b"g")], keep)
    assert DEADLINE / 2 < when[-1] - begin < DEADLINE * 1.1 + 0.1
    assert sent[-1]["more_body"] is True, "nobody can take it for complete"


async def test_a_body_that_is_too_large_is_refused_by_us(front: Any) -> None:
    service = Echo()
    async with front(service) as app, asking(app) as client:
        answer = await client.post("/api/offerings", content=b"x" * (BODY + 1))
        fits = await client.put("/api/offerings", content=b"x" * BODY, headers={"content-type": "text/plain"})
    assert answer.status_code == 413
    assert len(fits.json()["body"]) == BODY
    assert len(service.asked) == 1


async def test_what_is_nobodys_is_not_found_by_us(front: Any) -> None:
    service = Echo()
    async with front(service) as app, asking(app) as client:
        for path in ("/api/unknown", "/api/prices", "/api", "/api/", "/api/offering", "/offerings"):
            answer = await client.get(path)
            assert (answer.status_code, answer.json()["code"]) == (404, "route_not_found")
        assert (await client.get("/api/whoami")).status_code == 401
        assert (await client.get("/api/publications/1")).status_code == 200
    assert len(service.asked) == 1


async def call(
    app: ASGIApp,
    method: str,
    path: str,
    headers: list[tuple[bytes, bytes]],
    sent: list[MutableMapping[str, Any]],
) -> None:
    """Ask without a client that has opinions of its own."""

    async def keep(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    await _call(app, method, path, headers, keep)


async def _call(app: ASGIApp, method: str, path: str, headers: list[tuple[bytes, bytes]], send: Send) -> None:
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("192.0.2.7", 50000),
        "server": ("gateway", 80),
    }
    messages = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> MutableMapping[str, Any]:
        if messages:
            return messages.pop()
        await asyncio.Event().wait()
        raise AssertionError

    await app(scope, receive, send)
