"""The traces that the one process of the embedded stack remembers: whose they are, how many, and as what."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from opentelemetry.context import Context
from opentelemetry.trace import SpanKind

from kernel.auth import Principal, Role
from kernel.errors import Unauthorized, Unavailable
from kernel.http import create_app
from kernel.settings import TraceSettings
from kernel.tracing import Tracing, child, current_trace_id, extract, inject, within
from platform_app.traces import RecentSpans, trace_routes

UNKNOWN = "ab" * 16


async def verify(token: str) -> Principal:
    """Whoever says a role has it."""
    if token not in set(Role):
        raise Unauthorized("Sign in first.")
    return Principal(subject=token, name=token, roles=frozenset({Role(token)}))


def tracing(recent: RecentSpans, service: str = "offering", ratio: float = 1) -> Tracing:
    return Tracing(service, TraceSettings(trace_ratio=ratio), [recent])


@asynccontextmanager
async def asking(recent: RecentSpans, role: str = "operator") -> AsyncIterator[httpx.AsyncClient]:
    """Somebody with this role before an app that tells what is remembered, and is not traced itself."""
    unread = Tracing("gateway", TraceSettings())
    app = create_app("gateway", "T", routers=[trace_routes(recent)], tracing=unread, verify=verify)
    headers = {"authorization": f"Bearer {role}"} if role else {}
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://t", headers=headers) as http:
        yield http


async def spans(recent: RecentSpans, trace: str) -> list[dict[str, Any]]:
    """What an operator is told of a trace."""
    async with asking(recent) as http:
        answer = await http.get(f"/api/traces/{trace}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


async def test_a_trace_is_told_as_zipkin_tells_it() -> None:
    recent = RecentSpans(100)
    with tracing(recent).span("POST /offerings", Context(), SpanKind.SERVER):
        trace = current_trace_id()
        child("INSERT offering", attributes={"db.system.name": "postgresql"}).end()
        headers = inject()
    with (
        pytest.raises(Unavailable),
        tracing(recent, "store").receiving("offering.drafted.v1", headers, again=False),
    ):
        raise Unavailable("The store is away.")
    root, insert, heard = await spans(recent, trace)
    assert {one["traceId"] for one in (root, insert, heard)} == {trace}
    assert (root["name"], root["kind"], root["localEndpoint"]) == (
        *("POST /offerings", "SERVER"),
        {"serviceName": "offering"},
    )
    assert "parentId" not in root
    assert "error" not in root["tags"]
    assert (insert["name"], insert["kind"], insert["parentId"]) == ("INSERT offering", "CLIENT", root["id"])
    assert insert["tags"]["db.system.name"] == "postgresql"
    assert insert["timestamp"] >= root["timestamp"]
    assert insert["timestamp"] + insert["duration"] <= root["timestamp"] + root["duration"] + 1  # rounded
    assert (heard["name"], heard["kind"], heard["parentId"], heard["localEndpoint"]) == (
        *("offering.drafted.v1 process", "CONSUMER", root["id"]),
        {"serviceName": "store"},
    )
    assert heard["tags"]["error"] == "Unavailable: The store is away."


async def test_of_the_services_of_a_process_each_has_its_own() -> None:
    recent = RecentSpans(100)
    gateway, offering = tracing(recent, "gateway"), tracing(recent, "offering")
    with gateway.span("POST /api/offerings/*", Context(), SpanKind.SERVER):
        trace = current_trace_id()
        with within("POST offering"), offering.span("POST /offerings", extract(inject()), SpanKind.SERVER):
            pass
    found = await spans(recent, trace)
    assert [one["localEndpoint"]["serviceName"] for one in found] == ["gateway", "gateway", "offering"]
    assert [one.get("parentId") for one in found] == [None, found[0]["id"], found[1]["id"]]


async def test_only_the_last_are_remembered_and_each_in_its_trace() -> None:
    recent, traces = RecentSpans(3), list[str]()
    for number in range(5):
        with tracing(recent).span(f"request {number}", Context(), SpanKind.SERVER):
            traces.append(current_trace_id())
    async with asking(recent) as http:
        told = [await http.get(f"/api/traces/{trace}") for trace in traces]
    assert [one.status_code for one in told] == [404, 404, 200, 200, 200]
    assert told[0].json()["code"] == "not_found"
    assert [[span["name"] for span in one.json()] for one in told[2:]] == [
        [f"request {number}"] for number in (2, 3, 4)
    ]


async def test_what_is_not_written_is_not_remembered() -> None:
    recent = RecentSpans(3)
    with tracing(recent, ratio=0).span("request", Context(), SpanKind.SERVER):
        trace = current_trace_id()
    async with asking(recent) as http:
        assert (await http.get(f"/api/traces/{trace}")).status_code == 404


@pytest.mark.parametrize(
    ("role", "status"), [("", 401), ("reader", 403), ("publisher", 403), ("operator", 404)]
)
async def test_traces_are_for_operators(role: str, status: int) -> None:
    async with asking(RecentSpans(3), role) as http:
        assert (await http.get(f"/api/traces/{UNKNOWN}")).status_code == status


@pytest.mark.parametrize("id", ["x", UNKNOWN[:-1], UNKNOWN.upper(), f"{UNKNOWN}0"])
async def test_what_is_no_id_is_malformed(id: str) -> None:
    async with asking(RecentSpans(3)) as http:
        assert (await http.get(f"/api/traces/{id}")).status_code == 422
