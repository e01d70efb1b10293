"""Ids where nobody reads spans: the same as those of spans, for less."""

import re

import pytest
from opentelemetry.context import Context
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from kernel.settings import TraceSettings
from kernel.tracing import Tracing, current_trace_id, extract, inject

ABOVE = {"traceparent": f"00-{'ab' * 16}-{'cd' * 8}-03", "tracestate": "vendor=1"}


@pytest.fixture
def unread() -> Tracing:
    return Tracing("t", TraceSettings())


def test_ids_are_valid_random_and_not_sampled(unread: Tracing) -> None:
    seen = set()
    for _ in range(100):
        with unread.span("x", Context(), SpanKind.SERVER):
            given = inject()
            assert given.keys() == {"traceparent"}
            found = re.fullmatch("00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})", given["traceparent"])
            assert found is not None
            assert found[1] == current_trace_id() != "0" * 32
            assert found[2] != "0" * 16
            assert int(found[3], 16) & 1 == 0
            seen |= {found[1], found[2]}
        assert current_trace_id() == ""
    assert len(seen) == 200


def test_the_callers_trace_goes_on(unread: Tracing) -> None:
    with unread.span("x", extract(ABOVE), SpanKind.SERVER):
        assert current_trace_id() == "ab" * 16
        given = inject()
    _, trace_id, span_id, flags = given["traceparent"].split("-")
    assert (trace_id, flags, given["tracestate"]) == ("ab" * 16, "02", "vendor=1")
    assert span_id != "cd" * 8


@pytest.mark.parametrize("headers", [{}, ABOVE])
def test_the_library_would_say_the_same(unread: Tracing, headers: dict[str, str]) -> None:
    def told() -> tuple[int, object, bool]:
        ids = span.get_span_context()
        return int(ids.trace_flags), dict(ids.trace_state), span.is_recording()

    with unread.tracer.start_as_current_span("x", extract(headers)) as span:
        theirs = told()
    with unread.span("x", extract(headers), SpanKind.SERVER) as span:
        assert told() == theirs


def test_the_present_span_is_the_one_before_again_also_after_a_fault(unread: Tracing) -> None:
    with unread.span("outer", Context(), SpanKind.SERVER):
        outer = inject()
        inner = unread.span("inner", Context(), SpanKind.SERVER)
        with pytest.raises(ValueError, match="x"), inner:
            raise ValueError("x")
        assert inject() == outer
        with unread.span("inner", Context(), SpanKind.SERVER):
            assert inject() != outer
        assert inject() == outer


def test_what_is_read_is_written() -> None:
    kept = InMemorySpanExporter()
    tracing = Tracing("t", TraceSettings(), SimpleSpanProcessor(kept))
    with tracing.span("x", Context(), SpanKind.SERVER) as span:
        assert span.is_recording()
    assert [one.name for one in kept.get_finished_spans()] == ["x"]
    tracing.close()
