"""Statements to a real Postgres are spans of the trace they belong to, and tell nothing of what is in it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from kernel.settings import TraceSettings
from kernel.sql import Database
from kernel.tracing import Tracing

CANARY = "canary-71aa0e"
INSERT = text("insert into  spans\n values (:name)")


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """A database with an empty table."""
    async with Database(url, service="characteristic") as database:
        async with database.begin() as connection:
            await connection.execute(text("drop table if exists spans"))
            await connection.execute(text("create table spans (name text primary key)"))
        yield database


@pytest.fixture
def kept() -> InMemorySpanExporter:
    return InMemorySpanExporter()


def traced(kept: InMemorySpanExporter, ratio: float = 1) -> Tracing:
    return Tracing("characteristic", TraceSettings(trace_ratio=ratio), [SimpleSpanProcessor(kept)])


def told(span: ReadableSpan) -> tuple[str, StatusCode, object]:
    return span.name, span.status.status_code, (span.attributes or {}).get("error.type")


async def test_statements_are_spans_below_the_present_one(
    database: Database, kept: InMemorySpanExporter
) -> None:
    with traced(kept).span("above", Context(), SpanKind.SERVER):
        async with database.begin() as connection:
            await connection.execute(INSERT, {"name": CANARY})
            await connection.execute(text("select name from spans where name = :name"), {"name": CANARY})
    *statements, above = kept.get_finished_spans()
    assert [told(one) for one in statements] == [
        (name, StatusCode.UNSET, None) for name in ("INSERT spans", "SELECT spans", "COMMIT")
    ]
    assert [one.parent for one in statements] == [above.context] * 3
    assert [one.kind for one in statements] == [SpanKind.CLIENT] * 3
    insert = statements[0].attributes or {}
    assert insert["db.query.text"] == "insert into spans values ($1)"
    assert (insert["db.system.name"], insert["db.namespace"]) == ("postgresql", "characteristic")
    assert not any(CANARY in one.to_json() for one in statements)


async def test_what_fails_is_an_error_without_the_values_it_names(
    database: Database, kept: InMemorySpanExporter
) -> None:
    async def twice() -> None:
        async with database.begin() as connection:
            await connection.execute(INSERT, {"name": CANARY})
            await connection.execute(INSERT, {"name": CANARY})

    with traced(kept).span("above", Context(), SpanKind.SERVER), pytest.raises(IntegrityError) as refused:
        await twice()
    assert CANARY in vars(refused.value.orig.__cause__)["detail"]  # type: ignore[union-attr]
    *statements, above = kept.get_finished_spans()
    assert [told(one) for one in statements] == [
        ("INSERT spans", StatusCode.UNSET, None),
        ("INSERT spans", StatusCode.ERROR, "UniqueViolationError"),
    ]
    assert above.status.status_code is StatusCode.UNSET
    assert not any(CANARY in one.to_json() for one in statements)


async def test_who_gives_up_has_not_failed(database: Database, kept: InMemorySpanExporter) -> None:
    async def wait() -> None:
        async with database.begin() as connection:
            await connection.execute(text("select pg_sleep(2)"))

    with traced(kept).span("above", Context(), SpanKind.SERVER):
        waiting = asyncio.create_task(wait())
        await asyncio.sleep(0.2)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    asked, _ = kept.get_finished_spans()
    assert told(asked) == ("SELECT", StatusCode.UNSET, None)


async def test_a_long_statement_is_told_in_part(database: Database, kept: InMemorySpanExporter) -> None:
    with traced(kept).span("above", Context(), SpanKind.SERVER):
        async with database.begin() as connection:
            await connection.execute(text(f"select 1 /* {'x' * 2000} */"))
    statement, *_ = kept.get_finished_spans()
    assert len(str((statement.attributes or {})["db.query.text"])) == 1000


async def test_outside_a_trace_that_is_written_there_is_none(
    database: Database, kept: InMemorySpanExporter
) -> None:
    await database.check()
    with traced(kept, 0).span("above", Context(), SpanKind.SERVER):
        await database.check()
    assert kept.get_finished_spans() == ()


async def test_each_caller_has_its_own(database: Database, kept: InMemorySpanExporter) -> None:
    async def ask(name: str) -> None:
        with tracing.span(name, Context(), SpanKind.SERVER):
            async with database.begin() as connection:
                await connection.execute(text("select pg_sleep(0.01)"))
                await connection.execute(text("table spans"))

    tracing = traced(kept)
    await asyncio.gather(*(ask(str(number)) for number in range(20)))
    every = kept.get_finished_spans()
    above = {one.context.span_id for one in every if one.context and not one.parent}
    found = sorted((one.parent.span_id, one.name) for one in every if one.parent)
    assert found == sorted((id, name) for id in above for name in ("SELECT", "TABLE", "COMMIT"))
