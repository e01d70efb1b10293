"""The port `Upstreams` where the services live in this process: their apps are called, without a socket."""

import asyncio
from collections.abc import Collection, Mapping, MutableMapping
from typing import Any, Self

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway_app import ports
from gateway_app.headers import end_to_end
from gateway_app.paths import is_plain, service_of
from gateway_app.ports import SILENCE, Broken, Overdue, is_stream
from gateway_app.proxy import behind_the_door


class MountedUpstreams:
    """Calls the app of a service. There is no connection that could fail, so there is no breaker."""

    def __init__(self, apps: Mapping[str, ASGIApp], *, deadline: float, silence: float = SILENCE) -> None:
        self.apps = apps
        self._deadline = deadline
        self._silence = silence

    async def __aenter__(self) -> Self:
        return self  # the apps are started by whoever has composed them

    async def __aexit__(self, *_: object) -> None: ...

    @property
    def names(self) -> Collection[str]:
        """See `Upstreams`."""
        return self.apps.keys()

    async def forward(
        self, service: str, scope: MutableMapping[str, Any], body: bytes, send: ports.Send
    ) -> None:
        """See `Upstreams`."""
        now = asyncio.get_running_loop().time
        begun = streams = False
        due = asyncio.timeout(self._deadline)

        async def answer(message: Message) -> None:
            nonlocal begun, streams
            left = (due.when() or 0.0) - now()
            due.reschedule(None)  # the caller takes as long as it takes
            if message["type"] == "http.response.start":
                begun = True
                streams = is_stream(message.get("headers", ()))
                message = {**message, "headers": end_to_end(message.get("headers", ()))}
            await send(message)
            due.reschedule(now() + (self._silence if streams else left))

        try:
            async with due:
                await self.apps[service](scope, _receiving(body), answer)
        except TimeoutError:
            if not due.expired():
                raise
            raise (Broken(service) if begun else Overdue) from None

    async def check(self, service: str) -> Mapping[str, Any] | None:
        """See `Upstreams`: it is there when we are."""
        return None


class Mounts:
    """Hand what belongs to a mounted service to its app, before the gateway's own chassis.

    The service has the same chassis: trace, correlation id, log line, limits. To go through both costs as
    much again (`bench/gateway.py`) and tells nothing new, so the gateway does here what only it does: it
    refuses strange addresses, by leaving them to `app`, and ignores a stranger's trace.
    """

    def __init__(self, app: ASGIApp, apps: Mapping[str, ASGIApp]) -> None:
        self._app = app
        self._apps = apps

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/api/"):
            path = scope["raw_path"]
            service = self._apps.get(service_of(path) or "")
            if service is not None and is_plain(path, scope["query_string"]):
                await service(behind_the_door(scope, traced=False), receive, send)
                return
        await self._app(scope, receive, send)


def _receiving(body: bytes) -> Receive:
    """The body in one piece, and then silence: whoever listens for the caller does so in `Proxy`."""
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if messages:
            return messages.pop()
        await asyncio.Event().wait()
        raise AssertionError("nothing comes")

    return receive
