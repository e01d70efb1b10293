"""Draw the spans of one trace as a tree."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from platform_app.tracing.spans import Span

BAR = 24
"""The characters of a bar, which is the whole trace."""
_FULL, _EMPTY = "█", "·"
_LOST = "; … is a parent that is not among them"


@dataclass(frozen=True)
class Line:
    """A line of the drawing; `failed` when it is about an error."""

    text: str
    failed: bool = False


@dataclass(frozen=True)
class _Placed:
    """A span and where it stands: what leads to it, what stands before that which is below it, and whether
    its parent is missing."""

    span: Span
    lead: str
    below: str
    lost: bool


def drawn(spans: Sequence[Span]) -> list[Line]:
    """A head, and a line for each span: when it began, how long it took, where that lies, and what it was.

    Siblings are in the order in which they began. A span whose parent is not among them stands at the root,
    and an ellipsis before it. A reason has a line of its own.
    """
    begin = min((one.start for one in spans if one.start is not None), default=0)
    end = max((one.end for one in spans if one.end is not None), default=begin)
    every = _placed(spans)
    lines = [Line(_head(spans, end - begin) + (_LOST if any(one.lost for one in every) else ""))]
    for placed in every:
        span = placed.span
        what = f"{'… ' if placed.lost else placed.lead}{span.service}: {span.name}"
        if span.error is not None:
            what += " ✗"
        times = f"{_offset(span, begin):>10} {_took(span):>10}"
        lines.append(Line(f"{times}  {_bar(span, begin, end)}  {what}", span.error is not None))
        margin = " " * (len(times) + BAR + 4) + placed.below
        if span.error is not None:
            lines.append(Line(f"{margin}! {span.error}", True))
        if span.link is not None:
            lines.append(Line(f"{margin}↩ linked to {span.link}"))
    return lines


def _head(spans: Sequence[Span], micros: int) -> str:
    services = len({one.service for one in spans})
    errors = sum(one.error is not None for one in spans)
    said = [
        f"{len(spans):,} {'span' if len(spans) == 1 else 'spans'}",
        f"{services} {'service' if services == 1 else 'services'}",
        _spoken(micros),
        *([f"{errors} {'error' if errors == 1 else 'errors'}"] if errors else []),
    ]
    return ", ".join(said)


def _placed(spans: Sequence[Span]) -> list[_Placed]:
    """All spans, each after its parent. Who reports a span twice is shown twice."""
    ordered = sorted(spans, key=lambda one: (one.start is None, one.start or 0, one.id))
    known = {one.id for one in ordered}
    children: dict[str | None, list[Span]] = {}
    for one in ordered:
        children.setdefault(one.parent, []).append(one)
    roots = [one for one in ordered if one.parent not in known]
    found: dict[int, _Placed] = {}
    for root in [*roots, *ordered]:  # what leads in a circle has no root, and begins somewhere
        waiting = [_Placed(root, "", "", lost=root.parent is not None)]
        while waiting:  # and not by recursion: a trace may be deeper than that goes
            placed = waiting.pop()
            if id(placed.span) in found:
                continue
            own = [child for child in children.get(placed.span.id, ()) if id(child) not in found]
            found[id(placed.span)] = replace(placed, below=f"{placed.below}{'│  ' if own else '   '}")
            for child in reversed(own):
                lead, indent = ("└─ ", "   ") if child is own[-1] else ("├─ ", "│  ")
                waiting.append(_Placed(child, placed.below + lead, placed.below + indent, lost=False))
    return list(found.values())


def _bar(span: Span, begin: int, end: int) -> str:
    """Where in the trace it lies. What is too short to be seen is one character; what has no time is none."""
    if span.start is None or span.end is None:
        return _EMPTY * BAR
    whole = max(end - begin, 1)
    first = min((span.start - begin) * BAR // whole, BAR - 1)
    last = min(max(-(-(span.end - begin) * BAR // whole), first + 1), BAR)
    return _EMPTY * first + _FULL * (last - first) + _EMPTY * (BAR - last)


def _offset(span: Span, begin: int) -> str:
    return "?" if span.start is None else f"+{_spoken(span.start - begin)}"


def _took(span: Span) -> str:
    return "?" if span.duration is None else _spoken(span.duration)


def _spoken(micros: int) -> str:
    """A time in three or four digits: 0.35 ms, 12.3 ms, 184 ms, 2.35 s."""
    if micros >= 1_000_000:
        return f"{micros / 1e6:,.2f} s"
    millis = micros / 1000
    return f"{millis:.2f} ms" if millis < 10 else f"{millis:.1f} ms" if millis < 100 else f"{millis:.0f} ms"
