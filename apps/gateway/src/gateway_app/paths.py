"""Which service is behind which address. Strangers choose the path, but never the host (S15)."""

import re
from typing import Final

SERVICES: Final = {
    "characteristics": "characteristic",
    "specifications": "specification",
    "prices": "pricing",
    "offerings": "offering",
    "publications": "offering",
    "store": "store",
}
"""The first step of a path below /api, and the service that owns it."""

PREFIX: Final = b"/api"

# One spelling for one address: what servers and proxies have been known to read differently is refused, not
# repaired. No step is empty (but the last may be) or made of dots, no `;` begins parameters, there is no
# backslash, no control character, nothing outside of ASCII, and none of these nor a percent sign is hidden
# behind a percent sign.
_CHARACTER = rb"(?:[A-Za-z0-9\-._~!$&'()*+,=:@]|%(?!2[eEfF5]|3[bB]|5[cC]|7[fF]|[01])[0-9A-Fa-f]{2})"
_PLAIN = re.compile(rb"(?:/(?!\.{1,2}(?:/|$))" + _CHARACTER + rb"+)+/?", re.DOTALL)
_QUERY = re.compile(rb"[\x21-\x7e]*", re.DOTALL)


def is_plain(path: bytes, query: bytes) -> bool:
    """Whether a raw path and query can be read in one way only."""
    return _PLAIN.fullmatch(path) is not None and _QUERY.fullmatch(query) is not None


def service_of(path: bytes) -> str | None:
    """The service that owns a raw path below `/api`, or None."""
    steps = path.split(b"/", 3)
    if len(steps) < 3 or steps[0] or steps[1] != PREFIX[1:]:
        return None
    return SERVICES.get(steps[2].decode("latin-1"))
