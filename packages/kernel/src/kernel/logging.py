"""Structured logs: one JSON object a line, or a readable line on a terminal.

An event is named `noun.verb` ("token.refused") and carries fields; never a sentence with values in it.
"""

import json
import json.encoder
import logging
import sys
from collections.abc import Callable, Mapping, MutableMapping
from contextlib import suppress
from contextvars import ContextVar, Token
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, TextIO, cast

import structlog
from opentelemetry import trace
from pydantic_core import to_json
from structlog.processors import StackInfoRenderer, format_exc_info
from structlog.stdlib import ProcessorFormatter
from structlog.typing import FilteringBoundLogger, Processor

from kernel.redaction import redact
from kernel.settings import LogSettings

_NOISY = ("httpx", "httpcore", "urllib3", "asyncio", "uvicorn.access", "uvicorn.error", "alembic")
_LOUD = ("aiormq", "aio_pika")
"""They log as errors what they also raise, and what is made anew a moment later."""


# One variable with all fields: structlog's own has one for each, and looks through all that there are to find
# them, which costs 4 us a request more.
_BOUND: ContextVar[Mapping[str, str]] = ContextVar("bound", default=MappingProxyType({}))
_LEVELS = {"exception": "error", "warn": "warning"}
_stack_info = StackInfoRenderer()
_quoted = json.encoder.encode_basestring_ascii
_ENCODE = json.JSONEncoder(default=repr, separators=(",", ":")).encode


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
    finished = _finished(service)
    renderer: Processor = structlog.dev.ConsoleRenderer(colors=out.isatty()) if readable else _json
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    # Our own lines take the short way, which costs half of that through the standard library.
    structlog.configure(
        processors=[finished, renderer],
        logger_factory=structlog.WriteLoggerFactory(out),
        wrapper_class=_direct(service, level),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), finished],
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


def log_answer(log: FilteringBoundLogger, *, method: str, path: str, status: int, millis: float) -> None:
    """Log that a request was answered: the same line as any other, made by hand where that can be.

    Each request has one, and through all the steps that other lines take it was a fifth of the gateway's CPU.
    """
    by_hand: Callable[[str, str, int, float], bool] | None = getattr(log, "by_hand", None)
    if by_hand is None or not by_hand(method, path, status, millis):
        log.info("request.answered", method=method, path=path, status=status, millis=millis)


def _direct(service: str, level: int) -> type[FilteringBoundLogger]:
    """Structlog's own class without the checks of what a processor may return: ours return what comes next.

    They and the frames they are in took a quarter of what a line costs.
    """
    base: Any = structlog.make_filtering_bound_logger(level)

    class Direct(base):  # type: ignore[misc]  # structlog makes its own at run time, too
        def _proxy_to_logger(self, method: str, event: str, /, **fields: Any) -> None:
            line: Any = {**self._context, "event": event, **fields}
            with suppress(structlog.DropEvent):
                for process in self._processors:
                    line = process(self._logger, method, line)
                getattr(self._logger, method)(line)

        def by_hand(self, method: str, path: str, status: int, millis: float) -> bool:
            """Write the line of `log_answer`; False when lines have another form, or are not wanted."""
            if level > logging.INFO or self._processors[-1] is not _json:
                return False
            bound, span = _BOUND.get(), trace.get_current_span().get_span_context()
            whose = _quoted(bound.get("service", service))
            named = [
                f',"{name}":{_quoted(redact(value, name))}'
                for name, value in bound.items()
                if name != "service"
            ]
            if span.is_valid:
                named.append(f',"trace_id":"{span.trace_id:032x}","span_id":"{span.span_id:016x}"')
            line = (
                f'{{"timestamp":"{_timestamp()}","level":"info","service":{whose},"event":"request.answered",'
                f'"method":{_quoted(method)},"path":{_quoted(redact(path))},"status":{status},'
                f'"millis":{millis}{"".join(named)}}}'
            )
            self._logger.info(line)
            return True

    return cast(type[FilteringBoundLogger], Direct)


def bind_context(**fields: str) -> Token[Mapping[str, str]]:
    """Add fields to every line of this task and its children; `unbind_context` takes what it returns."""
    return _BOUND.set({**_BOUND.get(), **fields})


def unbind_context(before: Token[Mapping[str, str]]) -> None:
    """Take away what `bind_context` added."""
    _BOUND.reset(before)


def _finished(service: str) -> Processor:
    """When and whose it is, first what the eye looks for first, no secrets, and the trace it belongs to.

    One processor, because structlog's own in a chain took 17 us for the line of a request, and this takes 8.
    """

    def finish(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if "exc_info" in event or "stack_info" in event:
            event = format_exc_info(logger, method, _stack_info(logger, method, event))
        for name, value in _BOUND.get().items():
            event.setdefault(name, value)
        line = {
            "timestamp": _timestamp(),
            "level": _LEVELS.get(method, method),
            "service": event.pop("service", service),
            "event": redact(event.pop("event")),
        }
        for name, value in event.items():
            number = type(value) is int or type(value) is float  # nothing to hide, as redact would find
            line[name] = value if number or name[0] == "_" else redact(value, name)  # "_": the formatter's
        span = trace.get_current_span().get_span_context()
        if span.is_valid:
            line["trace_id"], line["span_id"] = f"{span.trace_id:032x}", f"{span.span_id:016x}"
        return line

    return finish


def _timestamp() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def _json(_: Any, __: str, event: MutableMapping[str, Any]) -> str:
    """The line, in ASCII, so that nothing in it could end it, or pass for something else.

    The library's encoder takes 3 us and pydantic's 1, but that does not escape, so it has what needs none.
    """
    try:
        line = to_json(event)
    except ValueError:  # half a character, or what is no JSON
        return _ENCODE(event)
    return line.decode() if line.isascii() else _ENCODE(event)
