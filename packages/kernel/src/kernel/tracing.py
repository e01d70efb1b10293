"""Spans and trace ids. A trace id exists for every request, whether or not spans are exported.

Whether a trace is written is decided where it begins, by `trace_ratio`, and travels with its context. A span
of a trace that is not written costs its ids alone; if it ends in an error it is written nevertheless.
"""

import random
import time
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import Thread
from types import MappingProxyType, TracebackType
from typing import Any, cast

from opentelemetry import trace
from opentelemetry.context import Context, attach, detach, get_value, set_value
from opentelemetry.metrics import MeterProvider
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import AttributeValue

from kernel.exporting import exporting
from kernel.redaction import reason_of
from kernel.settings import TraceSettings

_CLOSING = 3  # seconds
_W3C = TraceContextTextMapPropagator()
_IDS = RandomIdGenerator()
_RANDOM = TraceFlags(TraceFlags.RANDOM_TRACE_ID)  # and not sampled
_NO_ATTRIBUTES: Mapping[str, AttributeValue] = MappingProxyType({})
MESSAGE_ID = "messaging.message.id"
"""The attribute of the spans of a message that has its id."""
REDELIVERED = "messaging.redelivered"
"""The attribute of the span of a message, or a task, that may have been handled before."""
_WHOSE = "catalog-tracing"
"""Where a context keeps the `Tracing` of its span: several services in one process have one each."""


class Tracing:
    """The spans of one service. Several services in one process have one each, so nothing here is global.

    `readers` get the spans besides the exporter that the settings name. `meter_provider` counts what the
    exporter's queue has sent and dropped.
    """

    def __init__(
        self,
        service: str,
        settings: TraceSettings,
        readers: Sequence[SpanProcessor] = (),
        *,
        meter_provider: MeterProvider | None = None,
    ) -> None:
        self.service = service
        self._ratio = settings.trace_ratio
        self._readers = [*exporting(settings, meter_provider), *readers]
        self._provider = TracerProvider(
            resource=Resource.create({"service.name": service}),
            sampler=ALWAYS_ON,  # whom we ask for a span has been chosen: see `span`
            shutdown_on_exit=False,
        )
        for reader in self._readers:
            self._provider.add_span_processor(reader)
        self.tracer = self._provider.get_tracer("catalog")

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
        """A new span, the present one in the block. An exception that leaves the block makes it an error.

        What nobody reads, or what is not among the traces that are written, is no more than its ids.
        """
        above = trace.get_current_span(parent).get_span_context()
        if not self._readers:
            return _Unread(above)
        # A trace is written as a whole or not at all, so only its first span is chosen. (The library's own
        # samplers decide the same, once it has made most of the span.)
        if above.trace_flags.sampled if above.is_valid else random.random() < self._ratio:  # noqa: S311
            return _Recorded(self, name, parent, kind, links)
        return _Unrecorded(self, name, above, kind, links)

    def ids(self, parent: Context) -> AbstractContextManager[Span]:
        """The ids of a span that is never written, for what is asked all the time."""
        return _Unread(trace.get_current_span(parent).get_span_context())

    @contextmanager
    def receiving(
        self,
        what: str,
        headers: Mapping[str, str],
        *,
        again: bool,
        attributes: Mapping[str, AttributeValue] = _NO_ATTRIBUTES,
    ) -> Iterator[None]:
        """The span of the handling of a message, in the trace that its headers name.

        A message that comes `again` gets another span, linked to what it continues: both can be told apart.
        It says so itself, too, because Zipkin knows no links.
        """
        parent = extract(headers)
        links = [Link(trace.get_current_span(parent).get_span_context())] if again else []
        with self.span(f"{what} process", parent, SpanKind.CONSUMER, links) as span:
            span.set_attributes({**attributes, REDELIVERED: True} if again else attributes)
            yield

    @contextmanager
    def publishing(
        self,
        what: str,
        headers: Mapping[str, str],
        attributes: Mapping[str, AttributeValue] = _NO_ATTRIBUTES,
    ) -> Iterator[None]:
        """The span of the publishing of a message, in the trace that wrote it, however long ago.

        Nothing is logged in it, so there is none when nobody reads spans.
        """
        if not self._readers:
            yield
            return
        with self.span(f"{what} publish", extract(headers), SpanKind.PRODUCER) as span:
            span.set_attributes(attributes)
            yield

    def _write(self, span: "_Unrecorded") -> None:
        """Hand to those who read spans one that was not to be written, as if it had been."""
        written = span.written(self._provider.resource, self.tracer)
        for reader in self._readers:
            reader.on_end(written)


