"""Where spans go to: the collector that the settings name, or nowhere."""

import os
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from opentelemetry.metrics import MeterProvider
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from kernel.logging import get_logger
from kernel.settings import TraceSettings

if TYPE_CHECKING:
    import requests

TIMEOUT = 2
"""Seconds for a batch; a dead collector costs a background thread two seconds, and requests nothing."""
QUEUE = 4096
"""Spans that wait to be sent, about 3 KB each; when there are more the oldest are dropped, and counted."""
_SAID = 30.0  # seconds between two lines that say that spans cannot be sent
_log = get_logger(__name__)


def exporting(
    settings: TraceSettings, meter_provider: MeterProvider | None = None
) -> Sequence[SpanProcessor]:
    """What sends spans to where the settings say, in batches, on a thread of its own; nothing for `none`."""
    exporter = _exporter(settings)
    if exporter is None:
        return ()
    os.environ.setdefault("OTEL_PYTHON_SDK_INTERNAL_METRICS_ENABLED", "true")  # or it counts nothing
    queue = BatchSpanProcessor(
        Sparing(exporter), max_queue_size=QUEUE, schedule_delay_millis=500, meter_provider=meter_provider
    )
    return (queue,)


class Sparing(SpanExporter):
    """Sends what another exporter sends; of what cannot be sent the log has one line each half a minute.

    The libraries write a page for each batch.
    """

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._lost = 0
        self._silent_until = 0.0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """See `SpanExporter`."""
        reason: object = "refused"
        try:
            if self._exporter.export(spans) is SpanExportResult.SUCCESS:
                return SpanExportResult.SUCCESS
        except Exception as error:
            reason = error
        self._lost += len(spans)
        if time.monotonic() >= self._silent_until:
            _log.warning("spans.unsent", spans=self._lost, error=reason)
            self._lost, self._silent_until = 0, time.monotonic() + _SAID
        return SpanExportResult.FAILURE

    def shutdown(self) -> None:
        """See `SpanExporter`."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """See `SpanExporter`."""
        return self._exporter.force_flush(timeout_millis)


def _exporter(settings: TraceSettings) -> SpanExporter | None:
    """The exporters are behind the extra `tracing`."""
    endpoint = str(settings.trace_endpoint) if settings.trace_endpoint else None
    match settings.trace_exporter:
        case "none":
            return None
        case "zipkin":
            from opentelemetry.exporter.zipkin.json import ZipkinExporter

            return ZipkinExporter(endpoint=endpoint, timeout=TIMEOUT, session=_session())
        case "otlp":
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

            return OTLPSpanExporter(endpoint=endpoint, timeout=TIMEOUT, session=_session())


def _session() -> "requests.Session":
    """A way to a collector that never goes through a proxy: what is sent there is internal."""
    import requests

    session = requests.Session()
    session.trust_env = False
    return session
