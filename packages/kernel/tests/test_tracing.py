"""Ids where nobody reads spans: the same as those of spans, for less."""

import asyncio
import re

import pytest
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import SpanKind, StatusCode

from kernel.errors import Unavailable
from kernel.settings import TraceSettings
from kernel.tracing import Tracing, child, current_trace_id, extract, failed, inject, within

ABOVE = {"traceparent": f"00-{'ab' * 16}-{'cd' * 8}-03", "tracestate": "vendor=1"}
ABOVE_UNSAMPLED = {"traceparent": f"00-{'ab' * 16}-{'cd' * 8}-02"}


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

    library = TracerProvider(sampler=ALWAYS_OFF, shutdown_on_exit=False).get_tracer("x")
    with library.start_as_current_span("x", extract(headers)) as span:
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


@pytest.fixture
def kept() -> InMemorySpanExporter:
    return InMemorySpanExporter()


def traced(kept: InMemorySpanExporter, ratio: float = 1) -> Tracing:
    return Tracing("t", TraceSettings(trace_ratio=ratio), [SimpleSpanProcessor(kept)])


def test_what_is_read_is_written(kept: InMemorySpanExporter) -> None:
    with traced(kept).span("x", Context(), SpanKind.SERVER) as span:
        assert span.is_recording()
    assert [one.name for one in kept.get_finished_spans()] == ["x"]


@pytest.mark.parametrize(("flags", "written"), [("00", 0), ("01", 1), ("02", 0), ("03", 1)])
@pytest.mark.parametrize("ratio", [0, 1])
def test_a_trace_is_written_as_a_whole_or_not_at_all(
    kept: InMemorySpanExporter, flags: str, written: int, ratio: float
) -> None:
    with traced(kept, ratio).span(
        "x", extract({"traceparent": ABOVE["traceparent"][:-2] + flags}), SpanKind.SERVER
    ):
        told = inject()["traceparent"]
    assert int(told[-2:], 16) & 1 == written
    assert len(kept.get_finished_spans()) == written


def test_of_new_traces_the_share_is_written_that_was_asked_for(kept: InMemorySpanExporter) -> None:
    tracing = traced(kept, 0.25)
    for _ in range(2000):
        with tracing.span("x", Context(), SpanKind.SERVER):
            pass
    assert 400 < len(kept.get_finished_spans()) < 600  # 500, and five deviations of 19 to both sides


def test_what_is_below_a_span_is_written_with_it(kept: InMemorySpanExporter) -> None:
    tracing = traced(kept)
    with tracing.span("above", Context(), SpanKind.SERVER) as above:
        with within("GET pricing", attributes={"peer.service": "pricing"}):
            child("SELECT price").end()
        assert trace.get_current_span() is above
    leaf, middle, root = kept.get_finished_spans()
    assert [leaf.name, middle.name, root.name] == ["SELECT price", "GET pricing", "above"]
    assert (leaf.parent, middle.parent, root.parent) == (middle.context, root.context, None)
    assert (leaf.kind, middle.kind) == (SpanKind.CLIENT, SpanKind.CLIENT)
    assert middle.attributes == {"peer.service": "pricing"}
    assert {one.resource.attributes["service.name"] for one in (leaf, middle, root)} == {"t"}


def test_in_one_process_what_is_below_belongs_to_the_service_it_is_in(kept: InMemorySpanExporter) -> None:
    one, other = traced(kept), Tracing("other", TraceSettings(), [SimpleSpanProcessor(kept)])
    with one.span("asks", Context(), SpanKind.SERVER):
        with other.span("is asked", extract(inject()), SpanKind.SERVER), within("looks"):
            pass
        with within("looks again"):
            pass
    told = [(span.name, span.resource.attributes["service.name"]) for span in kept.get_finished_spans()]
    assert told == [("looks", "other"), ("is asked", "other"), ("looks again", "t"), ("asks", "t")]


@pytest.mark.parametrize("ratio", [0, 1])
def test_without_a_span_that_is_written_there_is_none_below(kept: InMemorySpanExporter, ratio: float) -> None:
    with within("x") as span:
        assert not span.is_recording()
    assert not child("x").is_recording()
    with traced(kept, 0).span("above", Context(), SpanKind.SERVER) as above, within("x"):
        assert trace.get_current_span() is above
    assert kept.get_finished_spans() == ()


@pytest.mark.parametrize("ratio", [0, 1])
def test_what_fails_is_written_without_what_nobody_redacted(kept: InMemorySpanExporter, ratio: float) -> None:
    tracing = traced(kept, ratio)
    with (
        pytest.raises(ValueError, match="hunter2"),
        tracing.receiving("price.defined.v1", ABOVE_UNSAMPLED, again=True),
    ):
        raise ValueError("password=hunter2")
    if ratio:
        with pytest.raises(KeyError), tracing.span("x", Context(), SpanKind.SERVER), within("below"):
            raise KeyError("token=hunter2")
    first, *others = kept.get_finished_spans()
    assert first.name == "price.defined.v1 process"
    assert first.context is not None
    assert first.parent is not None
    assert (f"{first.context.trace_id:032x}", f"{first.parent.span_id:016x}") == ("ab" * 16, "cd" * 8)
    assert [link.context.span_id for link in first.links] == [first.parent.span_id]
    assert first.attributes == {"messaging.redelivered": True, "error.type": "ValueError"}
    assert len(others) == 2 * ratio
    for one in (first, *others):
        assert one.status.status_code is StatusCode.ERROR
        assert "hunter2" not in one.to_json()
        assert "Traceback" not in one.to_json()
        assert not one.events


async def test_who_gives_up_has_not_failed(kept: InMemorySpanExporter) -> None:
    async def wait() -> None:
        with tracing.span("x", Context(), SpanKind.SERVER), within("y"):
            await asyncio.sleep(60)

    tracing = traced(kept)
    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [one.status.status_code for one in kept.get_finished_spans()] == [StatusCode.UNSET] * 2


@pytest.mark.parametrize("ratio", [0, 1])
def test_who_catches_an_error_can_tell_of_it(kept: InMemorySpanExporter, ratio: float) -> None:
    with traced(kept, ratio).span("x", Context(), SpanKind.SERVER):
        failed(Unavailable("The store is away."))
    (span,) = kept.get_finished_spans()
    assert (span.status.status_code, span.status.description) == (
        StatusCode.ERROR,
        "Unavailable: The store is away.",
    )


def test_what_is_asked_all_the_time_is_never_written(kept: InMemorySpanExporter) -> None:
    with traced(kept).ids(extract(ABOVE)):
        assert current_trace_id() == "ab" * 16
        failed(ValueError("x"))
    assert kept.get_finished_spans() == ()


def test_the_messages_of_a_trace_are_told_with_what_is_known_of_them(kept: InMemorySpanExporter) -> None:
    tracing = traced(kept)
    with tracing.publishing("a.b.v1", ABOVE, {"messaging.system": "bus"}):
        pass
    with tracing.receiving("a.b.v1", ABOVE, again=False, attributes={"messaging.system": "bus"}):
        pass
    published, received = kept.get_finished_spans()
    assert (published.name, published.kind) == ("a.b.v1 publish", SpanKind.PRODUCER)
    assert (received.name, received.kind) == ("a.b.v1 process", SpanKind.CONSUMER)
    assert published.attributes == received.attributes == {"messaging.system": "bus"}
    assert not received.links
