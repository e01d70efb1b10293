"""Whether anything is still under way between the service's log and the consumer's tables."""

from collections.abc import Mapping
from uuid import UUID

import asyncpg

from kernel.errors import Unavailable
from kernel.rabbit import RabbitDeadLetters
from kernel.rabbit.connection import channelled, connected
from kernel.rabbit.topology import inspect
from tests.resilience.harness.copying import NAME
from tests.resilience.harness.servers import COPY, QUEUE, SERVICE, Servers


async def under_way(servers: Servers) -> Mapping[str, object]:
    """What is under way, by the place it is in; an error stands for a server that is away.

    What is in a consumer's hands cannot be seen at the broker: it shows as an event that was not applied.
    """
    try:
        outbox, unapplied = await _unapplied(servers)
        async with connected(servers.rabbitmq.url, "harness") as link, channelled(link) as channel:
            ready = {name: (await inspect(channel, name))[0] for name in QUEUE.arguments}
        if ready.pop(QUEUE.parked) and unapplied:  # looked at only when it matters: it takes a while
            unapplied -= await parked(servers)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, Unavailable) as error:
        return {"trouble": repr(error)}
    return {"outbox": outbox, "unapplied": len(unapplied), **ready}


async def parked(servers: Servers) -> set[UUID]:
    """The ids of the messages that the consumer has parked."""
    letters = RabbitDeadLetters(servers.rabbitmq.url, [NAME])
    return {letter.id async for letter in letters.look() if letter.id is not None}


async def _unapplied(servers: Servers) -> tuple[int, set[UUID]]:
    """How many events wait to be published, and which were not applied."""
    service = await asyncpg.connect(servers.database(SERVICE), timeout=2)
    copy = await asyncpg.connect(servers.database(COPY), timeout=2)
    try:
        logged = {id for (id,) in await service.fetch("select event_id from event_log")}
        applied = {id for (id,) in await copy.fetch("select event_id from effect")}
        return await service.fetchval("select count(*) from outbox_pending"), logged - applied
    finally:
        service.terminate()
        copy.terminate()
