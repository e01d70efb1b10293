"""The outermost layer of every app: trace and correlation id, one log line, no escape for a fault."""

import re
import time
from uuid import uuid4

from opentelemetry.context import Context
from opentelemetry.trace import SpanKind, StatusCode
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kernel.http.health import PROBES
from kernel.http.problems import fault
from kernel.logging import bind_context, get_logger, unbind_context
from kernel.origin import Origin, originating
from kernel.tracing import Tracing, extract

_CORRELATION = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_log = get_logger(__name__)


class RequestContext:
    """Open a span, bind the correlation id to the logs, and turn what nobody caught into a 500 problem.

    `trust_trace` is for services behind the gateway: they continue the caller's trace. The gateway begins its
    own, because a stranger's `traceparent` would let them write into our traces and choose what is sampled.
    """

    def __init__(self, app: ASGIApp, tracing: Tracing, *, trust_trace: bool) -> None:
        self._app = app
        self._tracing = tracing
        self._trust_trace = trust_trace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        offered = headers.get("x-correlation-id", "")
        correlation = offered if _CORRELATION.fullmatch(offered) else str(uuid4())
        parent = extract(headers) if self._trust_trace else Context()
        status = 0
        begin = time.perf_counter()

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                answered = MutableHeaders(raw=message["headers"])
                answered["X-Correlation-Id"] = correlation
                answered["X-Trace-Id"] = trace_id
                answered.setdefault("X-Content-Type-Options", "nosniff")
            await send(message)

        name = f"{scope['method']} {scope['path']}"
        with self._tracing.tracer.start_as_current_span(name, parent, SpanKind.SERVER) as span:
            trace_id = f"{span.get_span_context().trace_id:032x}"
            bound = bind_context(service=self._tracing.service, correlation_id=correlation)
            try:
                with originating(Origin(correlation_id=correlation)):
                    await self._app(scope, receive, answer)
            except Exception:
                _log.exception("request.failed", method=scope["method"], path=scope["path"])
                if status == 0:
                    await fault()(scope, receive, answer)
                else:  # half an answer is out: only a broken connection can tell the caller
                    raise
            finally:
                route = getattr(scope.get("route"), "path", "")
                span.set_attributes(
                    {"http.request.method": scope["method"], "http.response.status_code": status}
                )
                if route:
                    span.update_name(f"{scope['method']} {route}")
                    span.set_attribute("http.route", route)
                if status >= 500:
                    span.set_status(StatusCode.ERROR)
                millis = round((time.perf_counter() - begin) * 1000, 2)
                if status == 0:
                    _log.info("request.abandoned", method=scope["method"], path=scope["path"], millis=millis)
                elif scope["path"] not in PROBES:
                    _log.info(
                        "request.answered",
                        method=scope["method"],
                        path=scope["path"],
                        status=status,
                        millis=millis,
                    )
                unbind_context(bound)
