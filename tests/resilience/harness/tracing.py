"""A collector of spans, and what an event log and the spans say of each other."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import UUID

import asyncpg

from kernel.tracing import MESSAGE_ID, REDELIVERED
from tests.resilience.harness.servers import SERVICE, Servers
from tests.resilience.harness.upstream import Request, Upstream

Span = Mapping[str, Any]
"""A span as Zipkin's exporters send it: `traceId`, `id`, `parentId`, `name`, `kind`, `tags`, ..."""


class Collector(AbstractContextManager["Collector"]):
    """Takes what processes export in Zipkin's format, at `url`."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self._upstream = Upstream(self._take)
        self._open = ExitStack()

    def __enter__(self) -> Self:
        self._open.enter_context(self._upstream)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @property
    def url(self) -> str:
        """Where spans are sent to."""
        return f"{self._upstream.url}/api/v2/spans"

    def settings(self, prefix: str = "", url: str = "") -> dict[str, str]:
        """The variables by which a process writes every trace, and sends it here, or to `url`."""
        told = {"EXPORTER": "zipkin", "ENDPOINT": url or self.url, "RATIO": "1"}
        return {f"{prefix}TRACE_{name}": value for name, value in told.items()}

    async def _take(self, request: Request) -> tuple[int, Any]:
        self.spans += json.loads(request.body)
        return 202, None


@dataclass(frozen=True)
class Written:
    """An event in the log: the trace it was written in, and the span there."""

    id: UUID
    aggregate: UUID
    version: int
    trace: str
    span: str


async def written(servers: Servers) -> Sequence[Written]:
    """The event log of the service."""
    connection = await asyncpg.connect(servers.database(SERVICE))
    try:
        rows = await connection.fetch(
            "select event_id, aggregate_id, aggregate_version, headers ->> 'traceparent' from event_log"
        )
    finally:
        connection.terminate()
    return [Written(*row[:3], *row[3].split("-")[1:3]) for row in rows]


@dataclass
class Told:
    """What spans tell of one message."""

    traces: set[str] = field(default_factory=set)
    published: list[Span] = field(default_factory=list)
    handled: list[Span] = field(default_factory=list)

    @property
    def redelivered(self) -> int:
        """How many of its handlings say that it may have been handled before."""
        return sum(one["tags"].get(REDELIVERED, "").lower() == "true" for one in self.handled)

    def follows(self, event: Written) -> bool:
        """Whether it was handled, each time in the trace that wrote it and in no other, below the writing."""
        below = {(one["traceId"], one.get("parentId")) for one in (*self.published, *self.handled)}
        return bool(self.handled) and self.traces == {event.trace} and below == {(event.trace, event.span)}


def by_message(spans: Sequence[Span]) -> Mapping[UUID, Told]:
    """What the spans tell of each message that any of them names."""
    found: defaultdict[UUID, Told] = defaultdict(Told)
    for span in spans:
        if id := span.get("tags", {}).get(MESSAGE_ID):
            told = found[UUID(id)]
            told.traces.add(span["traceId"])
            (told.handled if span["kind"] == "CONSUMER" else told.published).append(span)
    return found
