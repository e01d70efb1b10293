"""Many clients of one server at once, and what each was told.

They speak HTTP themselves: a library would send some requests again, and hide what a test is looking for.
"""

import asyncio
import json
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

_IDLE = 2.0  # seconds for which a connection is kept: the server closes it after five
_Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True)
class Answer:
    """What a client was told, and after how long. Without an answer the status is 0, and `error` says why."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    seconds: float = 0.0
    error: str = ""
    began: float = 0.0

    def json(self) -> Any:
        """The document."""
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code of a problem, or "" when it is none."""
        is_problem = self.headers.get("content-type") == "application/problem+json"
        return str(self.json()["code"]) if is_problem else ""


class Crowd:
    """Clients of the server at `url`. Each waits `patience` seconds for its answer.

    A connection is used again when it was idle for less than two seconds, unless `fresh` says never; the one
    that was idle for longest comes first.
    """

    def __init__(self, url: str, *, patience: float = 10.0, fresh: bool = False) -> None:
        found = urlsplit(url)
        self._host, self._port, self._base = found.hostname, found.port, found.path
        self._patience, self._fresh = patience, fresh
        self._idle = deque[tuple[float, _Connection]]()

    async def __aenter__(self) -> "Crowd":
        return self

    async def __aexit__(self, *_: object) -> None:
        writers = [writer for _, (_, writer) in self._idle]
        for writer in writers:
            writer.close()
        await asyncio.gather(*(writer.wait_closed() for writer in writers), return_exceptions=True)

    async def ask(
        self, method: str, path: str, document: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a request once, and wait for the answer."""
        body = b"" if document is None else json.dumps(document).encode()
        lines = [f"{method} {self._base}{path} HTTP/1.1", f"Host: {self._host}:{self._port}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        lines += ["Content-Type: application/json"] if body else []
        sent = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body
        begin, connection = time.monotonic(), None
        try:
            async with asyncio.timeout(self._patience):
                connection = await self._connected()
                status, told, said = await _exchange(connection, sent)
        except (OSError, asyncio.IncompleteReadError) as error:
            if connection is not None:
                connection[1].transport.abort()
            return Answer(0, seconds=time.monotonic() - begin, error=type(error).__name__, began=begin)
        if self._fresh or told.get("connection") == "close":
            connection[1].close()
        else:
            self._idle.append((time.monotonic(), connection))
        return Answer(status, told, said, time.monotonic() - begin, began=begin)

    @property
    def idle(self) -> int:
        """How many connections are kept."""
        return len(self._idle)

    async def connect(self, count: int) -> None:
        """Have so many connections that the server has accepted, as it has answered something on each."""
        opened = [await asyncio.open_connection(self._host, self._port) for _ in range(count)]
        self._idle.extend((time.monotonic(), one) for one in opened)
        await together(count, lambda _: self.ask("GET", "/healthz"))

    async def _connected(self) -> _Connection:
        while self._idle:
            since, (reader, writer) = self._idle.popleft()
            if time.monotonic() - since < _IDLE and not reader.at_eof() and not writer.is_closing():
                return reader, writer
            writer.close()
        return await asyncio.open_connection(self._host, self._port)


async def _exchange(connection: _Connection, sent: bytes) -> tuple[int, dict[str, str], bytes]:
    reader, writer = connection
    writer.write(sent)
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines) if name}
    if headers.get("transfer-encoding") == "chunked":
        return int(first.split(" ")[1]), headers, await _chunks(reader)
    return int(first.split(" ")[1]), headers, await reader.readexactly(int(headers.get("content-length", 0)))


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body


async def together(count: int, one: Callable[[int], Awaitable[Answer]]) -> list[Answer]:
    """So many requests at once; each is given a number of its own."""
    return list(await asyncio.gather(*(one(number) for number in range(count))))


def tally(answers: Sequence[Answer]) -> dict[str, int]:
    """How often each was answered: "201", "503 circuit_open", "no answer: ConnectionResetError"."""
    return dict(
        Counter(
            " ".join(filter(None, (str(one.status), one.code))) if one.status else f"no answer: {one.error}"
            for one in answers
        )
    )


def percentile(answers: Sequence[Answer], share: float) -> float:
    """The milliseconds within which this share of them was answered; 0 of none."""
    took = sorted(one.seconds for one in answers)
    return round(took[min(len(took) - 1, int(share * len(took)))] * 1000, 1) if took else 0.0
