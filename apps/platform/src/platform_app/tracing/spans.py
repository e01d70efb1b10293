"""Spans as Zipkin's API tells them, and the ids of traces."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_TRACE = re.compile(r"(?:00-)?([0-9a-f]{32})(?:-[0-9a-f]{16}-[0-9a-f]{2})?")


@dataclass(frozen=True)
class Span:
    """One span. `start` and `duration` are in microseconds, and None when nobody has said.

    `error` is the reason when it failed, else None. `link` says what it is linked to: a message that was
    delivered again has another span, linked to what it continues.
    """

    id: str
    parent: str | None
    service: str
    name: str
    start: int | None = None
    duration: int | None = None
    error: str | None = None
    link: str | None = None

    @property
    def end(self) -> int | None:
        """When it ended, in microseconds."""
        return None if self.start is None else self.start + (self.duration or 0)


def trace_id_of(text: str) -> str | None:
    """The trace id in what a person has: 32 hex digits, or a whole `traceparent`; None when it is neither."""
    found = _TRACE.fullmatch(text.strip().lower().removeprefix("traceparent:").strip())
    return found[1] if found and set(found[1]) != {"0"} else None


def spans_of(answer: Sequence[Mapping[str, Any]]) -> list[Span]:
    """The spans of a list in Zipkin's format (v2). Raises KeyError, TypeError, AttributeError."""
    return [_span(one) for one in answer]


def _span(one: Mapping[str, Any]) -> Span:
    tags: Mapping[str, str] = one.get("tags") or {}
    return Span(
        id=str(one["id"]),
        parent=one.get("parentId") or None,
        service=str((one.get("localEndpoint") or {}).get("serviceName") or "unknown"),
        name=str(one.get("name") or "unnamed"),
        start=_whole(one.get("timestamp")),
        duration=_whole(one.get("duration")),
        error=_error(tags),
        link=_link(tags),
    )


def _whole(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) else None


def _error(tags: Mapping[str, str]) -> str | None:
    """Why it failed. A tag `error` that is there is an error, whatever it says."""
    if "error" in tags or tags.get("otel.status_code") == "ERROR":
        said = tags.get("error", "").strip()
        return said if said not in ("", "true") else "it does not say why"
    return None


def _link(tags: Mapping[str, str]) -> str | None:
    """Zipkin has no links: who exports them writes a tag."""
    for name in ("link", "links"):
        if tags.get(name):
            return tags[name]
    again = any(name.endswith("redelivered") and value == "true" for name, value in tags.items())
    return "an earlier delivery" if again else None
