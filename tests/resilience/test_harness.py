"""The harness does the harm it promises: links, crash points, planned faults of handlers."""

import asyncio
import json
import time
from contextlib import suppress
from itertools import chain, repeat
from pathlib import Path

import pytest

from kernel.rabbit import RabbitDeadLetters
from platform_app.tcp_ports import free_port
from tests.processes import eventually
from tests.resilience.harness.faults import POINTS
from tests.resilience.harness.links import LINKS
from tests.resilience.harness.proxy import Proxy
from tests.resilience.harness.servers import Servers
from tests.resilience.harness.stack import harness


class Echo:
    """Says again what it hears. `ended` waits until nobody is connected any more."""

    def __init__(self) -> None:
        self._talks: set[asyncio.Task[None] | None] = set()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._talks.add(asyncio.current_task())
        with suppress(OSError):
            while line := await reader.readline():
                writer.write(line)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    async def ended(self) -> None:
        await asyncio.wait([talk for talk in self._talks if talk is not None], timeout=5)


async def said(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, word: bytes) -> bytes:
    writer.write(word + b"\n")
    return await asyncio.wait_for(reader.readline(), 0.3)


async def refused(port: int) -> None:
    """Connect and read; being reset may come at either step."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        await reader.readline()
    finally:
        writer.close()


async def test_a_link_is_silent_slow_cut_and_whole_again() -> None:
    port, echo = free_port(), Echo()
    server = await asyncio.start_server(echo, "127.0.0.1", port)
    with Proxy(lambda: asyncio.open_connection("127.0.0.1", port)) as proxy:
        link = await asyncio.open_connection("127.0.0.1", proxy.port)
        assert await said(*link, b"up") == b"up\n"
        proxy.hole()
        with pytest.raises(TimeoutError):
            await said(*link, b"held")
        proxy.up()
        assert await asyncio.wait_for(link[0].readline(), 1) == b"held\n", "held back, not lost"
        proxy.slow(0.1)
        began = time.monotonic()
        assert await said(*link, b"slow") == b"slow\n"
        assert time.monotonic() - began >= 0.2
        proxy.cut()
        with pytest.raises(ConnectionResetError):
            await said(*link, b"cut")
        link[1].close()
        with pytest.raises(ConnectionResetError):
            await refused(proxy.port)
        proxy.up()
        link = await asyncio.open_connection("127.0.0.1", proxy.port)
        assert await said(*link, b"again") == b"again\n"
        link[1].close()
        await link[1].wait_closed()
    server.close()
    await echo.ended()


@pytest.mark.real
async def test_each_crash_point_ends_the_process_and_state_and_event_are_one(
    servers: Servers, tmp_path: Path
) -> None:
    with harness(servers, tmp_path, services=1) as stack:
        for point in POINTS:
            await stack.restart("service-1", CRASH_AT=f"{point}@3")
            load = asyncio.create_task(stack.writers(count=2, most=12).run())
            await asyncio.to_thread(eventually, lambda: stack.children["service-1"].pid is None)
            await stack.start("service-1")
            await load
        await stack.check()


@pytest.mark.real
async def test_poison_parks_itself_and_a_proxied_stack_heals(servers: Servers, tmp_path: Path) -> None:
    env = {"COPY_FAILING": "failing-", "COPY_KILLING": "killing-", "COPY_SLOWEST": "0.02"}
    keys = chain(["killing", "failing", "failing"], repeat("c"))
    with harness(servers, tmp_path, services=1, via_proxy=LINKS, consumer_env=env) as stack:
        async with stack.supervised("consumer-1"):
            async with stack.writers(count=4, most=80, prefix=lambda _: next(keys)).writing():
                for proxy in stack.proxies.values():
                    proxy.cut()
                    await asyncio.sleep(0.5)
                    proxy.up()
            await stack.check(within=60)
        assert stack.children["consumer-1"].starts > 3
        letters = RabbitDeadLetters(servers.rabbitmq.url, ["store"])
        parked = [json.loads(letter.body)["data"]["key"] async for letter in letters.look()]
        assert {key.split("-")[0] for key in parked} == {"failing", "killing"}, "no innocent is parked"
        assert stack.children["consumer-1"].terminate() == 0
        assert stack.children["service-1"].terminate() == 0
