"""Traces as an operator sees them, in either world: Zipkin has them, or the one process of all apps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from features.conftest import bearer
from tests.processes import eventually
from tests.worlds import Servers, World

ARRIVED = 15.0
"""Seconds until all spans are there: they are sent in batches, twice a second."""


@dataclass(frozen=True)
class Span:
    """What a service did. `kind` is "" where it was nobody else's doing."""

    id: str
    parent: str
    service: str
    name: str
    kind: str
    tags: Mapping[str, str]

    @property
    def failed(self) -> bool:
        """Whether it is an error, of which the reason may be untold."""
        return "error" in self.tags


@dataclass(frozen=True)
class Trace:
    """The spans of one trace that are known so far. Names are in lower case, as Zipkin has them."""

    id: str
    spans: Sequence[Span]

    @property
    def roots(self) -> list[Span]:
        """Where it began."""
        return [one for one in self.spans if not one.parent]

    @property
    def orphans(self) -> list[Span]:
        """Those whose parent is not known."""
        known = {one.id for one in self.spans}
        return [one for one in self.spans if one.parent and one.parent not in known]

    @property
    def services(self) -> set[str]:
        """Who took part."""
        return {one.service for one in self.spans}

    def of(self, kind: str) -> set[tuple[str, str]]:
        """Service and name of the spans of a kind."""
        return {(one.service, one.name) for one in self.spans if one.kind == kind}

    def below(self, one: Span) -> list[Span]:
        """The spans that this one is the parent of."""
        return [span for span in self.spans if span.parent == one.id]


@dataclass(frozen=True)
class Traces:
    """Where traces are looked up, by an operator with this token."""

    world: World
    token: str

    def raw(self, id: str) -> str:
        """All that is known of a trace, as text; "" when that is nothing."""
        if self.world.stack == "embedded":
            answer = self.world.get(f"/api/traces/{id}", headers=bearer(self.token))
        else:
            address = f"{Servers.of(self.world).zipkin.url}/api/v2/trace/{id}"
            answer = httpx.get(address, trust_env=False, timeout=30)
        assert answer.status_code in (200, 404), answer.text
        return answer.text if answer.status_code == 200 else ""

    def get(self, id: str) -> Trace:
        """A trace as far as it is known."""
        told: list[dict[str, Any]] = httpx.Response(200, text=self.raw(id) or "[]").json()
        return Trace(id, [_span(one) for one in told if one["traceId"] == id])

    def whole(self, id: str, *names: str) -> Trace:
        """A trace in which spans with all of these names are, once each span has its parent in it, too."""

        def found() -> Trace | None:
            trace = self.get(id)
            missing = set(names) - {one.name for one in trace.spans}
            assert not missing, f"{missing} are missing among {[one.name for one in trace.spans]}"
            assert not trace.orphans, trace.orphans
            return trace if trace.spans else None

        whole = eventually(found, within=ARRIVED)
        assert whole is not None
        return whole


def _span(told: Mapping[str, Any]) -> Span:
    return Span(
        id=told["id"],
        parent=told.get("parentId", ""),
        service=told["localEndpoint"]["serviceName"],
        name=told["name"].lower(),
        kind=told.get("kind", ""),
        tags=told.get("tags", {}),
    )
