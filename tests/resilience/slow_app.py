"""A small service on the real chassis for tests that look from outside: `slow_app.py PORT [HARD_STOP]`."""

import asyncio
import sys
import time

from fastapi import APIRouter

import kernel.http.limits
import kernel.http.protocol
import kernel.http.server
from kernel.http import create_app, public, serve
from kernel.logging import configure_logging
from kernel.settings import LogSettings, TraceSettings
from kernel.tracing import Tracing

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


@routes.post("/echo")
async def echo(body: dict[str, str]) -> dict[str, str]:
    """Give back what came."""
    return body


if __name__ == "__main__":
    configure_logging("slow", LogSettings(log_format="json"))
    kernel.http.protocol.PATIENCE = 1.0
    kernel.http.limits.SLOWEST = 1.0
    if len(sys.argv) > 2:
        kernel.http.server.HARD_STOP = float(sys.argv[2])
    app = create_app("slow", "Slow", routers=[routes], tracing=Tracing("slow", TraceSettings()), verify=None)
    serve(app, "127.0.0.1", int(sys.argv[1]), [app])
