"""Spans and trace ids. A trace id exists for every request, whether or not spans are exported."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from threading import Thread

from opentelemetry import trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ParentBasedTraceIdRatio
from opentelemetry.trace import Link, NonRecordingSpan, Span, SpanContext, SpanKind, TraceFlags
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from kernel.settings import TraceSettings

_EXPORT_TIMEOUT = 2  # seconds; a dead collector costs a background thread two seconds, and requests nothing
_CLOSING = 3  # seconds
_W3C = TraceContextTextMapPropagator()
_IDS = RandomIdGenerator()
_RANDOM = TraceFlags(TraceFlags.RANDOM_TRACE_ID)  # and not sampled


class Tracing:
    """The spans of one service. Several services in one process have one each, so nothing here is global."""

    def __init__(self, service: str, settings: TraceSettings, *processors: SpanProcessor) -> None:
        self.service = service
        exporter = _exporter(settings)
        read = exporter is not None or processors  # what nobody will read is not written: ids are enough
        self._provider = TracerProvider(
            resource=Resource.create({"service.name": service}),
            sampler=ParentBasedTraceIdRatio(settings.trace_ratio) if read else ALWAYS_OFF,
            shutdown_on_exit=False,
        )
        if exporter is not None:
            self._provider.add_span_processor(
                BatchSpanProcessor(exporter, max_queue_size=4096, schedule_delay_millis=500)
            )
        for processor in processors:
            self._provider.add_span_processor(processor)
        self.tracer = self._provider.get_tracer("catalog")
        self._read = bool(read)

    def close(self) -> None:
        """Send what is left and stop. Blocks for three seconds at most: call it off the event loop.

        The library would wait for a silent collector far longer than a process may take to stop.
        """
        closing = Thread(target=self._provider.shutdown, daemon=True)
        closing.start()
        closing.join(_CLOSING)

    def span(
        self, name: str, parent: Context, kind: SpanKind, links: Sequence[Link] = ()
    ) -> AbstractContextManager[Span]:
        """A new span, the present one in the block. When nobody reads spans it is no more than its ids."""
        if self._read:
            return self.tracer.start_as_current_span(name, parent, kind, links=links)
        return _Unread(parent)

    @contextmanager
    def receiving(self, what: str, headers: Mapping[str, str], *, again: bool) -> Iterator[None]:
        """The span of the handling of a message, in the trace that its headers name.

        A message that comes `again` gets another span, linked to what it continues: both can be told apart.
        """
        parent = extract(headers)
        links = [Link(trace.get_current_span(parent).get_span_context())] if again else []
        with self.span(f"{what} process", parent, SpanKind.CONSUMER, links):
            yield

    @contextmanager
    def publishing(self, what: str, headers: Mapping[str, str]) -> Iterator[None]:
        """The span of the publishing of a message, in the trace that wrote it, however long ago.

        Nothing is logged in it, so there is none when nobody reads spans.
        """
        if not self._read:
            yield
            return
        with self.tracer.start_as_current_span(f"{what} publish", extract(headers), SpanKind.PRODUCER):
            yield


class _Unread:
    """The ids of a span, for logs, answers and whom we call: 3 us, where a span of the library costs 7."""

    def __init__(self, parent: Context) -> None:
        above = trace.get_current_span(parent).get_span_context()
        if above.is_valid:
            trace_id, flags = above.trace_id, TraceFlags(above.trace_flags & TraceFlags.RANDOM_TRACE_ID)
        else:
            trace_id, flags = _IDS.generate_trace_id(), _RANDOM
        ids = SpanContext(trace_id, _IDS.generate_span_id(), False, flags, above.trace_state)
        self._span = NonRecordingSpan(ids)

    def __enter__(self) -> Span:
        self._before = attach(trace.set_span_in_context(self._span))
        return self._span

    def __exit__(self, *_: object) -> None:
        detach(self._before)


def inject() -> dict[str, str]:
    """The present trace context as W3C headers; empty outside any span."""
    span = trace.get_current_span().get_span_context()
    if not span.is_valid:
        return {}
    headers = {"traceparent": f"00-{span.trace_id:032x}-{span.span_id:016x}-{span.trace_flags:02x}"}
    if span.trace_state:
        headers["tracestate"] = span.trace_state.to_header()
    return headers


def extract(headers: Mapping[str, str]) -> Context:
    """The trace context in W3C `traceparent` and `tracestate` headers; an empty one when there is none."""
    return _W3C.extract(headers, context=Context())


def current_trace_id() -> str:
    """The present trace id in 32 hex digits, or "" outside any span."""
    span = trace.get_current_span().get_span_context()
    return f"{span.trace_id:032x}" if span.is_valid else ""


def _exporter(settings: TraceSettings) -> SpanExporter | None:
    endpoint = str(settings.trace_endpoint) if settings.trace_endpoint else None
    match settings.trace_exporter:
        case "none":
            return None
        case "zipkin":
            from opentelemetry.exporter.zipkin.json import ZipkinExporter  # behind the extra `tracing`

            return ZipkinExporter(endpoint=endpoint, timeout=_EXPORT_TIMEOUT)
        case "otlp":
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

            return OTLPSpanExporter(endpoint=endpoint, timeout=_EXPORT_TIMEOUT)
