"""How deep JSON nests, against a plain parser as the oracle."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.http.limits import depth

TEXT = st.text(st.sampled_from('ab[]{}"\\\n é'), max_size=8)
VALUES = st.recursive(
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


@given(VALUES)
def test_depth_is_that_of_the_parsed_document(value: Any) -> None:
    assert depth(json.dumps(value).encode()) == nesting(value)
    assert depth(json.dumps(value, ensure_ascii=False).encode()) == nesting(value)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (b"[" * 500_000, 500_000),
        (b'"' + b"[" * 500_000, 0),
        (b'"' + b"\\" * 500_001, 0),
        (b'"\\"[[[[" [', 1),
        (b'{"a":"' + b'\\"[' * 100_000 + b'"}', 1),
        (b"][[", 1),
        (b"", 0),
    ],
)
def test_hostile_text_costs_no_more_than_its_length(document: bytes, expected: int) -> None:
    assert depth(document) == expected
