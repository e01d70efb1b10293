"""A small service on the real chassis for tests that look at it from outside.

`slow_app.py PORT [HARD_STOP [CLOSING [OPENING]]]`, all but the port in seconds.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter

import kernel.http.limits
import kernel.http.protocol
import kernel.http.server
from kernel.http import create_app, public, serve
from kernel.logging import configure_logging, get_logger
from kernel.settings import LogSettings, TraceSettings
from kernel.tracing import Tracing

_log = get_logger(__name__)
routes = APIRouter(dependencies=[public("a test")])


@routes.get("/slow")
async def slow(seconds: float) -> str:
    """Answer after a while, politely."""
    await asyncio.sleep(seconds)
    return "done"


@routes.get("/wedged")
async def wedged(seconds: float) -> str:
    """Block the whole loop, as no handler should."""
    time.sleep(seconds)  # noqa: ASYNC251  # the fault this test is about
    return "done"


@routes.get("/chatty")
async def chatty() -> str:
    """Log more than a pipe holds."""
    for _ in range(2000):
        _log.warning("pipe.filled", text="x" * 200)
    return "done"


@routes.post("/mark")
async def mark() -> str:
    """Leave a mark that a test can look for."""
    _log.warning("mark.left")
    return "done"


@asynccontextmanager
async def adapter(opening: float, closing: float) -> AsyncIterator[None]:
    """An adapter that takes its time."""
    print("adapter opening", flush=True)  # noqa: T201  # this is what the tests wait for
    await asyncio.sleep(opening)
    yield
    print("adapter closing", flush=True)  # noqa: T201
    await asyncio.sleep(closing)
    print("adapter closed", flush=True)  # noqa: T201


@routes.post("/echo")
async def echo(body: dict[str, str]) -> dict[str, str]:
    """Give back what came."""
    return body


if __name__ == "__main__":
    configure_logging("slow", LogSettings(log_format="json"))
    kernel.http.protocol.PATIENCE = 1.0
    kernel.http.limits.SLOWEST = 1.0
    given = [float(one) for one in sys.argv[1:]]
    number, hard_stop, closing, opening = [*given, *[0.0, 15.0, 0.0, 0.0][len(given) :]]
    kernel.http.server.HARD_STOP = hard_stop
    app = create_app(
        "slow",
        "Slow",
        routers=[routes],
        tracing=Tracing("slow", TraceSettings()),
        verify=None,
        adapters=[adapter(opening, closing)],
    )
    serve(app, "127.0.0.1", int(number), [app])
