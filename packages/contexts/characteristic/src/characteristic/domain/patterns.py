"""Patterns that users write and that run on what other users type: RE2, whose time is linear in the text.

The syntax is https://github.com/google/re2/wiki/Syntax: no look-around and no back references. Linear is not
quick: the time is also proportional to what a pattern is compiled to, and `a{1,1000}` forty times, well
within the characters that are accepted, took three seconds to compile; others took ten for one text. So its
size is bounded, too, and nothing is captured.
"""

from functools import lru_cache
from typing import Any

import re2  # type: ignore[import-untyped]

from kernel.errors import Problem
from kernel.texts import unprintable

MOST_PATTERN = 500
"""Characters of a pattern."""
MOST_MEMORY = 64 * 1024
"""Bytes that a pattern is compiled to, and worked with, at most: some 2,700 instructions. The worst that was
found within takes 10 ms to compile, and 35 ms for a text of 4,000 characters."""

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
        if "too large" in said:
            said = "Say how long the text may be (maxLength) instead of counting letters."
            return Problem("pattern", f"This pattern asks for too much work. {said}", _POINTER)
        return Problem("pattern", f"This pattern is not understood: {said}.", _POINTER)
    return None


def matches(pattern: str, text: str) -> bool:
    """Whether a good pattern matches the whole of a text without surrogates.

    Nothing matches one that was accepted before patterns had the bounds of today.
    """
    try:
        return _compiled(pattern).fullmatch(text) is not None
    except re2.error:
        return False


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False  # else the C++ library writes to standard error
    options.max_mem = MOST_MEMORY
    options.never_capture = True
    return re2.compile(pattern, options)
