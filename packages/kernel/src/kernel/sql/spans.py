"""Statements as spans of the trace they belong to. Their text is told, and never what it is given."""

import re
from functools import lru_cache
from typing import Any

from opentelemetry.trace import Status, StatusCode
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from kernel.tracing import child

_LONGEST = 1000  # characters of a statement
_SUBJECT = re.compile(r"\b(?:from|into|update|join)\s+(\w+)", re.IGNORECASE)


def trace_statements(engine: AsyncEngine, database: str) -> None:
    """Make a span of each statement of the engine whose trace is written; others cost a microsecond."""

    def before(_: Any, __: Any, statement: str, ___: Any, context: Any, ____: Any) -> None:
        name, text = _described(statement)
        context.catalog_span = child(
            name, attributes={"db.system.name": "postgresql", "db.namespace": database, "db.query.text": text}
        )

    def after(_: Any, __: Any, ___: str, ____: Any, context: Any, _____: Any) -> None:
        context.catalog_span.end()

    def failed(context: Any) -> None:
        span, error = getattr(context.execution_context, "catalog_span", None), context.original_exception
        if span is None:
            return
        if isinstance(error, Exception):  # who gives up has not failed
            error = error.__cause__ or error  # the driver's own says more than what SQLAlchemy makes of it
            span.set_attribute("error.type", type(error).__name__)
            span.set_status(Status(StatusCode.ERROR))  # its text may have a value in it
        span.end()

    event.listen(engine.sync_engine, "before_cursor_execute", before)
    event.listen(engine.sync_engine, "after_cursor_execute", after)
    event.listen(engine.sync_engine, "handle_error", failed)


@lru_cache(maxsize=512)
def _described(statement: str) -> tuple[str, str]:
    """What a statement is called, such as "SELECT offering", and its text on one line."""
    words = " ".join(statement.split())
    found = _SUBJECT.search(words)
    verb = words.partition(" ")[0].upper()
    return f"{verb} {found[1]}" if found else verb, words[:_LONGEST]
