"""How the doctor says counts, names and times."""

from collections.abc import Sequence
from datetime import datetime


def number(count: int, one: str, many: str) -> str:
    """A count with what is counted: 1 event, 1,442 events."""
    return f"{count:,} {one if count == 1 else many}"


def listed(names: Sequence[str]) -> str:
    """Names as in a sentence: a, b and c."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def upper(text: str) -> str:
    """As at the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def ago(since: datetime, now: datetime) -> str:
    """How long ago something was."""
    return spoken((now - since).total_seconds())


def spoken(seconds: float) -> str:
    """A time as people say it: 45 s, 12 min, 3 h, 2 d."""
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"
