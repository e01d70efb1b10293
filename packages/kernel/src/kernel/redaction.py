"""Keep secrets out of what is written down."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

HIDDEN = "[redacted]"

_SECRET_NAME = re.compile(
    r"passw|secret|token|authori[sz]ation|cookie|credential|api[-_]?key|private[-_]?key|client[-_]?assertion"
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
# A text without any of these has no match above, and nearly all texts have none. These and the names are
# looked for in folded text: in an id that takes 0.4 us, and an expression that ignores case takes 2.4.
_SIGN = re.compile(r"eyj|bearer|basic|://|passw|secret|token|credential|cookie")
_HARMLESS = (bool, int, float, type(None))
_DEPTH = 6


def redact(value: Any, name: str = "", depth: int = 0) -> Any:
    """Return `value` with every secret replaced: by the name it goes under, or by what it looks like.

    Nested mappings and sequences are copied, six deep; what is deeper is left out rather than trusted.
    """
    if isinstance(value, _HARMLESS):
        return value
    if name and _is_secret(name):
        return HIDDEN
    if isinstance(value, str):
        if not _SIGN.search(value.casefold()):
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
    return redact(str(value))


@lru_cache(
    maxsize=512
)  # lines have the same few names; a bounded cache, because a stranger's JSON may have any
def _is_secret(name: str) -> bool:
    return _SECRET_NAME.search(name.casefold()) is not None


def reason_of(error: BaseException) -> str:
    """Why something failed, in at most 500 characters and without the input, which may hold secrets."""
    said = faults_of(error) if isinstance(error, ValidationError) else str(redact(str(error)))
    return f"{type(error).__name__}: {said}"[:500]


def faults_of(error: ValidationError) -> str:
    """The first few faults of what was read, without the input, which may hold secrets."""
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(f"{'/'.join(map(str, one['loc'])) or 'it'}: {one['msg'].lower()}" for one in found[:5])
