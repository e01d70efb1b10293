"""Commands as spans of the trace they belong to; what is in them is not told."""

from opentelemetry.trace import Span, Status, StatusCode
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

from kernel.tracing import child


class CommandSpans(CommandListener):
    """Makes a span of each command whose trace is written. The driver tells of it in the caller's task."""

    def __init__(self) -> None:
        self._running: dict[int, Span] = {}

    def started(self, event: CommandStartedEvent) -> None:
        """See `CommandListener`."""
        subject = event.command.get(event.command_name)
        name = f"{event.command_name} {subject}" if isinstance(subject, str) else event.command_name
        span = child(name, attributes={"db.system.name": "mongodb", "db.namespace": event.database_name})
        if span.is_recording():
            self._running[event.request_id] = span

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """See `CommandListener`."""
        self._end(event.request_id)

    def failed(self, event: CommandFailedEvent) -> None:
        """See `CommandListener`."""
        said = (event.failure.get(name) for name in ("codeName", "code", "errtype"))
        error = str(next(filter(None, said), "failed"))
        self._end(event.request_id, "" if error == "CancelledError" else error)  # who gives up has not failed

    def _end(self, request_id: int, error: str = "") -> None:
        span = self._running.pop(request_id, None)
        if span is None:
            return
        if error:
            span.set_attribute("error.type", error)
            span.set_status(Status(StatusCode.ERROR))
        span.end()
