"""A server that counts what it is asked, and answers as a test says, or never."""

import asyncio
import json
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Self, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Request:
    """What came; `gone` returns when whoever has asked has hung up."""

    method: str
    path: str
    body: bytes
    gone: Callable[[], Awaitable[object]]


Behaviour = Callable[[Request], Awaitable[tuple[int, Any] | None]]
"""Gives the status of an answer and what is its JSON; None is to hang up without one."""


def answering(status: int, document: Any = None, after: float = 0.0) -> Behaviour:
    """Answer everything alike, after some seconds."""

    async def answer(_: Request) -> tuple[int, Any]:
        await asyncio.sleep(after)
        return status, document

    return answer


async def silent(request: Request) -> None:
    """Take the request, and never answer."""
    await request.gone()


async def hanging_up(_: Request) -> None:
    """Take the request, and end the connection."""


class Upstream(AbstractContextManager["Upstream"]):
    """Serves HTTP at `url`, in a thread of its own. `behave` may be changed at any time."""

    def __init__(self, behave: Behaviour = answering(200, {})) -> None:  # noqa: B008  # a function without state
        self.behave = behave
        self.asked = Counter[str]()
        self.under_way = 0
        self.url = ""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def count(self) -> int:
        """How many requests have arrived, however they ended; those about health are not counted."""
        return sum(self.asked.values())

    async def idle(self, within: float) -> None:
        """Wait until no request is under way. Raises AssertionError after `within` seconds."""
        until = time.monotonic() + within
        while self.under_way:
            if time.monotonic() > until:
                raise AssertionError(f"{self.under_way} requests are under way after {within:g} s")
            await asyncio.sleep(0.01)

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = self._do(asyncio.start_server(self._accept, "127.0.0.1", 0, backlog=512))
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _close(self) -> None:
        self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await asyncio.sleep(0.05)  # the loop closes their sockets one turn later

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while await self._one(reader, writer):
                pass
        self._connections.discard(task)
        writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; False when the connection is to end."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        method, path, _ = head.split(" ", 2)
        named = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        body = await reader.readexactly(int(named.get("content-length", 0)))
        if path not in ("/healthz", "/readyz"):
            self.asked[f"{method} {path}"] += 1
        self.under_way += 1
        try:
            answer = await self.behave(Request(method, path, body, lambda: reader.read(1)))
        finally:
            self.under_way -= 1
        if answer is None:
            return False
        status, document = answer
        said = json.dumps(document).encode()
        writer.write(
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\ncontent-type: application/json\r\n"
            f"content-length: {len(said)}\r\n\r\n".encode()
            + said
        )
        await writer.drain()
        return True
