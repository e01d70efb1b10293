"""A TCP proxy between two processes, whose link can be cut, silent or slow."""

import asyncio
import socket
import struct
import threading
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractContextManager, suppress
from typing import Any, Self, TypeVar

T = TypeVar("T")
Opened = tuple[asyncio.StreamReader, asyncio.StreamWriter]

_RESET = struct.pack("ii", 1, 0)  # SO_LINGER with no patience: closing sends RST
_CHUNK = 65536


class Proxy(AbstractContextManager["Proxy"]):
    """Listens on `port` of the loopback and passes everything on; it runs in a thread of its own.

    `dial` opens the way onwards, once for each connection, so that it may lead to a socket in a folder.
    """

    def __init__(self, dial: Callable[[], Awaitable[Opened]]) -> None:
        self.port = 0
        self._dial = dial
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._writers: set[asyncio.StreamWriter] = set()
        self._pumps: set[asyncio.Task[None]] = set()
        self._open = asyncio.Event()
        self._refusing = False
        self._delay = 0.0

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = self._do(asyncio.start_server(self._accept, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]
        self.up()
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def up(self) -> None:
        """Let everything through. What a hole has held back comes now, as TCP would send it again."""
        self._do(self._become(passing=True))

    def cut(self) -> None:
        """Reset all connections now, and each new one at once."""
        self._do(self._become(passing=True, refusing=True))

    def hole(self) -> None:
        """Let nothing through either way, and say nothing about it; new connections are accepted."""
        self._do(self._become(passing=False))

    def slow(self, seconds: float) -> None:
        """Let everything through later, each way."""
        self._do(self._become(passing=True, delay=seconds))

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _become(self, *, passing: bool, refusing: bool = False, delay: float = 0.0) -> None:
        self._refusing, self._delay = refusing, delay
        self._open.set() if passing else self._open.clear()
        if refusing:
            for writer in list(self._writers):
                _reset(writer)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            await self._open.wait()
            if self._refusing:
                raise ConnectionRefusedError
            onward, back = await self._dial()
        except OSError:
            _reset(writer)
            self._writers.discard(writer)
            return
        self._writers.add(back)
        for pump in (self._pump(reader, back), self._pump(onward, writer)):
            task = asyncio.create_task(pump)
            self._pumps.add(task)
            task.add_done_callback(self._pumps.discard)

    async def _pump(self, source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        try:
            while chunk := await source.read(_CHUNK):
                await asyncio.sleep(self._delay)
                await self._open.wait()
                to.write(chunk)
                await to.drain()
        except OSError:
            _reset(to)
        finally:
            self._writers.discard(to)
            to.close()

    async def _close(self) -> None:
        self._server.close()
        pumps = list(self._pumps)
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)
        for writer in list(self._writers):
            _reset(writer)
        await asyncio.sleep(0.05)  # the loop closes them one turn later


def _reset(writer: asyncio.StreamWriter) -> None:
    found = writer.get_extra_info("socket")
    if found is not None and found.family != socket.AF_UNIX:
        with suppress(OSError):  # it may be closed already
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()
