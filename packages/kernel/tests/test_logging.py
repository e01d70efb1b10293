"""Logs: one JSON object a line, ids in it, secrets not."""

import io
import json
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import structlog
from opentelemetry.context import Context
from opentelemetry.trace import SpanKind

from kernel.errors import NotFound
from kernel.logging import bind_context, configure_logging, get_logger, log_answer, unbind_context
from kernel.redaction import HIDDEN, redact
from kernel.settings import LogSettings, TraceSettings
from kernel.tracing import Tracing


@dataclass(frozen=True)
class Credentials:
    """An object that logs itself by its repr."""

    username: str
    password: str


JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers, root.level
    configure_logging("catalog-test", LogSettings(log_format="json"), stream)
    yield stream
    root.handlers, root.level = before, level
    structlog.reset_defaults()


def read(lines: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_a_line_has_time_level_service_event_and_fields(lines: io.StringIO) -> None:
    get_logger("x").info("price.locked", price="p-1", holds=2)
    (line,) = read(lines)
    assert list(line)[:4] == ["timestamp", "level", "service", "event"]
    assert line["timestamp"].endswith("Z")
    assert (line["level"], line["service"], line["event"]) == ("info", "catalog-test", "price.locked")
    assert (line["price"], line["holds"]) == ("p-1", 2)


def test_trace_and_correlation_ids_are_in_every_line(lines: io.StringIO) -> None:
    tracing = Tracing("catalog-test", TraceSettings())
    bound = bind_context(correlation_id="c-1")
    with tracing.tracer.start_as_current_span("x") as span:
        get_logger("x").warning("thing.happened")
        trace_id = f"{span.get_span_context().trace_id:032x}"
    unbind_context(bound)
    get_logger("x").warning("thing.happened")
    inside, outside = read(lines)
    assert (inside["trace_id"], inside["correlation_id"]) == (trace_id, "c-1")
    assert "trace_id" not in outside
    assert "correlation_id" not in outside
    tracing.close()


def test_libraries_log_through_the_same_chain(lines: io.StringIO) -> None:
    logging.getLogger("some.library").warning("connecting with password=%s", "hunter2")
    (line,) = read(lines)
    assert line["event"] == f"connecting with password={HIDDEN}"
    assert line["service"] == "catalog-test"


def test_an_exception_is_a_field_and_its_secrets_are_hidden(lines: io.StringIO) -> None:
    try:
        raise NotFound(f"no user for {JWT}")
    except NotFound:
        get_logger("x").exception("user.missing")
    (line,) = read(lines)
    assert "NotFound" in line["exception"]
    assert JWT not in lines.getvalue()


def test_what_is_bound_inside_is_taken_away_alone(lines: io.StringIO) -> None:
    outer = bind_context(service="pricing", correlation_id="c-1")
    inner = bind_context(correlation_id="c-2")
    get_logger("x").info("thing.happened")
    get_logger("x").info("thing.happened", correlation_id="c-3")
    unbind_context(inner)
    get_logger("x").info("thing.happened")
    unbind_context(outer)
    get_logger("x").info("thing.happened")
    told = [(line["service"], line.get("correlation_id")) for line in read(lines)]
    assert told == [("pricing", "c-2"), ("pricing", "c-3"), ("pricing", "c-1"), ("catalog-test", None)]


@pytest.mark.parametrize("text", ["\ud800", "\u2028\x85 \u202e", "é", "\x1b[2J\n{}", float("inf"), 10**40])
def test_a_line_is_one_line_of_ascii_whatever_is_in_it(text: Any, lines: io.StringIO) -> None:
    get_logger("x").warning("thing.happened", text=text)
    assert lines.getvalue().isascii()
    (line,) = read(lines)
    assert line["text"] == text


SECRETS = [
    {"password": "hunter2"},
    {"Authorization": "Bearer hunter2"},
    {"headers": {"cookie": "session=hunter2"}},
    {"body": [{"refresh_token": "hunter2"}]},
    {"clientSecret": "hunter2"},
    {"api_key": b"hunter2"},
    {"PASSWORD": "hunter2"},
    {"note": "AUTHORIZATION: BEARER hunter2"},
    {"note": "\u017fecret=hunter2"},
    {"note": "Authorization: Bearer hunter2"},
    {"note": "postgresql://catalog:hunter2@db/x"},
    {"form": "grant_type=password&password=hunter2&x=1"},
    {"error": ValueError("amqp://user:hunter2@broker")},
    {"given": Credentials("author", "hunter2")},
    {"text": "{'password': 'hunter2'}"},
    {"text": '{"client_secret": "hunter2", "a": 1}'},
    {"text": 'refreshToken="hunter2"'},
    {"text": "Set-Cookie: session=hunter2"},
    {"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": "hunter2"}}}}}}}},
]