def within(
    name: str, kind: SpanKind = SpanKind.CLIENT, attributes: Mapping[str, AttributeValue] = _NO_ATTRIBUTES
) -> AbstractContextManager[Span]:
    """A span below the present one, of the same service; no span where the present one is not written.

    Whatever the block says of its span is then said of none: the present one is not its own.
    """
    tracing = get_value(_WHOSE) if trace.get_current_span().is_recording() else None
    if tracing is None:
        return nullcontext(trace.INVALID_SPAN)
    return _Recorded(cast(Tracing, tracing), name, None, kind, (), attributes)


def child(
    name: str, kind: SpanKind = SpanKind.CLIENT, attributes: Mapping[str, AttributeValue] = _NO_ATTRIBUTES
) -> Span:
    """The same, but it is not made the present one, and ends when it is told to."""
    tracing = get_value(_WHOSE) if trace.get_current_span().is_recording() else None
    if tracing is None:
        return trace.INVALID_SPAN
    return cast(Tracing, tracing).tracer.start_span(name, None, kind, attributes)


def failed(error: BaseException) -> None:
    """Make the present span an error, for who catches what went wrong in it."""
    _fail(trace.get_current_span(), error)


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


class _Recorded(AbstractContextManager[Span]):
    """A span of the library, without its record of exceptions, in which nobody has redacted anything."""

    def __init__(
        self,
        tracing: Tracing,
        name: str,
        parent: Context | None,
        kind: SpanKind,
        links: Sequence[Link],
        attributes: Mapping[str, AttributeValue] = _NO_ATTRIBUTES,
    ) -> None:
        self._tracing = tracing
        self._span = tracing.tracer.start_span(name, parent, kind, attributes, links)

    def __enter__(self) -> Span:
        self._before = attach(set_value(_WHOSE, self._tracing, trace.set_span_in_context(self._span)))
        return self._span

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        detach(self._before)
        if isinstance(error, Exception):
            _fail(self._span, error)
        self._span.end()


class _Unread(NonRecordingSpan):
    """The ids of a span, for logs, answers and whom we call: 3 us, where a span of the library costs 20."""

    def __init__(self, above: SpanContext) -> None:
        if above.is_valid:
            trace_id, flags = above.trace_id, TraceFlags(above.trace_flags & TraceFlags.RANDOM_TRACE_ID)
        else:
            trace_id, flags = _IDS.generate_trace_id(), _RANDOM
        super().__init__(SpanContext(trace_id, _IDS.generate_span_id(), False, flags, above.trace_state))

    def __enter__(self) -> Span:
        self._before = attach(trace.set_span_in_context(self))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        detach(self._before)


class _Unrecorded(_Unread):
    """What is not to be written, and is when it has become an error."""

    def __init__(
        self, tracing: Tracing, name: str, above: SpanContext, kind: SpanKind, links: Sequence[Link]
    ) -> None:
        super().__init__(above)
        self._tracing, self._name, self._kind, self._links = tracing, name, kind, links
        self._above = above if above.is_valid else None
        self._begin = time.time_ns()
        self._status: Status | None = None
        self._attributes: MutableMapping[str, AttributeValue] | None = None

    def set_status(self, status: Status | StatusCode, description: str | None = None) -> None:
        """See `Span`."""
        self._status = status if isinstance(status, Status) else Status(status, description)

    def set_attributes(self, attributes: Mapping[str, AttributeValue]) -> None:
        """See `Span`."""
        self._attributes = {**(self._attributes or {}), **attributes}

    def set_attribute(self, key: str, value: AttributeValue) -> None:
        """See `Span`."""
        self.set_attributes({key: value})

    def update_name(self, name: str) -> None:
        """See `Span`."""
        self._name = name

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, where)
        if isinstance(error, Exception):
            _fail(self, error)
        if self._status is not None and self._status.status_code is StatusCode.ERROR:
            self._tracing._write(self)

    def written(self, resource: Resource, tracer: Any) -> ReadableSpan:
        """The span as the library has it when it has ended."""
        ids = self.get_span_context()
        sampled = TraceFlags(ids.trace_flags | TraceFlags.SAMPLED)
        return ReadableSpan(
            name=self._name,
            context=SpanContext(ids.trace_id, ids.span_id, False, sampled, ids.trace_state),
            parent=self._above,
            resource=resource,
            attributes=self._attributes or {},
            links=self._links,
            kind=self._kind,
            status=self._status or Status(),
            start_time=self._begin,
            end_time=time.time_ns(),
            instrumentation_scope=tracer._instrumentation_scope,
        )


def _fail(span: Span, error: BaseException) -> None:
    """Tell of an error what the log may tell, too: its kind and its redacted text, and not where it was."""
    span.set_attribute("error.type", type(error).__name__)
    span.set_status(Status(StatusCode.ERROR, reason_of(error)))
