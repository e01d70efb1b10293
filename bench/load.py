"""A plain load generator: a fixed number of GET requests over a few kept-alive connections."""

import asyncio
import time
from dataclasses import dataclass, field
from functools import partial
from typing import cast

import psutil


@dataclass
class _Connection(asyncio.Protocol):
    """Sends the request again as soon as its answer is complete, while the shared count lasts."""

    request: bytes
    left: list[int]
    done: asyncio.Future[None]
    _buffer: bytes = b""
    _transport: asyncio.WriteTransport | None = field(default=None, repr=False)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)
        self._next()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return
        if not head.startswith(b"HTTP/1.1 200"):
            self.done.set_exception(RuntimeError(head.decode()))
            return
        self._buffer = b""
        self._next()

    def _next(self) -> None:
        if self._transport is None:
            return
        if self.left[0] <= 0:
            self._transport.close()
            if not self.done.done():
                self.done.set_result(None)
            return
        self.left[0] -= 1
        self._transport.write(self.request)


def _length(head: bytes) -> int:
    name = b"content-length: "
    at = head.lower().index(name) + len(name)
    return int(head[at:].split(b"\r", 1)[0])


@dataclass(frozen=True)
class Measured:
    """Requests per second, and microseconds of the server's CPU for each."""

    rate: float
    cpu: float


async def measure(port: int, path: str, pid: int, *, token: str = "", count: int = 6000) -> Measured:
    """Ask `count` times over 16 connections, after a warm-up. `pid` is the server whose CPU is counted."""
    authorization = f"Authorization: Bearer {token}\r\n" if token else ""
    request = f"GET {path} HTTP/1.1\r\nHost: bench\r\n{authorization}\r\n".encode()
    await _run(port, request, count // 10)
    process = psutil.Process(pid)
    before, begin = process.cpu_times(), time.perf_counter()
    await _run(port, request, count)
    seconds, after = time.perf_counter() - begin, process.cpu_times()
    cpu = after.user + after.system - before.user - before.system
    return Measured(count / seconds, cpu / count * 1e6)


async def _run(port: int, request: bytes, count: int) -> None:
    loop, left = asyncio.get_running_loop(), [count]
    done = [loop.create_future() for _ in range(16)]
    for future in done:
        await loop.create_connection(partial(_Connection, request, left, future), "127.0.0.1", port)
    async with asyncio.timeout(120):
        await asyncio.gather(*done)
