"""What the builders of the samples share: keys that fit, and lines."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from typing import Any, TextIO

from kernel.texts import MOST_KEY, key_of

Row = dict[str, Any]

_MARK = 6  # hexadecimal digits that tell apart what would have the same key


def stems(names: Iterable[str]) -> dict[str, str]:
    """The beginning of the keys of each name; names that would share one are marked to tell them apart."""
    plain = {name: key_of(name) for name in names}
    count = Counter(plain.values())
    return {
        # what is as long as a key can be may have been cut
        name: _marked(name) if count[key] > 1 or len(key) >= MOST_KEY - 1 else key
        for name, key in plain.items()
    }


def key(stem: str, end: str = "") -> str:
    """The key that a stem and an end make: of what is too long the stem is cut, and marked."""
    whole = f"{stem}-{end}" if end else stem
    if len(whole) <= MOST_KEY:
        return whole
    tail = f"-{_mark(stem)}" + (f"-{end}" if end else "")
    return stem[: MOST_KEY - len(tail)].rstrip("-") + tail


def write(rows: Iterable[Row], stream: TextIO) -> None:
    """One row a line."""
    for row in rows:
        stream.write(json.dumps(row, ensure_ascii=False) + "\n")


def _marked(name: str) -> str:
    tail = f"-{_mark(name)}"
    return key_of(name)[: MOST_KEY - len(tail)].rstrip("-") + tail


def _mark(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:_MARK]
