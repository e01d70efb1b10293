"""Requests that may be sent twice: `Idempotency-Key`, as the IETF's httpapi draft describes it.

The same key with the same request gives the same reply, whoever died in between. The reply is kept in the
transaction of what the request did, so there is no moment in which one exists without the other.
"""

import hashlib
import re
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response

from kernel.errors import Invalid
from kernel.http.policy import GuardedRoute, judge, policy_of, principal_of
from kernel.replies import Replies, Reply

_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_KEPT = ("content-type", "etag", "location", "cache-control")


class IdempotentRoute(GuardedRoute):
    """A route whose POST honours the header `Idempotency-Key`: `APIRouter(route_class=IdempotentRoute)`.

    Refusals are not kept: what was refused has done nothing and may be tried again.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler of the route, in a transaction of its own when there is a key."""
        handle = super().get_route_handler()
        if "POST" not in (self.methods or ()):
            return handle
        policy = policy_of(self)

        async def once(request: Request) -> Response:
            keys = request.headers.getlist("idempotency-key")
            if not keys:
                return await handle(request)
            await judge(policy, request)
            if len(keys) != 1 or not _KEY.fullmatch(keys[0]):
                raise Invalid("Idempotency-Key must be one text of 1 to 255 visible ASCII characters.")
            replies: Replies = request.app.state.replies
            principal = await principal_of(request)
            seen = request.headers.get("if-match", "")  # to publish version 4 is not to publish version 1
            head = f"{request.method} {request.url.path}?{request.url.query}\n{seen}\n".encode()
            fingerprint = hashlib.sha256(head + await request.body()).digest()
            async with replies.once(principal.subject, keys[0], fingerprint) as answered:
                if answered.known is not None:
                    return _response(answered.known)
                response = await handle(request)
                answered.keep(_reply(response))
            return response

        return once


def _reply(response: Response) -> Reply:
    headers = {name: response.headers[name] for name in _KEPT if name in response.headers}
    return Reply(response.status_code, headers, bytes(response.body))


def _response(reply: Reply) -> Response:
    return Response(reply.body, reply.status, {**reply.headers, "Idempotency-Replayed": "true"})
