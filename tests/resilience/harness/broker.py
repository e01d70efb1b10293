"""Harm that can be done to a living broker: a binding that is gone, and its alarms."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from kernel.rabbit import EXCHANGE, apply
from kernel.rabbit.connection import answering, channelled, connected
from platform_app.processes import may_inherit
from platform_app.servers.account import Account
from platform_app.servers.rabbitmq import installed
from tests.resilience.harness.servers import QUEUE, Servers

Alarm = Literal["memory", "disk"]

# How each is raised, and taken back to what our configuration says.
_ALARMS: dict[Alarm, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "memory": (
        ("set_vm_memory_high_watermark", "absolute", "1MB"),
        ("set_vm_memory_high_watermark", "absolute", "512MB"),
    ),
    "disk": (("set_disk_free_limit", "900000GB"), ("set_disk_free_limit", "100MB")),
}


async def unbind(servers: Servers) -> None:
    """Take away what leads events into the queue of the consumer."""
    async with connected(servers.rabbitmq.url, "harness") as link, channelled(link) as channel:
        async with answering("unbind a queue"):
            queue = await channel.get_queue(QUEUE.name, ensure=False)
            for type in QUEUE.types:
                await queue.unbind(EXCHANGE, type)


async def bind(servers: Servers) -> None:
    """Put it back as the product does."""
    await apply(servers.rabbitmq.url, [QUEUE])


@asynccontextmanager
async def alarm(servers: Servers, kind: Alarm) -> AsyncIterator[None]:
    """An alarm for as long as the block: the broker reads nothing more from whoever publishes."""
    raise_it, clear_it = _ALARMS[kind]
    await asyncio.to_thread(_control, servers, *raise_it)
    try:
        yield
    finally:
        await asyncio.to_thread(_control, servers, *clear_it)


def _control(servers: Servers, *command: str) -> None:
    """Run rabbitmqctl as the broker's account, whose cookie lets it in."""
    account, server = Account.of_servers(), servers.rabbitmq.server
    subprocess.run(
        [installed()[0].with_name("rabbitmqctl"), *command],
        cwd=server.home.data("rabbitmq"),
        env={**may_inherit(os.environ), **server.environment()},
        user=account.uid if account.name else None,
        group=account.gid if account.name else None,
        extra_groups=[] if account.name else None,
        check=True,
        capture_output=True,
        timeout=30,
    )
