"""Requests to other servers are spans of the trace they belong to, and tell nothing of what is in them."""

import asyncio
from collections.abc import Callable

import httpx
import pytest
from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from kernel.http import client
from kernel.settings import TraceSettings
from kernel.tracing import Tracing, current_trace_id

CANARY = "canary-2b9d41"


@pytest.fixture
def kept() -> InMemorySpanExporter:
    return InMemorySpanExporter()


def traced(kept: InMemorySpanExporter, ratio: float = 1) -> Tracing:
    return Tracing("offering", TraceSettings(trace_ratio=ratio), [SimpleSpanProcessor(kept)])


def answering(answer: Callable[[httpx.Request], httpx.Response]) -> httpx.AsyncClient:
    """A client of a server called pricing that lives in this process."""
    return client("pricing", httpx.MockTransport(answer))


def named(span: ReadableSpan) -> tuple[str, SpanKind, dict[str, object]]:
    return span.name, span.kind, dict(span.attributes or {})


async def test_a_request_is_a_span_whose_context_it_carries(kept: InMemorySpanExporter) -> None:
    heard: list[httpx.Headers] = []

    def answer(request: httpx.Request) -> httpx.Response:
        heard.append(request.headers)
        return httpx.Response(404)

    with traced(kept).span("above", Context(), SpanKind.SERVER):
        async with answering(answer) as http:
            await http.get(f"http://pricing/prices/{CANARY}?q={CANARY}", headers={"x-key": CANARY})
    asked, above = kept.get_finished_spans()
    assert above.context is not None
    assert asked.context is not None
    assert asked.parent == above.context
    assert named(asked) == (
        "GET pricing",
        SpanKind.CLIENT,
        {"http.request.method": "GET", "peer.service": "pricing", "http.response.status_code": 404},
    )
    assert asked.status.status_code is StatusCode.UNSET  # whoever asks knows whether that is one
    (headers,) = heard
    expected = f"00-{asked.context.trace_id:032x}-{asked.context.span_id:016x}-"
    assert headers["traceparent"].startswith(expected)
    assert int(headers["traceparent"][-2:], 16) & 1
    assert CANARY not in asked.to_json()


async def test_what_a_server_fails_at_is_an_error(kept: InMemorySpanExporter) -> None:
    with traced(kept).span("above", Context(), SpanKind.SERVER):
        async with answering(lambda _: httpx.Response(503)) as http:
            await http.post("http://pricing/", json={"secret": CANARY})
    asked, above = kept.get_finished_spans()
    assert (asked.status.status_code, above.status.status_code) == (StatusCode.ERROR, StatusCode.UNSET)
    assert (asked.attributes or {})["http.response.status_code"] == 503
    assert CANARY not in asked.to_json()


async def test_a_server_that_is_away_is_an_error_without_secrets(kept: InMemorySpanExporter) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(f"http://offering:{CANARY}@pricing refuses", request=request)

    with traced(kept).span("above", Context(), SpanKind.SERVER):
        async with answering(answer) as http:
            with pytest.raises(httpx.ConnectError):
                await http.get("http://pricing/")
    asked, above = kept.get_finished_spans()
    assert (asked.status.status_code, above.status.status_code) == (StatusCode.ERROR, StatusCode.UNSET)
    assert (asked.attributes or {})["error.type"] == "ConnectError"
    assert CANARY not in asked.to_json()


async def test_who_hangs_up_has_not_failed(kept: InMemorySpanExporter) -> None:
    class Silent(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await asyncio.sleep(60)
            raise AssertionError

    with traced(kept).span("above", Context(), SpanKind.SERVER):
        async with client("pricing", Silent()) as http:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.01):
                    await http.get("http://pricing/")
    asked, _ = kept.get_finished_spans()
    assert asked.status.status_code is StatusCode.UNSET


async def test_in_a_trace_that_is_not_written_the_ids_go_on_and_the_caller_is_no_error(
    kept: InMemorySpanExporter,
) -> None:
    """What a server fails at may be mended by whoever asks, who is written only for errors of its own."""
    heard: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        heard.append(request.headers["traceparent"])
        return httpx.Response(503)

    with traced(kept, ratio=0).span("above", Context(), SpanKind.SERVER):
        trace = current_trace_id()
        async with answering(answer) as http:
            await http.get("http://pricing/")
    (told,) = heard
    assert told.split("-")[1] == trace
    assert int(told[-2:], 16) & 1 == 0
    assert kept.get_finished_spans() == ()


async def test_outside_a_trace_nothing_is_told_and_nothing_sent(kept: InMemorySpanExporter) -> None:
    heard: list[httpx.Headers] = []

    def answer(request: httpx.Request) -> httpx.Response:
        heard.append(request.headers)
        return httpx.Response(200)

    async with answering(answer) as http:
        await http.get("http://pricing/")
    (headers,) = heard
    assert "traceparent" not in headers
    assert kept.get_finished_spans() == ()
