"""The file: a JSON object a line. It is read twice and never held: to find the rows, and to get each."""

import json
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from kernel.errors import Problem
from kernel.texts import key_faults

LONGEST = 1024 * 1024
"""Bytes of a line: as many as the platform takes in one request."""
_BOM = b"\xef\xbb\xbf"


class Kind(StrEnum):
    """What a row is about, in the order in which rows are imported: each refers to those before it."""

    CHARACTERISTIC = "characteristic"
    SPECIFICATION = "specification"
    PRICE = "price"
    OFFERING = "offering"


@dataclass(frozen=True)
class Place:
    """Where something was said: the number of its line, from 1 on, and as much as could be read of it."""

    line: int
    kind: str = ""
    key: str = ""


@dataclass(frozen=True)
class Row:
    """One row: `said` is all of its JSON."""

    line: int
    kind: Kind
    key: str
    said: dict[str, Any]

    @property
    def place(self) -> Place:
        """Where it is."""
        return Place(self.line, self.kind, self.key)


Refuse = Callable[[Place, Sequence[Problem]], None]
"""Told of each line that is no row."""


@dataclass(frozen=True)
class Index:
    """Where the rows of a file begin, by kind, in two numbers each; and their keys, each there once."""

    file: Path
    offsets: dict[Kind, "array[int]"] = field(default_factory=lambda: {kind: array("Q") for kind in Kind})
    lines: dict[Kind, "array[int]"] = field(default_factory=lambda: {kind: array("Q") for kind in Kind})
    keys: dict[Kind, set[str]] = field(default_factory=lambda: {kind: set() for kind in Kind})

    @classmethod
    def of(cls, file: Path, refuse: Refuse) -> "Index":
        """Look through the file. `refuse` is told what is wrong with the lines that are no rows.

        Raises:
            OSError: when it cannot be read.
        """
        index = cls(file)
        for line, offset, text in _lines(file):
            found = _read(line, text)
            if isinstance(found, Row) and found.key in index.keys[found.kind]:
                said = "An earlier line has the same kind and key: each is accepted once in a file."
                refuse(found.place, [Problem("repeated", said, "/key")])
            elif isinstance(found, Row):
                index.keys[found.kind].add(found.key)
                index.offsets[found.kind].append(offset)
                index.lines[found.kind].append(line)
            else:
                refuse(*found)
        return index

    def count(self, kind: Kind) -> int:
        """How many rows there are of a kind."""
        return len(self.lines[kind])

    @property
    def total(self) -> int:
        """How many rows there are."""
        return sum(map(self.count, Kind))

    def rows(self, kind: Kind) -> Iterator[Row]:
        """The rows of a kind, in the order of the file."""
        with self.file.open("rb") as stream:
            for offset, line in zip(self.offsets[kind], self.lines[kind], strict=True):
                stream.seek(offset)
                found = _read(line, stream.readline(LONGEST + 1))
                if isinstance(found, Row):  # as it was a moment ago, unless somebody has changed the file
                    yield found


def _lines(file: Path) -> Iterator[tuple[int, int, bytes]]:
    """Number, place and text of each line that is not blank; of one that is too long only its beginning."""
    with file.open("rb") as stream:
        offset, line = 0, 1
        if stream.read(len(_BOM)) == _BOM:
            offset = len(_BOM)
        stream.seek(offset)
        while text := stream.readline(LONGEST + 1):
            if text.strip():
                yield line, offset, text
            while len(text) > LONGEST and not text.endswith(b"\n"):
                text = stream.readline(LONGEST + 1) or b"\n"
            offset, line = stream.tell(), line + 1


def _read(line: int, text: bytes) -> Row | tuple[Place, list[Problem]]:
    """The row in a line, or what is wrong with it."""
    if len(text) > LONGEST:
        return Place(line), [Problem("too_long", f"A line has at most {LONGEST} bytes.")]
    try:
        said = json.loads(text.decode(), parse_constant=_no_constant, object_pairs_hook=_unique)
    except UnicodeDecodeError:
        return Place(line), [Problem("not_utf8", "A line is JSON in UTF-8.")]
    except _Twice as error:
        return Place(line), [Problem("repeated_name", f"This object has the name {error} twice.")]
    except json.JSONDecodeError as error:  # its own words call every line the first one
        said = f"This line is not JSON: {error.msg}, at character {error.pos + 1}."
        return Place(line), [Problem("not_json", said)]
    except (ValueError, RecursionError) as error:
        return Place(line), [Problem("not_json", f"This line is not JSON: {error}.")]
    if not isinstance(said, dict):
        return Place(line), [Problem("not_object", 'A line is a JSON object: {"kind": ..., "key": ...}.')]
    kind, key = said.get("kind"), said.get("key")
    place = Place(line, _shown(kind), _shown(key))
    if kind not in list(Kind):
        return place, [Problem("unknown_kind", f"A kind is one of {', '.join(Kind)}.", "/kind")]
    if not isinstance(key, str) or not key:
        return place, [Problem("key", "A row has a key, by which it is found again.", "/key")]
    if faults := [*key_faults(key)]:
        return place, faults
    return Row(line, Kind(kind), key, said)


def _shown(value: object) -> str:
    return value[:64] if isinstance(value, str) else ""


class _Twice(ValueError):
    """A name that an object has twice; of its two values Python would forget one in silence."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _Twice(ascii(name[:64]))
        found[name] = value
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"JSON has no {name}")
