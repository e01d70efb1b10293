"""A trace as it is drawn: every character of it."""

from platform_app.tracing.spans import Span
from platform_app.tracing.tree import BAR, Line, drawn

MS = 1000


def text(*spans: Span) -> list[str]:
    """The lines that are drawn."""
    return [one.text for one in drawn(spans)]


def test_a_request_with_all_that_follows() -> None:
    spans = [
        Span("d", "b", "pricing", "price.locked.v1 publish", 60 * MS, 30 * MS),
        Span("a", None, "gateway", "POST /api/prices", 0, 48 * MS),
        Span("b", "a", "pricing", "POST /prices", 2 * MS, 40 * MS),
        Span("c", "b", "pricing", "insert price", 4 * MS, 350),
        Span("e", "d", "store", "price.locked.v1 process", 72 * MS, 2_376 * MS),
        Span("f", "a", "gateway", "last", 47 * MS, 1 * MS),
    ]
    assert text(*spans) == [
        "6 spans, 3 services, 2.45 s",
        "  +0.00 ms    48.0 ms  █·······················  gateway: POST /api/prices",
        "  +2.00 ms    40.0 ms  █·······················  ├─ pricing: POST /prices",
        "  +4.00 ms    0.35 ms  █·······················  │  ├─ pricing: insert price",
        "  +60.0 ms    30.0 ms  █·······················  │  └─ pricing: price.locked.v1 publish",
        "  +72.0 ms     2.38 s  ████████████████████████  │     └─ store: price.locked.v1 process",
        "  +47.0 ms    1.00 ms  █·······················  └─ gateway: last",
    ]


def test_a_bar_says_where_in_the_trace_a_span_lies() -> None:
    whole = BAR * MS
    spans = [
        Span("a", None, "s", "whole", 0, whole),
        Span("b", "a", "s", "first half", 0, whole // 2),
        Span("c", "a", "s", "second half", whole // 2, whole // 2),
        Span("d", "a", "s", "an instant at the end", whole, 0),
    ]
    assert [line.text[23 : 23 + BAR] for line in drawn(spans)[1:]] == [
        "████████████████████████",
        "████████████············",
        "············████████████",
        "·······················█",
    ]


def test_an_error_has_its_reason_below_it_and_is_marked() -> None:
    spans = [
        Span("a", None, "store", "GET /store", 0, 10 * MS),
        Span("b", "a", "store", "find", 0, 10 * MS, error="Unavailable: MongoDB does not answer"),
        Span("c", "b", "store", "connect", 0, 10 * MS, error="it does not say why"),
        Span("d", "a", "store", "render", 9 * MS, 1 * MS),
    ]
    bar = "████████████████████████"
    assert drawn(spans) == [
        Line("4 spans, 1 service, 10.0 ms, 2 errors"),
        Line(f"  +0.00 ms    10.0 ms  {bar}  store: GET /store"),
        Line(f"  +0.00 ms    10.0 ms  {bar}  ├─ store: find ✗", failed=True),
        Line(f"{' ' * 49}│  │  ! Unavailable: MongoDB does not answer", failed=True),
        Line(f"  +0.00 ms    10.0 ms  {bar}  │  └─ store: connect ✗", failed=True),
        Line(f"{' ' * 49}│        ! it does not say why", failed=True),
        Line("  +9.00 ms    1.00 ms  ·····················███  └─ store: render"),
    ]


def test_a_message_that_came_again_says_so() -> None:
    spans = [
        Span("a", None, "pricing", "publish", 0, 12 * MS),
        Span("b", "a", "store", "process", 0, 12 * MS, link="an earlier delivery"),
    ]
    assert text(*spans)[2:] == [
        "  +0.00 ms    12.0 ms  ████████████████████████  └─ store: process",
        f"{' ' * 49}      ↩ linked to an earlier delivery",
    ]


def test_a_span_without_its_parent_stands_at_the_root_with_a_mark() -> None:
    spans = [
        Span("b", "gone", "store", "process", 0, 24 * MS),
        Span("c", "b", "store", "find", 12 * MS, 12 * MS),
        Span("a", None, "gateway", "GET /", 1 * MS, 1 * MS),
    ]
    assert text(*spans) == [
        "3 spans, 2 services, 24.0 ms; … is a parent that is not among them",
        "  +0.00 ms    24.0 ms  ████████████████████████  … store: process",
        "  +12.0 ms    12.0 ms  ············████████████  └─ store: find",
        "  +1.00 ms    1.00 ms  ·█······················  gateway: GET /",
    ]


def test_a_span_that_nobody_has_timed_comes_last_and_has_no_bar() -> None:
    spans = [
        Span("b", "a", "s", "untimed"),
        Span("c", "a", "s", "unfinished", 5 * MS),
        Span("a", None, "s", "root", 0, 10 * MS),
    ]
    assert text(*spans)[2:] == [
        "  +5.00 ms          ?  ············█···········  ├─ s: unfinished",
        "         ?          ?  ························  └─ s: untimed",
    ]


def test_one_span_and_no_time_at_all() -> None:
    assert text(Span("a", None, "s", "alone")) == [
        "1 span, 1 service, 0.00 ms",
        "         ?          ?  ························  s: alone",
    ]
    assert text(Span("a", None, "s", "alone", 7, 0))[1] == (
        "  +0.00 ms    0.00 ms  █·······················  s: alone"
    )


def test_what_leads_in_a_circle_is_shown_once() -> None:
    spans = [
        Span("a", "b", "s", "one", 0, 1),
        Span("b", "a", "s", "other", 0, 1),
        Span("c", "c", "s", "own", 0, 1),
    ]
    assert [line.text.split("  ")[-1] for line in drawn(spans)] == [
        "3 spans, 1 service, 0.00 ms; … is a parent that is not among them",
        "… s: one",
        "└─ s: other",
        "… s: own",
    ]


def test_a_span_that_two_have_reported_is_shown_twice_and_its_children_once() -> None:
    spans = [
        Span("a", None, "gateway", "call", 0, 10),
        Span("a", None, "store", "serve", 1, 8),
        Span("b", "a", "store", "find", 2, 1),
    ]
    assert [line.text.split("  ")[-1] for line in drawn(spans)[1:]] == [
        "gateway: call",
        "└─ store: find",
        "store: serve",
    ]


def test_a_trace_may_be_deeper_than_python_calls() -> None:
    spans = [Span(str(at), str(at - 1) if at else None, "s", "deep", at, 1) for at in range(3000)]
    lines = drawn(spans)
    assert len(lines) == 3001
    assert lines[-1].text.endswith(f"{' ' * 3 * 2998}└─ s: deep")
