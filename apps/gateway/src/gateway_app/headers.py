"""Drop what strangers say about who they are, and what is said to the next hop only."""

import re
from collections.abc import Iterable
from functools import lru_cache

from starlette.types import ASGIApp, Receive, Scope, Send

_FORGED = re.compile(
    rb"x-(user(name|id)?|email|groups?|subject|principal|roles?|internal|auth|authenticated|remote)(-.*)?"
    rb"|x-(forwarded|original|rewrite|real-ip|client-ip|cluster-client-ip|middleware|http-method|method)(-.*)?"
    rb"|remote-(user|name|email|groups?|addr)|forwarded|via|client-ip|true-client-ip|cf-connecting-ip"
    rb"|baggage|b3|x-b3-.*"
)


class DropForgedHeaders:
    """Remove inbound headers that name an identity, an origin or a proxy before anything can read them.

    Behind the gateway such headers would be believed by careless code; here they can only come from a caller.
    Names with an underscore go too: some servers read `X_User` as `X-User`.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            kept = [pair for pair in scope["headers"] if not is_forged(pair[0])]
            scope = {**scope, "headers": kept}
        await self._app(scope, receive, send)


@lru_cache(maxsize=256)  # requests have the same few names, and a look at each costs more than all else here
def is_forged(name: bytes) -> bool:
    """Whether a header (its name in lower case) claims what only a trusted proxy could know."""
    return b"_" in name or _FORGED.fullmatch(name) is not None


HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-authentication-info",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
"""What is meant for the next hop, whatever `Connection` says (RFC 9110, section 7.6.1)."""


def end_to_end(
    headers: Iterable[tuple[bytes, bytes]], dropped: frozenset[bytes] = HOP_BY_HOP
) -> list[tuple[bytes, bytes]]:
    """The headers, their names in lower case, without those `dropped`, which hold those for this hop.

    What `Connection` names goes too, so what we add must be added afterwards: nobody can have it removed.
    """
    kept, named = [], b""
    for name, value in headers:
        name = name.lower()
        if name == b"connection":
            named += b"," + value.lower()
        elif name not in dropped:
            kept.append((name, value))
    also = {one.strip() for one in named.split(b",")} - {b"", b"close", b"keep-alive"} if named else ()
    return [pair for pair in kept if pair[0] not in also] if also else kept
