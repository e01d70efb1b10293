"""What really lies in a queue, headers and all; and what strangers put there."""

import asyncio
from collections.abc import Sequence

from aio_pika import DeliveryMode, Message
from aio_pika.abc import AbstractIncomingMessage

from kernel.domain import new_id
from kernel.rabbit import EXCHANGE
from kernel.rabbit.connection import answering, channelled, connected
from kernel.rabbit.topology import inspect


async def lying_in(url: str, name: str) -> Sequence[AbstractIncomingMessage]:
    """The messages in a queue that nobody consumes. They go back with the channel, as delivered before."""
    found = asyncio.Queue[AbstractIncomingMessage]()
    async with connected(url, "harness") as link, channelled(link) as channel:
        ready, _ = await inspect(channel, name)
        queue = await channel.get_queue(name, ensure=False)
        async with answering("deliver what is ready"):
            # Without a number a quorum queue hands out 2,000 at most before one is acknowledged.
            await channel.set_qos(prefetch_count=max(1, ready))
            await queue.consume(found.put)  # the queue of a consumer does not hand out single messages
            return [await found.get() for _ in range(ready)]


async def publish(url: str, type: str, body: bytes) -> str:
    """Publish a body as an event of a type, whatever it is; returns the id of the message."""
    id = str(new_id())
    async with connected(url, "harness") as link, channelled(link) as channel:
        exchange = await channel.get_exchange(EXCHANGE, ensure=False)
        async with answering("confirm a message"):
            message = Message(body, message_id=id, type=type, delivery_mode=DeliveryMode.PERSISTENT)
            await exchange.publish(message, type, mandatory=True)
    return id
