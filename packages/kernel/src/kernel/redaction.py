"""Keep secrets out of what is written down."""

import re
from collections.abc import Mapping
from typing import Any

HIDDEN = "[redacted]"

_SECRET_NAME = re.compile(
    r"passw|secret|token|authori[sz]ation|cookie|credential|api[-_]?key|private[-_]?key|client[-_]?assertion",
    re.IGNORECASE,
)
# Every repetition is bounded: anybody may send the text these look at, and an unbounded one would let a
# request of sixteen kilobytes keep the process busy for minutes.
_SECRET_TEXT = re.compile(
    r"""
      \beyJ[\w-]{5,2048}+\.[\w-]{1,8192}+(?:\.[\w-]{0,2048}+){1,3}  # a JSON web token
    | (?<=bearer\s)\S+ | (?<=basic\s)\S+  # an Authorization header's value
    | (?<=://)[^\s/@:]{0,128}+:[^\s/@]{1,256}+(?=@)  # user:password@ in an address
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SECRET_PAIR = re.compile(
    r"""
    ((?:passw|secret|token|credential|cookie)\w{0,32}["']?\s{0,4}[=:]\s{0,4})  # a name, wherever
    (?: "[^"]{0,512}+" | '[^']{0,512}+' | ["']?[^\s"'&,;)}\]]+ )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SIGNS = ("eyj", "bearer", "basic", "://", "passw", "secret", "token", "credential", "cookie")
"""A text without any of these, whatever their case, has no match above; nearly all texts have none."""
_DEPTH = 6


def redact(value: Any, name: str = "", depth: int = 0) -> Any:
    """Return `value` with every secret replaced: by the name it goes under, or by what it looks like.

    Nested mappings and sequences are copied, six deep; what is deeper is left out rather than trusted.
    """
    if name and value is not None and not isinstance(value, bool | int | float) and _SECRET_NAME.search(name):
        return HIDDEN
    if isinstance(value, str):
        folded = value.casefold()
        if not any(sign in folded for sign in _SIGNS):
            return value
        return _SECRET_PAIR.sub(rf"\1{HIDDEN}", _SECRET_TEXT.sub(HIDDEN, value))
    if isinstance(value, bytes):
        return redact(value.decode(errors="replace"), name, depth)
    if isinstance(value, Mapping):
        if depth >= _DEPTH:
            return "..."
        return {str(key): redact(item, str(key), depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return "..." if depth >= _DEPTH else [redact(item, "", depth + 1) for item in value]
    if isinstance(value, BaseException):
        return redact(f"{type(value).__name__}: {value}")
    if value is None or isinstance(value, bool | int | float):
        return value
    return redact(str(value))
