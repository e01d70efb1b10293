"""The harm that the service process does to itself, as its environment says; product code knows nothing.

`CRASH_AT=POINT[@N]`: SIGKILL to itself when it reaches a point of the command path for the N-th time:
before-statement, after-statement, before-commit, before-bell (after the commit) or before-reply. A request
with the header `harness-crash-at` plans the same for itself.
`COMMIT_DELAY=SECONDS`: each command waits at random, up to so long, between its statement and its commit.
`LATE_COMMITS=SHARE:SECONDS`: this share of them waits so long instead.
`PUBLISH_DELAY=SECONDS`: each event waits at random, up to so long, before it goes to the broker.
`BELL=silent`: no NOTIFY is ever sent.
"""

import asyncio
import os
import random
import signal
from collections.abc import Callable
from typing import Any

from dependency_injector.providers import Singleton
from fastapi import FastAPI
from sqlalchemy import Connection, Engine, event
from sqlalchemy.util import await_only
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from characteristic_app.container import Container
from kernel.messaging import Message as Event
from kernel.rabbit import RabbitPublisher
from kernel.sql import Bell

POINTS = ("before-statement", "after-statement", "before-commit", "before-bell", "before-reply")
CRASH_HEADER = "harness-crash-at"
_WRITES = "insert into event_log"  # what tells the statement of a command from all others
_WROTE = "harness_wrote"


class _Crash:
    """Counts how often the point is reached, and ends the process."""

    def __init__(self, planned: str) -> None:
        self.plan(planned)

    def plan(self, planned: str) -> None:
        """Forget what was planned, and plan this."""
        self.point, _, times = planned.partition("@")
        self._left = int(times or 1)
        if self.point and self.point not in POINTS:
            raise ValueError(f"CRASH_AT is one of {', '.join(POINTS)}")

    def at(self, point: str) -> None:
        """The process is at this point."""
        if point == self.point:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


class _CrashingBell(Bell):
    """The bell is rung after the commit."""

    crash: _Crash

    def ring(self) -> None:
        """See `Bell`."""
        self.crash.at("before-bell")
        if os.environ.get("BELL") != "silent":
            super().ring()


class _SlowPublisher(RabbitPublisher):
    """The way to the broker takes its time, and not always the same."""

    longest: float

    async def publish(self, message: Event) -> None:
        """See `RabbitPublisher`."""
        await asyncio.sleep(random.uniform(0, self.longest))  # noqa: S311  # a delay, not a secret
        await super().publish(message)


def plan(container: Container) -> Callable[[FastAPI], None]:
    """Prepare the faults in a container; the result does the rest in the app made of it."""
    crash = _Crash(os.environ.get("CRASH_AT", ""))
    _in_database(crash, _delay_of(os.environ))
    bell = type("Bell", (_CrashingBell,), {"crash": crash})
    container.bell.override(Singleton(bell, container.database))
    if longest := float(os.environ.get("PUBLISH_DELAY", 0)):
        publisher = type("Publisher", (_SlowPublisher,), {"longest": longest})
        container.publisher.override(Singleton(publisher, container.settings.provided.broker))
    return lambda app: app.add_middleware(_CrashingReply, crash=crash)


def _delay_of(environ: "os._Environ[str]") -> Callable[[], float]:
    longest = float(environ.get("COMMIT_DELAY", 0))
    share, _, late = environ.get("LATE_COMMITS", "0:0").partition(":")

    def delay() -> float:
        if random.random() < float(share):  # noqa: S311  # a delay, not a secret
            return float(late)
        return random.uniform(0, longest)  # noqa: S311

    return delay


def _in_database(crash: _Crash, delay: Callable[[], float]) -> None:
    """Listen to every engine of this process; there is one, besides that of the migrations."""

    def before(connection: Connection, _: Any, statement: str, *__: Any) -> None:
        if _WRITES in statement:
            crash.at("before-statement")

    def after(connection: Connection, _: Any, statement: str, *__: Any) -> None:
        if _WRITES in statement:
            connection.info[_WROTE] = True
            crash.at("after-statement")

    def commit(connection: Connection) -> None:
        if connection.info.pop(_WROTE, False):
            if seconds := delay():
                await_only(asyncio.sleep(seconds))
            crash.at("before-commit")

    def rollback(connection: Connection) -> None:
        if not connection.invalidated:  # else its notes are gone already
            connection.info.pop(_WROTE, None)

    event.listen(Engine, "before_cursor_execute", before)
    event.listen(Engine, "after_cursor_execute", after)
    event.listen(Engine, "commit", commit)
    event.listen(Engine, "rollback", rollback)


class _CrashingReply:
    """Hears the crash that a request plans; then: the reply to a command is ready and not yet on its way."""

    def __init__(self, app: ASGIApp, crash: _Crash) -> None:
        self._app = app
        self._crash = crash

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if planned := dict(scope.get("headers", ())).get(CRASH_HEADER.encode()):
            self._crash.plan(planned.decode())

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and scope["method"] in ("POST", "PUT", "DELETE"):
                self._crash.at("before-reply")
            await send(message)

        await self._app(scope, receive, sending if scope["type"] == "http" else send)
