"""Keep secrets out of what is written down."""

import re
from collections.abc import Mapping
from typing import Any

HIDDEN = "[redacted]"

_SECRET_NAME = re.compile(
    r"passw|secret|token|authori[sz]ation|cookie|credential|api[-_]?key|private[-_]?key|client[-_]?assertion",
    re.IGNORECASE,
)
_SECRET_TEXT = re.compile(
    r"""
      \beyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*){1,3}  # a JSON web token
    | (?<=bearer\s)\S+ | (?<=basic\s)\S+  # an Authorization header's value
    | (?<=://)[^\s/@:]*:[^\s/@]+(?=@)  # user:password@ in an address
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SECRET_PAIR = re.compile(
    r"""
    (\w*(?:passw|secret|token|credential|cookie)\w*["']?\s*[=:]\s*)  # a name, in a form, JSON or a repr
    (?: "[^"]*" | '[^']*' | [^\s"'&,;)}\]]+ )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_DEPTH = 6


def redact(value: Any, name: str = "", depth: int = 0) -> Any:
    """Return `value` with every secret replaced: by the name it goes under, or by what it looks like.

    Nested mappings and sequences are copied, to a depth of six; what is deeper is left out rather than
    trusted.
    """
    if name and value is not None and not isinstance(value, bool | int | float) and _SECRET_NAME.search(name):
        return HIDDEN
    if isinstance(value, str):
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
