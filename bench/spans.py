"""What a span costs where it is made, and on the thread that sends it."""

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from statistics import median
from typing import Any, cast

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.exporter.zipkin.json.v2 import JsonV2Encoder
from opentelemetry.exporter.zipkin.node_endpoint import NodeEndpoint
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.trace import SpanKind
from rich.table import Table

from kernel.metrics import Metrics
from kernel.settings import TraceSettings
from kernel.tracing import Tracing, extract, inject, within

_TIMES, _ROUNDS, _BATCH = 3000, 7, 512
_ROOT = Context()
_CALLER = {"traceparent": f"00-{'a' * 32}-{'b' * 16}-03"}
_TOLD: Mapping[str, Any] = {
    "db.system.name": "postgresql",
    "db.namespace": "characteristic",
    "db.query.text": "SELECT characteristic.version, characteristic.body FROM characteristic WHERE id = $1",
}


class Deaf(SpanProcessor):
    """Reads no span, so that the making of one is measured alone."""


class Kept(SpanProcessor):
    """Keeps what has ended."""

    def __init__(self) -> None:
        self.spans: list[ReadableSpan] = []

    def on_end(self, span: ReadableSpan) -> None:
        """See `SpanProcessor`."""
        self.spans.append(span)


def _tracing(ratio: float, *readers: SpanProcessor) -> Tracing:
    return Tracing("bench", TraceSettings(trace_ratio=ratio), readers)


def _block(make: Callable[[], AbstractContextManager[Any]]) -> Callable[[], object]:
    def once() -> None:
        with make():
            pass

    return once


def _encoders() -> dict[str, Callable[[], object]]:
    """What makes a batch of statements' spans ready to be sent."""
    kept = Kept()
    tracing = _tracing(1.0, kept)
    with tracing.span("GET /characteristics/{id}", _ROOT, SpanKind.SERVER):
        for _ in range(_BATCH):
            with within("SELECT characteristic", attributes=_TOLD):
                pass
    zipkin, here = JsonV2Encoder(), NodeEndpoint()
    return {
        "one of a batch encoded for Zipkin": lambda: zipkin.serialize(cast(Any, kept.spans), here),
        "one of a batch encoded for OTLP": lambda: encode_spans(kept.spans).SerializeToString(),
    }


def costs() -> dict[str, float]:
    """Microseconds of CPU for each, the middle of rounds that alternate."""
    unread, unrecorded, recorded = _tracing(1.0), _tracing(0.0, Deaf()), _tracing(1.0, Deaf())
    answered = Metrics("bench").requests.answered

    def span(tracing: Tracing) -> Callable[[], object]:
        return _block(lambda: tracing.span("GET /characteristics/1", _ROOT, SpanKind.SERVER))

    def below() -> AbstractContextManager[Any]:
        return within("SELECT characteristic", attributes=_TOLD)

    def in_span(tracing: Tracing, call: Callable[[], object]) -> float:
        with tracing.span("GET /characteristics/1", _ROOT, SpanKind.SERVER):
            return _once(call, _TIMES)

    encoders = _encoders()
    measured: dict[str, Callable[[], float]] = {
        "a span that nobody reads": lambda: _once(span(unread), _TIMES),
        "a span of a trace that is not written": lambda: _once(span(unrecorded), _TIMES),
        "a span that is written": lambda: _once(span(recorded), _TIMES),
        "`within` outside a written span": lambda: in_span(unrecorded, _block(below)),
        "`within` a written span, three attributes": lambda: in_span(recorded, _block(below)),
        "read a caller's trace context": lambda: _once(lambda: extract(_CALLER), _TIMES),
        "write one": lambda: in_span(unrecorded, inject),
        "note a request in the metrics": lambda: _once(
            lambda: answered("GET", "/characteristics/{id}", 200, 0.003), _TIMES
        ),
        **{name: lambda call=call: _once(call, 1) / _BATCH for name, call in encoders.items()},  # type: ignore[misc]
    }
    rounds = [{name: measure() for name, measure in measured.items()} for _ in range(_ROUNDS)]
    return {name: median(one[name] for one in rounds) for name in measured}


def _once(call: Callable[[], object], times: int) -> float:
    begin = time.process_time_ns()
    for _ in range(times):
        call()
    return (time.process_time_ns() - begin) / times / 1000


def table() -> Table:
    """Measure, and lay out."""
    found = costs()
    floor = next(iter(found.values()))
    made = Table("tracing, of one", "CPU us", "x the ids alone")
    for name, cost in found.items():
        made.add_row(name, f"{cost:.1f}", f"{cost / floor:.1f}")
    return made
