"""Reading a file: which lines are rows, and what is said of the others."""

import json
from pathlib import Path
from typing import Any

import pytest

from kernel.errors import Problem
from platform_app.importing.rows import LONGEST, Index, Kind, Place

Said = list[tuple[Place, list[str]]]


def read(tmp_path: Path, content: bytes) -> tuple[Index, Said]:
    """The index of a file with this content, and what was refused: where, and the codes."""
    file = tmp_path / "rows.ndjson"
    file.write_bytes(content)
    said: Said = []

    def refuse(place: Place, problems: Any) -> None:
        assert all(isinstance(one, Problem) and one.message for one in problems)
        said.append((place, [one.code for one in problems]))

    return Index.of(file, refuse), said


def test_rows_come_by_kind_in_the_order_of_the_file(tmp_path: Path) -> None:
    lines = [
        '{"kind": "price", "key": "a", "name": "ä"}',
        '{"kind": "offering", "key": "a"}',
        "",
        '  {"kind": "price", "key": "b"}  ',
    ]
    index, said = read(tmp_path, b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
    assert said == []
    assert [(one.line, one.key, one.said.get("name")) for one in index.rows(Kind.PRICE)] == [
        (1, "a", "ä"),
        (4, "b", None),
    ]
    assert [one.place for one in index.rows(Kind.OFFERING)] == [Place(2, "offering", "a")]
    assert (index.count(Kind.PRICE), index.count(Kind.CHARACTERISTIC), index.total) == (2, 0, 3)


@pytest.mark.parametrize(
    ("line", "place", "code"),
    [
        (b"{", Place(1), "not_json"),
        (b'{"kind": "price", "key": "a", "amount": NaN}', Place(1), "not_json"),
        (b"[" * 100_000, Place(1), "not_json"),
        (b'{"kind": "price", "key": "\xff"}', Place(1), "not_utf8"),
        (b"[1]", Place(1), "not_object"),
        (b'{"kind": "price", "key": "a", "key": "b"}', Place(1), "repeated_name"),
        (b'{"key": "a"}', Place(1, "", "a"), "unknown_kind"),
        (b'{"kind": ["price"], "key": "a"}', Place(1, "", "a"), "unknown_kind"),
        (b'{"kind": "Price", "key": "a"}', Place(1, "Price", "a"), "unknown_kind"),
        (b'{"kind": "price"}', Place(1, "price"), "key"),
        (b'{"kind": "price", "key": 1}', Place(1, "price"), "key"),
        (b'{"kind": "price", "key": "a,b"}', Place(1, "price", "a,b"), "key"),
    ],
)
def test_what_is_no_row_is_said_and_the_rest_goes_on(
    tmp_path: Path, line: bytes, place: Place, code: str
) -> None:
    index, said = read(tmp_path, line + b'\n{"kind": "price", "key": "good"}\n')
    assert said == [(place, [code])]
    assert [(one.line, one.key) for one in index.rows(Kind.PRICE)] == [(2, "good")]


def test_what_is_wrong_with_a_line_is_where_it_is_in_that_line(tmp_path: Path) -> None:
    file = tmp_path / "rows.ndjson"
    file.write_text('{"kind": "price", "key": "good"}\n{"kind": "price" "key": "a"}\n')
    said: list[str] = []
    Index.of(file, lambda place, problems: said.extend(f"{place.line}: {one.message}" for one in problems))
    assert said == ["2: This line is not JSON: Expecting ',' delimiter, at character 18."]


def test_a_key_is_accepted_once_for_each_kind(tmp_path: Path) -> None:
    lines = [{"kind": kind, "key": "a"} for kind in ("price", "offering", "price")]
    index, said = read(tmp_path, "\n".join(map(json.dumps, lines)).encode())
    assert said == [(Place(3, "price", "a"), ["repeated"])]
    assert index.total == 2


def test_a_line_that_is_too_long_is_not_held(tmp_path: Path) -> None:
    long = b'{"kind": "price", "key": "a", "name": "' + b"x" * (2 * LONGEST) + b'"}'
    index, said = read(tmp_path, long + b'\n{"kind": "price", "key": "b"}\n' + long)
    assert [(place.line, codes) for place, codes in said] == [(1, ["too_long"]), (3, ["too_long"])]
    assert [(one.line, one.key) for one in index.rows(Kind.PRICE)] == [(2, "b")]


def test_a_line_as_long_as_a_request_is_a_row(tmp_path: Path) -> None:
    begin, end = b'{"kind": "price", "key": "a", "name": "', b'"}'
    longest = begin + b"x" * (LONGEST - len(begin) - len(end) - 1) + end + b"\n"
    index, said = read(tmp_path, longest * 1 + b'{"kind": "price", "key": "b"}')
    assert len(longest) == LONGEST
    assert said == []
    assert [one.line for one in index.rows(Kind.PRICE)] == [1, 2]


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Index.of(tmp_path / "none", lambda *_: None)
