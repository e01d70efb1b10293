"""Drop what strangers say about who they are."""

import re

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


def is_forged(name: bytes) -> bool:
    """Whether a header (its name in lower case) claims what only a trusted proxy could know."""
    return b"_" in name or _FORGED.fullmatch(name) is not None
