"""The traces of the last requests, in the memory of the process, where there is no collector."""

import json
from collections import deque
from collections.abc import Sequence
from typing import Annotated, Any, cast

from fastapi import APIRouter, Path
from opentelemetry.exporter.zipkin.json.v2 import JsonV2Encoder
from opentelemetry.exporter.zipkin.node_endpoint import NodeEndpoint
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.trace import Span

from kernel.auth import Role
from kernel.errors import NotFound
from kernel.http import GuardedRoute, allow

_ENCODER = JsonV2Encoder()


class RecentSpans(SpanProcessor):
    """The last `most` spans of all services of this process; about 3 KB each."""

    def __init__(self, most: int) -> None:
        self._spans: deque[ReadableSpan] = deque(maxlen=most)

    def on_end(self, span: ReadableSpan) -> None:
        """See `SpanProcessor`."""
        self._spans.append(span)

    def trace(self, trace_id: int) -> Sequence[ReadableSpan]:
        """The spans of a trace that are still known, by when they began."""
        found = [one for one in list(self._spans) if one.context and one.context.trace_id == trace_id]
        return sorted(found, key=lambda one: one.start_time or 0)


def trace_routes(recent: RecentSpans) -> APIRouter:
    """`/api/traces/{id}`: a trace as Zipkin's own interface (v2) has it, so that who reads one reads both."""
    routes = APIRouter(
        prefix="/api/traces", tags=["traces"], route_class=GuardedRoute, dependencies=[allow(Role.OPERATOR)]
    )

    @routes.get("/{id}", responses={400: {}, 404: {}})
    async def trace(id: Annotated[str, Path(pattern="^[0-9a-f]{32}$")]) -> list[dict[str, Any]]:
        spans = recent.trace(int(id, 16))
        if not spans:
            raise NotFound(
                "No span of this trace is known: it was not chosen to be written, or others came after it."
            )
        return [_as_zipkin(one) for one in spans]

    return routes


def _as_zipkin(span: ReadableSpan) -> dict[str, Any]:
    whose = NodeEndpoint()
    whose.service_name = str(span.resource.attributes["service.name"])
    (told,) = json.loads(_ENCODER.serialize([cast(Span, span)], whose))
    return dict(told)
