"""Commands to a real mongod are spans of the trace they belong to, and tell nothing of what is in them."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure

from kernel.errors import Unavailable
from kernel.settings import TraceSettings
from kernel.tracing import Tracing
from store_app.mongo.client import Mongo, answering
from store_app.mongo.spans import CommandSpans
from tests.servers import RunningMongod, mongod

CANARY = "canary-8c03fa"
SLOW = {"$where": "sleep(5000) || true"}


@pytest.fixture(scope="module")
def server() -> Iterator[RunningMongod]:
    with mongod() as running:
        yield running


@pytest.fixture
async def mongo(server: RunningMongod) -> AsyncIterator[Mongo]:
    """A database with one thing in it, to which there is a connection."""
    mongo = Mongo(server.url, "spans")
    await mongo["things"].replace_one({"_id": "one"}, {"name": "One"}, upsert=True)
    yield mongo
    await mongo.close()


@pytest.fixture
def kept() -> InMemorySpanExporter:
    return InMemorySpanExporter()


def traced(kept: InMemorySpanExporter, ratio: float = 1) -> Tracing:
    return Tracing("store", TraceSettings(trace_ratio=ratio), [SimpleSpanProcessor(kept)])


def told(span: ReadableSpan) -> tuple[str, SpanKind, StatusCode, object]:
    return span.name, span.kind, span.status.status_code, (span.attributes or {}).get("error.type")


async def test_commands_are_spans_below_the_present_one(mongo: Mongo, kept: InMemorySpanExporter) -> None:
    with traced(kept).span("above", Context(), SpanKind.SERVER):
        await mongo["things"].find_one({"name": CANARY})
        await mongo["things"].update_one({"_id": CANARY}, {"$set": {"name": CANARY}}, upsert=True)
        await mongo["things"].delete_one({"_id": CANARY})
        await mongo.check()
    *commands, above = kept.get_finished_spans()
    assert [told(one) for one in commands] == [
        (name, SpanKind.CLIENT, StatusCode.UNSET, None)
        for name in ("find things", "update things", "delete things", "ping")
    ]
    assert [one.parent for one in commands] == [above.context] * 4
    assert {(one.attributes or {})["db.namespace"] for one in commands} == {"spans"}
    assert {(one.attributes or {})["db.system.name"] for one in commands} == {"mongodb"}
    assert not any(CANARY in one.to_json() for one in commands)


async def test_what_the_server_refuses_is_an_error_without_its_words(
    mongo: Mongo, kept: InMemorySpanExporter
) -> None:
    with traced(kept).span("above", Context(), SpanKind.SERVER):
        with pytest.raises(OperationFailure, match=CANARY):
            await mongo["things"].find_one({"name": {f"${CANARY}": 1}})
        with pytest.raises(Unavailable), answering(0.05):
            await mongo["things"].find_one(SLOW)
    refused, late, above = kept.get_finished_spans()
    assert told(refused) == ("find things", SpanKind.CLIENT, StatusCode.ERROR, "BadValue")
    *known, kind = told(late)
    assert known == ["find things", SpanKind.CLIENT, StatusCode.ERROR]
    assert kind in ("NetworkTimeout", "MaxTimeMSExpired")  # who gives up first
    assert above.status.status_code is StatusCode.UNSET
    assert CANARY not in refused.to_json()


async def test_each_caller_has_its_own(mongo: Mongo, kept: InMemorySpanExporter) -> None:
    async def ask(name: str) -> None:
        with tracing.span(name, Context(), SpanKind.SERVER):
            await mongo["things"].find_one(SLOW if name == "slow" else {"_id": "one"}, max_time_ms=100)

    tracing = traced(kept)
    await asyncio.gather(*map(ask, ("slow", "one", "two", "three")), return_exceptions=True)
    every = kept.get_finished_spans()
    above = {one.context.span_id: one.name for one in every if one.context and not one.parent}
    asked = {above[one.parent.span_id]: told(one)[2] for one in every if one.parent}
    assert asked == {
        "slow": StatusCode.ERROR,
        **dict.fromkeys(("one", "two", "three"), StatusCode.UNSET),
    }


async def test_outside_a_trace_that_is_written_there_is_none(
    mongo: Mongo, kept: InMemorySpanExporter
) -> None:
    await mongo.check()
    with traced(kept, 0).span("above", Context(), SpanKind.SERVER):
        await mongo.check()
    assert kept.get_finished_spans() == ()


async def test_who_gives_up_has_not_failed_and_leaves_nothing_behind(
    server: RunningMongod, kept: InMemorySpanExporter
) -> None:
    spans = CommandSpans()

    async def ask() -> None:
        with answering(5):
            await things.find_one({"$where": "sleep(1000) || true"})

    async with AsyncMongoClient[dict[str, object]](server.url, event_listeners=[spans]) as client:
        things = client["spans"]["things"]
        await things.replace_one({"_id": "one"}, {"name": "One"}, upsert=True)
        with traced(kept).span("above", Context(), SpanKind.SERVER), pytest.raises(TimeoutError):
            await asyncio.wait_for(ask(), 0.05)
    assert spans._running == {}
    asked = [told(one) for one in kept.get_finished_spans() if one.name == "find things"]
    assert asked == [("find things", SpanKind.CLIENT, StatusCode.UNSET, None)]
