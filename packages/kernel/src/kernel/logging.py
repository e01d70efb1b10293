"""Structured logs: one JSON object a line, or a readable line on a terminal.

An event is named `noun.verb` ("token.refused") and carries fields; never a sentence with values in it.
"""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import structlog
from opentelemetry import trace
from structlog.stdlib import ProcessorFormatter
from structlog.typing import FilteringBoundLogger, Processor

from kernel.redaction import redact
from kernel.settings import LogSettings

_NOISY = ("httpx", "httpcore", "urllib3", "asyncio", "uvicorn.access", "uvicorn.error", "alembic")
_LOUD = ("aiormq", "aio_pika")
"""They log as errors what they also raise, and what is made anew a moment later."""


def get_logger(name: str) -> FilteringBoundLogger:
    """The logger of a module; bind fields with keyword arguments."""
    logger: FilteringBoundLogger = structlog.get_logger(name)
    return logger


def configure_logging(service: str, settings: LogSettings, stream: TextIO | None = None) -> None:
    """Send all logs of this process, libraries included, through one chain to `stream` (standard error).

    `auto` means the console form on a terminal and JSON elsewhere.
    """
    out = stream or sys.stderr
    readable = settings.log_format == "console" or (settings.log_format == "auto" and out.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="timestamp"),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        _finished(service),
    ]
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(colors=out.isatty())
        if readable
        else structlog.processors.JSONRenderer()
    )
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    # Our own lines take the short way, which costs half of that through the standard library.
    structlog.configure(
        processors=[*shared, renderer],
        logger_factory=structlog.WriteLoggerFactory(out),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in _NOISY:
        logging.getLogger(name).setLevel(max(logging.WARNING, level))
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):  # they bring handlers of their own
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True


def bind_context(**fields: str) -> Mapping[str, Any]:
    """Add fields to every line of this task and its children; `unbind_context` takes what it returns."""
    return structlog.contextvars.bind_contextvars(**fields)


def unbind_context(tokens: Mapping[str, Any]) -> None:
    """Take away what `bind_context` added."""
    structlog.contextvars.reset_contextvars(**tokens)


def _finished(service: str) -> Processor:
    """Whose line it is, first what the eye looks for first, no secrets, and the trace it belongs to."""

    def finish(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        line = {
            "timestamp": event.pop("timestamp"),
            "level": event.pop("level"),
            "service": event.pop("service", service),
            "event": redact(event.pop("event")),
        }
        for name, value in event.items():
            line[name] = value if name.startswith("_") else redact(value, name)  # "_": the formatter's own
        span = trace.get_current_span().get_span_context()
        if span.is_valid:
            line["trace_id"], line["span_id"] = f"{span.trace_id:032x}", f"{span.span_id:016x}"
        return line

    return finish
