"""Spans as Zipkin's API tells them, and the ids of traces."""

from typing import Any

import pytest

from platform_app.tracing.spans import Span, spans_of, trace_id_of

ID = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.mark.parametrize(
    "text",
    [
        ID,
        f" {ID.upper()}\n",
        f"00-{ID}-00f067aa0ba902b7-01",
        f"traceparent: 00-{ID}-00f067aa0ba902b7-03",
    ],
)
def test_an_id_is_found_in_what_a_person_has(text: str) -> None:
    assert trace_id_of(text) == ID


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        ID[:-1],
        f"{ID}0",
        f"{ID}-00f067aa0ba902b7",
        "0" * 32,
        f"00-{ID}-00f067aa0ba902b7-01-x",
        f"{ID[:-1]}g",
    ],
)
def test_what_is_no_id_is_none(text: str) -> None:
    assert trace_id_of(text) is None


def test_a_span_is_read_whole() -> None:
    told = {
        "traceId": ID,
        "id": "b",
        "parentId": "a",
        "name": "insert",
        "kind": "CLIENT",
        "timestamp": 1000,
        "duration": 20,
        "localEndpoint": {"serviceName": "pricing"},
        "tags": {"error": "Unavailable: full", "otel.status_code": "ERROR", "link": "c"},
    }
    assert spans_of([told]) == [Span("b", "a", "pricing", "insert", 1000, 20, "Unavailable: full", "c")]


def test_a_span_may_have_nothing_but_an_id() -> None:
    assert spans_of([{"id": "a"}]) == [Span("a", None, "unknown", "unnamed")]


@pytest.mark.parametrize(
    ("tags", "error", "link"),
    [
        ({}, None, None),
        ({"otel.status_code": "OK"}, None, None),
        ({"error": ""}, "it does not say why", None),
        ({"error": "true"}, "it does not say why", None),
        ({"otel.status_code": "ERROR"}, "it does not say why", None),
        ({"links": "x"}, None, "x"),
        ({"messaging.redelivered": "true"}, None, "an earlier delivery"),
        ({"messaging.redelivered": "false"}, None, None),
    ],
)
def test_errors_and_links_are_in_tags(tags: dict[str, str], error: str | None, link: str | None) -> None:
    (span,) = spans_of([{"id": "a", "tags": tags}])
    assert (span.error, span.link) == (error, link)


@pytest.mark.parametrize("told", [[{}], ["a"], [None], [{"id": "a", "tags": ["x"]}]])
def test_what_is_no_span_is_refused(told: Any) -> None:
    with pytest.raises((KeyError, TypeError, AttributeError)):
        spans_of(told)
