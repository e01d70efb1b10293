"""The publish process on an engine, without the service."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from opentelemetry.trace import SpanKind

from kernel.breaker import Breaker
from kernel.domain import new_id
from kernel.engine import EmbeddedEngine
from kernel.errors import Unavailable
from kernel.origin import Origin, originating
from kernel.process import State
from kernel.settings import TraceSettings
from kernel.sql import Database
from kernel.tracing import Tracing, extract
from offering.domain import Content, Publication
from offering_app.process import PROCESS, EngineProcess, variables
from tests.servers import RunningPostgres

DRAFT = Content(name="Galaxy", specification_id=UUID(int=1), price_ids=(UUID(int=3), UUID(int=2)))


def publication() -> Publication:
    """One that was requested."""
    return Publication(
        id=new_id(),
        offering_id=uuid4(),
        offering_key="galaxy",
        offering_version=2,
        requested_at=datetime.now(UTC),
        requested_by="pat",
    )


@pytest.fixture
def process(engine: EmbeddedEngine) -> EngineProcess:
    """The process on an engine that knows the diagram."""
    return EngineProcess(engine, Breaker("engine"))


async def fetched(engine: EmbeddedEngine, one: Publication) -> Any:
    """The task of a publication that can be done now."""
    topics = ["pricing.lock-prices"]
    (task,) = await engine.fetch(topics, "me", lock=30, business_key=str(one.id))
    return task


async def test_it_begins_once(process: EngineProcess, engine: EmbeddedEngine) -> None:
    one = publication()
    assert await process.progress(one.id) is None
    with originating(Origin(correlation_id="a-conversation")):
        await process.start(one, DRAFT)
    await process.start(one, DRAFT)
    task = await fetched(engine, one)
    assert task.variables == {
        "publicationId": str(one.id),
        "offeringId": str(one.offering_id),
        "offeringKey": "galaxy",
        "offeringVersion": 2,
        "specificationId": str(UUID(int=1)),
        "priceIds": f"{UUID(int=3)},{UUID(int=2)}",
        "requestedBy": "pat",
        "correlationId": "a-conversation",
    }
    instance = await process.progress(one.id)
    assert instance is not None
    assert instance.state is State.RUNNING
    assert await engine.fetch(["pricing.lock-prices"], "other", lock=30) == []


async def test_the_variables_of_fifty_prices_are_short_enough() -> None:
    draft = Content(name="Galaxy", price_ids=tuple(uuid4() for _ in range(50)))
    assert len(str(variables(publication(), draft)["priceIds"])) < 4000


@pytest.mark.parametrize(("length", "travels"), [(512, True), (513, False)])
async def test_a_trace_state_that_is_too_long_for_a_variable_stays_behind(
    process: EngineProcess, length: int, travels: bool
) -> None:
    entries = [f"{name}={'x' * 200}" for name in "ab"]
    state = ",".join([*entries, f"c={'x' * (length - len(','.join(entries)) - 3)}"])
    assert len(state) == length
    trace = "0af7651916cd43dd8448eb211c80319c"
    headers = {"traceparent": f"00-{trace}-b7ad6b7169203331-01", "tracestate": state}
    tracing = Tracing("tests", TraceSettings())
    with tracing.span("test", extract(headers), SpanKind.SERVER):
        told = process.context()
    tracing.close()
    assert told["traceparent"].split("-")[1] == trace
    assert told.get("tracestate") == (state if travels else None)


async def test_it_is_stuck_retried_and_cancelled(process: EngineProcess, engine: EmbeddedEngine) -> None:
    one, other = publication(), publication()
    await process.start(one, DRAFT)
    await process.start(other, DRAFT)
    await engine.start(PROCESS, "begun by hand", {})
    assert set(await process.stuck()) == set()
    for key in (str(one.id), "begun by hand"):
        (task,) = await engine.fetch(["pricing.lock-prices"], "me", lock=30, business_key=key)
        await engine.failure(task.id, "me", "No table.", 0)
    assert set(await process.stuck()) == {one.id}
    assert await process.retry(other.id) == 0
    assert await process.retry(one.id) == 1
    assert set(await process.stuck()) == set()
    await process.cancel(one.id)
    await process.cancel(one.id)
    instance = await process.progress(one.id)
    assert instance is not None
    assert instance.state is State.CANCELLED


async def test_of_what_has_not_begun_nothing_is_retried_or_cancelled(process: EngineProcess) -> None:
    assert await process.retry(uuid4()) == 0
    await process.cancel(uuid4())


async def test_an_engine_without_the_diagram_is_asked_again_later(server: RunningPostgres) -> None:
    place = server.url("engine")
    async with Database(place, service="tests") as database:
        await database.migrate("kernel.engine", "base")
    async with EmbeddedEngine(Database(place, service="tests")) as bare:
        with pytest.raises(Unavailable, match="not deployed yet"):
            await EngineProcess(bare, Breaker("engine")).start(publication(), DRAFT)
