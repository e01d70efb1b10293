"""What is not the gateway's own is passed to the service that owns the address.

It is an ASGI app and no route: the policy of an address is the service's, and so is the judgement of the
token, which every service verifies itself (decision 5). To verify it here too would cost more than all the
rest of the way, and would prove nothing to anybody.

It stands inside the chassis: `RequestContext` has given trace, correlation id and log line, `Limits` has read
the body within its bounds.
"""

import asyncio
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway_app.headers import HOP_BY_HOP, end_to_end
from gateway_app.paths import PREFIX, SERVICES, is_plain, service_of
from gateway_app.ports import Overdue, Upstreams
from kernel.errors import Unavailable
from kernel.http import refusal
from kernel.http.problems import problem
from kernel.origin import present_origin
from kernel.tracing import inject, within

_PATIENCE = 0.05  # seconds; most answers are there before it is worth listening whether the caller is
_TRACE = HOP_BY_HOP | {b"traceparent", b"tracestate"}
_OURS = _TRACE | {b"x-correlation-id"}
_ASGI = ("type", "asgi", "http_version", "method", "scheme", "query_string", "root_path", "client", "server")


@dataclass(frozen=True)
class _Route:
    """What `RequestContext` calls a span by: not the whole path, which has ids in it."""

    path: str


_ROUTES = {name: _Route(f"/api/{name}/*") for name in SERVICES}


class Proxy:
    """Pass on what is below `/api` and belongs to a service; everything else is `app`'s."""

    def __init__(self, app: ASGIApp, upstreams: Upstreams) -> None:
        self._app = app
        self._upstreams = upstreams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        path = scope["raw_path"]
        if not is_plain(path, scope["query_string"]):
            answer = problem(
                400, "bad_address", "This address can be read in more than one way: spell it out."
            )
            await answer(scope, receive, send)
            return
        service = service_of(path)
        if service is None or service not in self._upstreams.names:
            await self._app(scope, receive, send)
            return
        scope["route"] = _ROUTES[path.split(b"/", 3)[2].decode()]
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        try:
            with within(f"{scope['method']} {service}", attributes={"peer.service": service}):
                behind = behind_the_door(scope, traced=True)
                async with _WhileSomebodyListens(receive):
                    await self._upstreams.forward(service, behind, message["body"], send)
        except Unavailable as error:
            await refusal(error)(scope, receive, send)
        except Overdue:
            said = f"The service {service} did not answer in time; please try again soon."
            await problem(504, "gateway_timeout", said)(scope, receive, send)


def behind_the_door(scope: Scope, *, traced: bool) -> Scope:
    """The request as a service sees it: without the prefix, without what is meant for us, in a trace of ours.

    `traced` says that there is a span of ours to continue; the service begins the trace otherwise.
    """
    headers = end_to_end(scope["headers"], _OURS if traced else _TRACE)
    if traced:
        headers += [(name.encode(), value.encode()) for name, value in inject().items()]
        headers.append((b"x-correlation-id", present_origin().correlation_id.encode()))
    return {
        **{key: scope[key] for key in _ASGI if key in scope},  # not what the gateway's own app has put in
        "path": scope["path"].removeprefix("/api"),
        "raw_path": scope["raw_path"].removeprefix(PREFIX),
        "headers": headers,
    }


class _WhileSomebodyListens:
    """Cancel the block, and swallow that, when the caller hangs up.

    Listening costs a task, so it begins when the block has taken a while.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._scope = asyncio.timeout(None)
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self._scope.__aenter__()
        self._soon = asyncio.get_running_loop().call_later(_PATIENCE, self._listen)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self._soon.cancel()
        if self._task is not None:
            self._task.cancel()
        try:
            await self._scope.__aexit__(kind, error, trace)
        except TimeoutError:
            return True
        return False

    def _listen(self) -> None:
        self._task = asyncio.create_task(self._wait())

    async def _wait(self) -> None:
        message: Message = {}
        while message.get("type") != "http.disconnect":
            message = await self._receive()
        self._scope.reschedule(asyncio.get_running_loop().time())
