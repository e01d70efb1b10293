"""Where spans go: what cannot be sent costs nobody anything, and is told once."""

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

import pytest
from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import SpanKind
from prometheus_client.parser import text_string_to_metric_families
from pydantic import AnyHttpUrl
from structlog.testing import capture_logs

from kernel.exporting import QUEUE, Sparing, exporting
from kernel.metrics import Metrics
from kernel.settings import TraceSettings
from kernel.tracing import Tracing


class _Collector(BaseHTTPRequestHandler):
    received: list[tuple[str, bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.received.append((f"{self.path} {self.headers['content-type']}", body))
        self.send_response(202 if "zipkin" in self.path else 200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture
def collector() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    received: list[tuple[str, bytes]] = []
    handler = type("Handler", (_Collector,), {"received": received})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", received
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("exporter", "path", "told"),
    [("zipkin", "/zipkin", "/zipkin application/json"), ("otlp", "/v1", "/v1 application/x-protobuf")],
)
def test_spans_are_sent_when_the_app_ends(
    collector: tuple[str, list[tuple[str, bytes]]], exporter: Literal["zipkin", "otlp"], path: str, told: str
) -> None:
    url, received = collector
    settings = TraceSettings(trace_exporter=exporter, trace_endpoint=AnyHttpUrl(url + path), trace_ratio=1)
    tracing = Tracing("t", settings)
    with tracing.span("a span", Context(), SpanKind.SERVER):
        pass
    tracing.close()
    ((what, body),) = received
    assert what == told
    assert b"a span" in body


def test_nothing_is_exported_to_nowhere() -> None:
    assert exporting(TraceSettings()) == ()


class _Broken(SpanExporter):
    def __init__(self, *, raises: bool) -> None:
        self.raises = raises
        self.asked = 0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.asked += 1
        if self.raises:
            raise OSError("no route")
        return SpanExportResult.FAILURE


@pytest.mark.parametrize(("raises", "error"), [(True, "no route"), (False, "refused")])
def test_what_cannot_be_sent_is_said_once(raises: bool, error: str) -> None:
    broken = _Broken(raises=raises)
    sparing = Sparing(broken)
    spans = [ReadableSpan("x")] * 3
    with capture_logs() as lines:
        for _ in range(5):
            assert sparing.export(spans) is SpanExportResult.FAILURE
    assert broken.asked == 5
    assert [(line["event"], line["spans"], str(line["error"])) for line in lines] == [
        ("spans.unsent", 3, error)
    ]


def test_a_silent_collector_holds_back_nobody_and_the_oldest_are_dropped() -> None:
    """A port that accepts and never answers: the queue fills, and a span costs what it costs otherwise."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = AnyHttpUrl(f"http://127.0.0.1:{silent.getsockname()[1]}/spans")
        metrics = Metrics("t")
        (queue,) = exporting(TraceSettings(trace_exporter="zipkin", trace_endpoint=url), metrics.meters)
        tracing = Tracing("t", TraceSettings(trace_ratio=1), [queue])
        for _ in range(QUEUE + 1000):
            with tracing.span("x", Context(), SpanKind.SERVER):
                pass
        assert len(queue._batch_processor._queue) <= QUEUE  # type: ignore[attr-defined]
        told = text_string_to_metric_families(asyncio.run(metrics.told()).decode())
        counted = {
            one.labels.get("error_type", ""): one.value
            for family in told
            for one in family.samples
            if one.name == "otel_sdk_processor_span_processed_total"
        }
        # of the first batch nobody knows what becomes of it: it is on its way to the silent collector
        assert 1000 - 512 <= counted["queue_full"] <= 1000
        began = time.monotonic()
        tracing.close()
        assert time.monotonic() - began < 5
