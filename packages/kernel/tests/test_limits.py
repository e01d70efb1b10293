"""How much JSON holds and how deep it nests, against a plain parser as the oracle."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.http.limits import VALUES, shape

TEXT = st.text(st.sampled_from('ab[]{}"\\\n é'), max_size=8)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


def nesting(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(nesting, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(nesting, value), default=0)
    return 0


def size(value: Any) -> int:
    """How many values a document holds, arrays and objects included."""
    if isinstance(value, dict):
        return 1 + sum(map(size, value.values()))
    if isinstance(value, list):
        return 1 + sum(map(size, value))
    return 1


@given(DOCUMENTS)
def test_depth_is_that_of_the_parsed_document(value: Any) -> None:
    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False)):
        values, depth = shape(text.encode())
        assert depth == nesting(value)
        assert values >= size(value) - 1


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (b"[" * 30, 30),
        (b"[" * 500_000, 0),
        (b'"' + b"[" * 500_000, 0),
        (b'"' + b"\\" * 500_001, 0),
        (b'"\\"[[[[" [', 1),
        (b'{"a":"' + b'\\"[' * 100_000 + b'"}', 1),
        (b"][[", 1),
        (b"", 0),
    ],
)
def test_the_depth_of_hostile_text(document: bytes, expected: int) -> None:
    assert shape(document)[1] == expected


def test_values_are_counted_before_they_are_nested() -> None:
    assert shape(b"[" * 500_000)[0] > VALUES
    assert shape(b"[" + b"0," * 20_000 + b"0]")[0] > VALUES
    assert shape(b"[" + b"0," * 9_000 + b"0]") == (9_002, 1)
