"""What the chassis adds to every answer, writes of every request, and leaves to those inside."""

import asyncio
import gc
from collections.abc import MutableMapping
from types import SimpleNamespace
from typing import Any

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from starlette.types import ASGIApp, Receive, Scope, Send
from structlog.testing import capture_logs

from kernel.http import create_app
from kernel.http.context import RequestContext
from kernel.http.limits import Limits
from kernel.http.server import YOUNG, _spare_what_stays
from kernel.origin import present_origin
from kernel.settings import TraceSettings
from kernel.tracing import Tracing

Messages = list[MutableMapping[str, Any]]
BODY = {"type": "http.response.body", "body": b""}


def answering(**start: Any) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, **start})
        await send(dict(BODY))

    return app


async def ask(
    app: ASGIApp, *headers: tuple[bytes, bytes], receive: Receive | None = None, path: str = "/x"
) -> Messages:
    sent: Messages = []

    async def nothing_comes() -> MutableMapping[str, Any]:
        raise AssertionError("nobody has to wait for a body that does not come")

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "headers": list(headers)}
    await app(scope, receive or nothing_comes, send)
    return sent


def chassis(app: ASGIApp, tracing: Tracing | None = None, *, slow: float = 10.0) -> RequestContext:
    return RequestContext(app, tracing or Tracing("t", TraceSettings()), trust_trace=False, slow=slow)


@pytest.mark.parametrize(
    "start",
    [
        {},
        {"headers": [(b"x-trace-id", b"1"), (b"x-correlation-id", b"2"), (b"x-content-type-options", b"3")]},
    ],
    ids=["none", "theirs"],
)
async def test_an_answer_says_once_what_is_ours_to_say(start: dict[str, Any]) -> None:
    start_message, body = await ask(chassis(answering(**start)), (b"x-correlation-id", b"order-7"))
    headers = dict(start_message["headers"])
    assert len(headers) == len(start_message["headers"]) == 3
    assert headers[b"x-correlation-id"] == b"order-7"
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert len(headers[b"x-trace-id"]) == 32
    assert body == BODY


@pytest.mark.parametrize(
    ("state", "said", "kept"),
    [
        ({}, [], []),
        ({"principal": "somebody"}, [], [b"no-store"]),
        ({"principal": "somebody"}, [b"private, max-age=5"], [b"private, max-age=5"]),
        ({}, [b"max-age=5"], [b"max-age=5"]),
    ],
)
async def test_nobody_keeps_an_answer_to_somebody_who_was_recognised(
    state: dict[str, Any], said: list[bytes], kept: list[bytes]
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"] = state
        await answering(headers=[(b"cache-control", one) for one in said])(scope, receive, send)

    start, _ = await ask(chassis(app))
    assert [value for name, value in start["headers"] if name == b"cache-control"] == kept


@pytest.mark.parametrize("offered", [None, b"", b"not harmless", b"x" * 65, b"\xff"])
async def test_a_conversation_without_a_name_has_that_of_its_trace(offered: bytes | None) -> None:
    seen = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(present_origin().correlation_id)
        await answering()(scope, receive, send)

    given = [] if offered is None else [(b"x-correlation-id", offered)]
    start, _ = await ask(chassis(app), *given)
    headers = dict(start["headers"])
    assert headers[b"x-correlation-id"] == headers[b"x-trace-id"] == seen[0].encode()
    assert present_origin().correlation_id == ""


async def test_each_request_is_one_line_and_one_span() -> None:
    kept = InMemorySpanExporter()
    tracing = Tracing("t", TraceSettings(trace_ratio=1), [SimpleSpanProcessor(kept)])

    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("x")

    async def silent(scope: Scope, receive: Receive, send: Send) -> None: ...

    with capture_logs() as lines:
        await ask(chassis(answering(), tracing))
        start, _ = await ask(chassis(broken, tracing))
        await ask(chassis(silent, tracing))
    assert start["status"] == 500
    assert [(line["event"], line.get("status")) for line in lines] == [
        ("request.answered", 200),
        ("request.failed", None),
        ("request.answered", 500),
        ("request.abandoned", None),
    ]
    spans = kept.get_finished_spans()
    assert [(one.attributes or {})["http.response.status_code"] for one in spans] == [200, 500, 0]
    assert spans[1].status.status_code is StatusCode.ERROR
    assert (spans[1].attributes or {})["error.type"] == "RuntimeError"
    tracing.close()


async def test_a_slow_request_has_a_warning_with_its_route() -> None:
    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        scope["route"] = SimpleNamespace(path="/x/{id}")
        await asyncio.sleep(0.02)
        await answering()(scope, receive, send)

    with capture_logs() as lines:
        await ask(chassis(slow, slow=0.01))
        await ask(chassis(answering(), slow=0.01))
    assert [line["event"] for line in lines] == ["request.answered", "request.slow", "request.answered"]
    assert {name: lines[1][name] for name in ("log_level", "method", "route", "status")} == {
        "log_level": "warning",
        "method": "GET",
        "route": "/x/{id}",
        "status": 200,
    }
    assert lines[1]["millis"] >= 10


async def test_of_traces_that_are_not_written_the_errors_are() -> None:
    kept = InMemorySpanExporter()
    tracing = Tracing("t", TraceSettings(trace_ratio=0), [SimpleSpanProcessor(kept)])

    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("password=hunter2")

    await ask(chassis(answering(), tracing))
    start, _ = await ask(chassis(broken, tracing))
    tracing.close()
    (span,) = kept.get_finished_spans()
    assert span.context is not None
    assert f"{span.context.trace_id:032x}".encode() == dict(start["headers"])[b"x-trace-id"]
    assert (span.name, span.kind, span.status.status_code) == ("GET /x", SpanKind.SERVER, StatusCode.ERROR)
    assert dict(span.attributes or {}) == {
        "error.type": "RuntimeError",
        "http.request.method": "GET",
        "http.response.status_code": 500,
    }
    assert span.end_time is not None
    assert span.start_time is not None
    assert span.end_time > span.start_time
    assert "hunter2" not in span.to_json()


async def test_probes_are_not_traced() -> None:
    kept = InMemorySpanExporter()
    tracing = Tracing("t", TraceSettings(trace_ratio=1), [SimpleSpanProcessor(kept)])
    for path in ("/healthz", "/readyz", "/x"):
        await ask(chassis(answering(), tracing), path=path)
    tracing.close()
    assert [one.name for one in kept.get_finished_spans()] == ["GET /x"]


async def test_what_has_no_body_is_handed_on_without_waiting() -> None:
    assert len(await ask(Limits(answering()))) == 2
    assert len(await ask(Limits(answering()), (b"content-length", b"0"))) == 2


@pytest.mark.parametrize("header", [(b"content-length", b"2"), (b"transfer-encoding", b"chunked")])
async def test_what_has_a_body_is_judged_first(header: tuple[bytes, bytes]) -> None:
    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"[" * 40, "more_body": False}

    start, _ = await ask(Limits(answering()), header, receive=receive)
    assert start["status"] == 400


def test_nothing_stands_around_the_chassis() -> None:
    app = create_app("t", "t", routers=[], tracing=Tracing("t", TraceSettings()), verify=None)
    assert isinstance(app.build_middleware_stack(), RequestContext)


def test_what_was_loaded_is_not_collected_again_and_again() -> None:
    before = gc.get_threshold()
    try:
        _spare_what_stays()
        assert gc.get_freeze_count() > 10_000
        assert gc.get_threshold()[0] == YOUNG
        assert gc.isenabled()
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
