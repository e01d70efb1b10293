"""A plain load generator: a fixed number of requests over a few kept-alive connections."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from statistics import median
from typing import Any, cast

import psutil

Request = Callable[[int], bytes]
"""Makes the bytes of a request; each is given a number of its own."""


@dataclass
class _Connection(asyncio.Protocol):
    """Sends the next request as soon as an answer is complete, while the shared count lasts."""

    request: Request
    left: list[int]
    latencies: list[float]
    done: asyncio.Future[None]
    _buffer: bytes = b""
    _sent_at: float = 0.0
    _transport: asyncio.WriteTransport | None = field(default=None, repr=False)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)
        self._next()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return
        if not head.startswith(b"HTTP/1.1 20"):
            self.done.set_exception(RuntimeError((head + body).decode()))
            return
        self.latencies.append(time.perf_counter() - self._sent_at)
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
        self._sent_at = time.perf_counter()
        self._transport.write(self.request(self.left[0]))


def _length(head: bytes) -> int:
    name = b"content-length: "
    at = head.lower().index(name) + len(name)
    return int(head[at:].split(b"\r", 1)[0])


@dataclass(frozen=True)
class Measured:
    """Requests a second, microseconds of the server's CPU for each, milliseconds until half were answered."""

    rate: float
    cpu: float
    median: float


def get(path: str, token: str = "") -> Request:
    """The same request again and again."""
    request = f"GET {path} HTTP/1.1\r\nHost: bench\r\n{_authorization(token)}\r\n".encode()
    return lambda _: request


def post(path: str, document: Callable[[int], Any], token: str = "") -> Request:
    """Requests that each send a document of their own."""
    head = f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n{_authorization(token)}"

    def one(number: int) -> bytes:
        body = json.dumps(document(number)).encode()
        return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body

    return one


async def measure(
    port: int, request: Request, pid: int, *, count: int = 6000, connections: int = 16, settle: float = 0.0
) -> Measured:
    """Ask `count` times, after a warm-up. `pid` is the server whose CPU is counted.

    What the server does within `settle` seconds after its last answer belongs to its CPU, too.
    """
    await ask(port, lambda number: request(count + number), count // 10, connections)
    process = psutil.Process(pid)
    before, begin = process.cpu_times(), time.perf_counter()
    latencies = await ask(port, request, count, connections)
    seconds = time.perf_counter() - begin
    await asyncio.sleep(settle)
    after = process.cpu_times()
    cpu = after.user + after.system - before.user - before.system
    return Measured(count / seconds, cpu / count * 1e6, median(latencies) * 1000)


async def paced(
    port: int, request: Request, *, rate: float, count: int, connections: int = 16
) -> list[float]:
    """Ask `count` times, `rate` times a second; returns the seconds until each answer, counted from when it
    was due, whether or not a connection was free by then."""
    loop, latencies = asyncio.get_running_loop(), list[float]()
    begin = loop.time() + 0.1

    async def some(first: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in range(first, count, connections):
            due = begin + number / rate
            await asyncio.sleep(due - loop.time())
            writer.write(request(number))
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(_length(head))
            latencies.append(loop.time() - due)
            if not head.startswith(b"HTTP/1.1 20"):
                raise RuntimeError((head + body).decode())
        writer.close()

    async with asyncio.timeout(120), asyncio.TaskGroup() as group:
        for first in range(connections):
            group.create_task(some(first))
    return latencies


async def ask(port: int, request: Request, count: int, connections: int = 16) -> list[float]:
    """Ask `count` times, as fast as the connections can; returns the seconds until each answer."""
    loop, left, latencies = asyncio.get_running_loop(), [count], list[float]()
    done = [loop.create_future() for _ in range(connections)]
    for future in done:
        await loop.create_connection(
            partial(_Connection, request, left, latencies, future), "127.0.0.1", port
        )
    async with asyncio.timeout(120):
        await asyncio.gather(*done)
    return latencies


def _authorization(token: str) -> str:
    return f"Authorization: Bearer {token}\r\n" if token else ""
