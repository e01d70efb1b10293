"""Run an app until it is told to stop, and then stop in order (reliability decision D15)."""

import asyncio
import gc
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from types import FrameType
from typing import TypeVar

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from kernel.errors import CatalogError
from kernel.http.health import Readiness
from kernel.http.protocol import CONNECTIONS, BoundedProtocol
from kernel.logging import configure_logging, get_logger
from kernel.settings import AppSettings, SettingsError

FAREWELL = 1.0
"""Seconds between "not ready any more" and the end of accepting, so that load balancers notice."""
DRAIN = 10
"""Seconds that requests in flight may still take."""
HARD_STOP = 15.0
"""Seconds after which the process ends, whatever still hangs."""
ACCEPTED = 16
"""Connections accepted in a turn of the loop. uvloop accepts one for each listening socket, so there are as
many of the same: with one alone the backlog runs over while the process is busy, and callers wait."""
YOUNG = 10_000
"""Objects made and not yet gone, after which the garbage collector looks at them."""

_Some = TypeVar("_Some", bound=AppSettings)
_log = get_logger(__name__)


class Server(uvicorn.Server):
    """Uvicorn that says goodbye first, drains, and never hangs. A second signal changes nothing."""

    def __init__(self, config: uvicorn.Config, readiness: Sequence[Readiness]) -> None:
        super().__init__(config)
        self._readiness = readiness
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = False

    async def run_with(self, listener: socket.socket, parts: Sequence[FastAPI]) -> None:
        """Start the parts, serve until told to stop, and close the parts."""
        self._loop = asyncio.get_running_loop()
        async with AsyncExitStack() as stack:
            for part in parts:
                await stack.enter_async_context(part.router.lifespan_context(part))
            _spare_what_stays()
            await self.serve(sockets=[listener, *(listener.dup() for _ in range(ACCEPTED - 1))])

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Nothing: `signals` is in force for longer than uvicorn serves."""
        yield

    @contextmanager
    def signals(self) -> Iterator[None]:
        """Listen to signals from before the parts start until after they are closed.

        Plain handlers, not the loop's: they are heard even when a handler of ours has wedged the loop.
        """
        before = {one: signal.signal(one, self.handle_exit) for one in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop. Uvicorn would raise the signal again at the end; a clean stop exits with 0."""
        if self._stopping:
            return
        self._stopping = True
        for one in self._readiness:
            one.stopping = True
        watchdog = threading.Timer(HARD_STOP, _end, [sig])
        watchdog.daemon = True
        watchdog.start()
        if self._loop is None:  # not serving yet, so there is nobody to say farewell to
            self.should_exit = True
        else:
            self._loop.call_soon_threadsafe(self._loop.call_later, FAREWELL, self._stop_accepting)

    def _stop_accepting(self) -> None:
        self.should_exit = True


def serve(app: ASGIApp, host: str, port: int, parts: Sequence[FastAPI]) -> None:
    """Serve `app` until SIGTERM or SIGINT; `parts` are the apps it is made of, which are started with it.

    Returns after a clean stop, at most 15 seconds after the signal. Ends the process with one line and status
    1 when the port is taken or a part refuses to start.
    """
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=BoundedProtocol,
        loop="uvloop",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # who the peer is comes from the connection, never from a header
        timeout_graceful_shutdown=DRAIN,
        # As many as may be connected: who finds no room here is not refused, but tries again after 1, 3 and 7
        # seconds.
        backlog=CONNECTIONS,
    )
    server = Server(config, [part.state.readiness for part in parts])
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            sys.exit(f"cannot listen on {host}:{port}: {error.strerror}")
        with server.signals(), asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            try:
                runner.run(server.run_with(listener, parts))
            except CatalogError as error:
                _log.error("app.unstartable", reason=error.message)
                sys.exit(1)


def run(settings: type[_Some], build: Callable[[_Some], FastAPI]) -> None:
    """The `main` of an app: settings, logs, app, server. A faulty setting ends it with one line, status 2."""
    try:
        loaded = settings.load()
        configure_logging(settings.service, loaded)
        app = build(loaded)
    except SettingsError as error:
        print(f"{settings.service} cannot start: {error}", file=sys.stderr)  # noqa: T201  # a sentence, not a log line
        sys.exit(2)
    serve(app, loaded.host, loaded.port, [app])


def _spare_what_stays() -> None:
    """Keep the collector from what was loaded, which stays, and from what a few requests make, which goes.

    Sixteen requests at a time are more objects than its default of 700, so it looked at each burst: that was
    8 % of the CPU of a request through the gateway, and is hardly any this way.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)


def _end(sig: int) -> None:
    """End the process. The log line gets half a second: whoever hangs may hold the log's lock for ever."""
    name = signal.Signals(sig).name
    said = threading.Thread(
        target=lambda: _log.error("stop.forced", signal=name, seconds=HARD_STOP), daemon=True
    )
    said.start()
    said.join(0.5)
    os._exit(70)