@pytest.mark.parametrize("fields", SECRETS, ids=lambda fields: next(iter(fields)))
def test_a_secret_never_reaches_a_line(fields: dict[str, Any], lines: io.StringIO) -> None:
    get_logger("x").error("thing.failed", **fields)
    assert "hunter2" not in lines.getvalue()
    assert len(read(lines)) == 1


@pytest.mark.parametrize(
    "text", ["a", "token", "eyJaaaaa-", "://", "bearer ", "secret=", 'token="', "cookie:'"]
)
def test_sixteen_kilobytes_of_anything_are_read_in_no_time(text: str) -> None:
    begin = time.process_time()
    redact(text * (16_000 // len(text)))
    assert time.process_time() - begin < 1, "it took minutes once, on the event loop"


def test_a_secret_in_an_unclosed_quote_is_hidden() -> None:
    assert "hunter2" not in redact("password='hunter2")
    assert "hunter2" not in redact('my_token : "hunter2')


def test_what_is_no_secret_stays() -> None:
    kept = {"tokens_left": 3, "name": "Fibre 500", "url": "https://shop.invalid/a?b=c", "none": None}
    assert redact(kept) == kept


def test_a_terminal_gets_a_readable_line() -> None:
    stream = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers, root.level
    configure_logging("catalog-test", LogSettings(log_format="console"), stream)
    get_logger("x").info("price.locked", price="p-1", secret="hunter2")
    root.handlers, root.level = before, level
    structlog.reset_defaults()
    assert "price.locked" in stream.getvalue()
    assert "hunter2" not in stream.getvalue()
    with pytest.raises(json.JSONDecodeError):
        json.loads(stream.getvalue())


def answered(path: str, log: io.StringIO, how: Callable[..., None]) -> dict[str, Any]:
    """The one line of an answer, without what differs from line to line."""
    before = len(read(log))
    with Tracing("t", TraceSettings()).span("GET", Context(), SpanKind.SERVER):
        bound = bind_context(service="a-service", correlation_id="eyJhbGciOi.eyJzdWIi.sig-na-ture")
        how(get_logger("x").bind(), method="GET", path=path, status=200, millis=0.25)
        unbind_context(bound)
    (line,) = read(log)[before:]
    assert line.pop("trace_id") != line.pop("span_id")
    del line["timestamp"]
    return line


@pytest.mark.parametrize("path", ["/prices/1", "/a/token=hunter2", '/"\\\n', "/é/😀", "/\ud800"])
def test_the_line_of_an_answer_is_as_if_it_had_gone_the_long_way(path: str, lines: io.StringIO) -> None:
    def long_way(log: Any, **fields: Any) -> None:
        log.info("request.answered", **fields)

    assert answered(path, lines, log_answer) == answered(path, lines, long_way)
    assert "hunter2" not in lines.getvalue()
    assert lines.getvalue().isascii()


def test_an_answer_is_not_logged_where_it_is_not_wanted(lines: io.StringIO) -> None:
    configure_logging("catalog-test", LogSettings(log_format="json", log_level="warning"), lines)
    log_answer(get_logger("x").bind(), method="GET", path="/", status=200, millis=0.25)
    assert read(lines) == []
