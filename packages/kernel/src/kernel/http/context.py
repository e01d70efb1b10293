"""The outermost layer of every app: trace and correlation id, one log line, no escape for a fault."""

import re
import time
from collections.abc import Awaitable, Iterable

from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, StatusCode
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kernel.http.health import PROBES
from kernel.http.problems import fault
from kernel.logging import bind_context, get_logger, log_answer, unbind_context
from kernel.metrics import UNMATCHED, Metrics
from kernel.origin import Origin, originating
from kernel.tracing import Tracing, extract, failed

_CORRELATION = re.compile(rb"[A-Za-z0-9_.-]{1,64}")
_NOBODY = Context()
_OURS = frozenset({b"x-correlation-id", b"x-trace-id", b"x-content-type-options"})
_PRIVATE = (b"cache-control", b"no-store")
"""What an answer to somebody who was recognised has, unless its route says otherwise: nobody keeps it."""


class RequestContext:
    """Open a span, bind the correlation id to the logs, and turn what nobody caught into a 500 problem.

    `trust_trace` is for services behind the gateway: they continue the caller's trace. The gateway begins its
    own, because a stranger's `traceparent` would let them write into our traces and choose what is sampled.
    A conversation that its caller does not name has the name of its first trace. What takes `slow` seconds or
    more is told at the level of a warning, too, with its route.
    """

    def __init__(
        self,
        app: ASGIApp,
        tracing: Tracing,
        *,
        trust_trace: bool,
        slow: float,
        metrics: Metrics | None = None,
    ) -> None:
        self._app = app
        self._tracing = tracing
        self._trust_trace = trust_trace
        self._slow = slow * 1000
        self._requests = (metrics or Metrics(tracing.service)).requests
        self._log = get_logger(__name__).bind()  # once: structlog would make a logger for each line, for 3 us

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        parent = extract(Headers(scope=scope)) if self._trust_trace else _NOBODY
        status = 0
        begin = time.perf_counter()

        def answer(message: Message) -> Awaitable[None]:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                message["headers"] = [
                    *(pair for pair in message.get("headers", ()) if pair[0] not in _OURS),
                    (b"x-correlation-id", correlation.encode()),
                    (b"x-trace-id", trace_id.encode()),
                    (b"x-content-type-options", b"nosniff"),
                ]
                if "principal" in scope.get("state", ()) and not _says_who_keeps_it(message["headers"]):
                    message["headers"].append(_PRIVATE)
            return send(message)

        name = f"{scope['method']} {scope['path']}"
        asked = scope["path"] in PROBES
        with (
            self._tracing.ids(parent) if asked else self._tracing.span(name, parent, SpanKind.SERVER) as span
        ):
            trace_id = f"{span.get_span_context().trace_id:032x}"
            correlation = _offered(scope["headers"]) or trace_id
            bound = bind_context(service=self._tracing.service, correlation_id=correlation)
            self._requests.active += 1
            try:
                with originating(Origin(correlation_id=correlation)):
                    await self._app(scope, receive, answer)
            except Exception as error:
                failed(error)
                self._log.exception("request.failed", method=scope["method"], path=scope["path"])
                if status == 0:
                    await fault()(scope, receive, answer)
                else:  # half an answer is out: only a broken connection can tell the caller
                    raise
            finally:
                if span.is_recording() or status >= 500:
                    _describe(span, scope, status)
                seconds = time.perf_counter() - begin
                millis = round(seconds * 1000, 2)
                self._requests.active -= 1
                if not asked:
                    self._requests.answered(scope["method"], _route(scope) or UNMATCHED, status, seconds)
                if status == 0:
                    self._log.info(
                        "request.abandoned", method=scope["method"], path=scope["path"], millis=millis
                    )
                elif not asked:
                    log_answer(
                        self._log, method=scope["method"], path=scope["path"], status=status, millis=millis
                    )
                if millis >= self._slow and not asked:
                    self._log.warning(
                        "request.slow",
                        method=scope["method"],
                        route=_route(scope),
                        status=status,
                        millis=millis,
                    )
                unbind_context(bound)


def _offered(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """What the caller calls the conversation, if that is harmless, or ""."""
    for name, value in headers:
        if name == b"x-correlation-id":
            return value.decode() if _CORRELATION.fullmatch(value) else ""
    return ""


def _says_who_keeps_it(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    return any(name == b"cache-control" for name, _ in headers)


def _route(scope: Scope) -> str:
    """What matched the address, such as `/prices/{id}`; "" when nothing has."""
    return str(getattr(scope.get("route"), "path", ""))


def _describe(span: Span, scope: Scope, status: int) -> None:
    """Tell those who read spans what the request was, and what became of it."""
    span.set_attributes({"http.request.method": scope["method"], "http.response.status_code": status})
    if route := _route(scope):
        span.update_name(f"{scope['method']} {route}")
        span.set_attribute("http.route", route)
    if status >= 500:
        span.set_status(StatusCode.ERROR)
