"""Patterns that users write and that run on what other users type: RE2, whose time is linear in the text.

The syntax is https://github.com/google/re2/wiki/Syntax: no look-around and no back references.
"""

from functools import lru_cache
from typing import Any

import re2  # type: ignore[import-untyped]

from kernel.errors import Problem
from kernel.texts import unprintable

MOST_PATTERN = 500
"""Characters of a pattern."""

_POINTER = "/constraints/pattern"


def check_pattern(pattern: str) -> Problem | None:
    """What is wrong with a pattern; None when it can be used."""
    if not 1 <= len(pattern) <= MOST_PATTERN:
        return Problem("pattern", f"A pattern has 1 to {MOST_PATTERN} characters.", _POINTER)
    if unprintable(pattern):
        return Problem("pattern", "A pattern has no control characters: write \\t for a tab.", _POINTER)
    try:
        _compiled(pattern)
    except re2.error as error:
        said = error.args[0].decode(errors="replace")
        return Problem("pattern", f"This pattern is not understood: {said}.", _POINTER)
    return None


def matches(pattern: str, text: str) -> bool:
    """Whether a good pattern matches the whole of a text without surrogates."""
    return _compiled(pattern).fullmatch(text) is not None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False  # else the C++ library writes to standard error
    return re2.compile(pattern, options)
