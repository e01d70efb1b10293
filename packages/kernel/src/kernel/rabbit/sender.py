"""Publishing until the broker has confirmed, over a connection that is made anew whenever it fails."""

import asyncio
from collections.abc import Collection, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Self
from uuid import uuid4

from aio_pika import Message
from aio_pika.abc import AbstractChannel, AbstractExchange
from aio_pika.exceptions import DeliveryError, PublishError

from kernel.background import kept_running
from kernel.errors import Unavailable
from kernel.messaging import Undelivered, Unroutable
from kernel.rabbit.connection import answering, channelled, connected
from kernel.rabbit.topology import EXCHANGE, exchange

SILENCE = 15.0
"""Seconds without any answer to what was published, after which the connection is given up."""
_LOOK = 1.0  # seconds between two looks at the connection


class Sender(AbstractAsyncContextManager["Sender"]):
    """Hands messages to the broker, and knows that they are safe there, on disk and in a queue.

    Constructing it connects to nothing, and it may be opened while there is no broker. `name` is that of the
    connection. It is a connection for publishing only: in an alarm the broker stops reading from those, and
    acknowledgements must not wait behind. `through` are exchanges to publish to besides that of all events.
    """

    def __init__(self, url: str, *, name: str, through: Collection[str] = ()) -> None:
        self._url = url
        self._name = name
        self._through = through
        self._running = AsyncExitStack()
        self._exchanges: Mapping[str, AbstractExchange] = {}
        self._there = asyncio.Event()
        self._under_way: set[str] = set()
        self._unanswered_since: float | None = None

    async def __aenter__(self) -> Self:
        await self._running.enter_async_context(kept_running(self._name, self._stay_connected))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._running.aclose()

    async def check(self) -> None:
        """Raises Unavailable while there is no connection."""
        if not self._there.is_set():
            raise Unavailable("There is no connection to the broker.")

    async def publish(self, message: Message, key: str, *, exchange: str = "") -> None:
        """Return when all queues that `key` routes to have the message; at most five seconds later.

        While there is no connection it waits for one. By default `key` is the name of a queue.

        Raises:
            Unroutable: when there is no such queue.
            Undelivered: when a queue is full, or a message with the same id is under way.
            Unavailable: when the broker has not confirmed; it may have the message nevertheless.
        """
        id = message.message_id or str(uuid4())
        if id in self._under_way:
            # Of a message that comes back as unroutable the library knows by nothing but its id whose it was.
            raise Undelivered(f"A message with the id {id} is being published already.")
        self._under_way.add(id)
        try:
            async with answering("confirm a message"):
                await self._there.wait()
                await self._publish(self._exchanges[exchange], message, key)
        finally:
            self._under_way.discard(id)

    async def _publish(self, exchange: AbstractExchange, message: Message, key: str) -> None:
        if self._unanswered_since is None:
            self._unanswered_since = _now()
        try:
            await exchange.publish(message, key, mandatory=True)
        except PublishError as error:
            self._answered()
            raise Unroutable(f"No queue is bound for {key}: run `catalog broker apply`.") from error
        except DeliveryError as error:
            self._answered()
            raise Undelivered(f"A queue for {key} is full, or has no majority.") from error
        self._answered()

    def _answered(self) -> None:
        self._unanswered_since = _now() if len(self._under_way) > 1 else None

    async def _stay_connected(self) -> None:
        async with connected(self._url, self._name) as connection, channelled(connection) as channel:
            found = {name: await exchange(channel, name) for name in (EXCHANGE, *self._through)}
            self._exchanges = {"": channel.default_exchange, **found}
            self._unanswered_since = None
            self._there.set()
            try:
                await self._watch(channel)
            finally:
                self._there.clear()

    async def _watch(self, channel: AbstractChannel) -> None:
        """Look after the connection until it fails, which raises Unavailable."""
        closed = asyncio.ensure_future(channel.closed())
        while not closed.done():
            await asyncio.wait([closed], timeout=_LOOK)
            if self._unanswered_since is not None and _now() - self._unanswered_since > SILENCE:
                raise Unavailable(f"The broker has confirmed nothing for {SILENCE:g} s.")
        raise Unavailable("The broker has closed the connection.")


def _now() -> float:
    return asyncio.get_running_loop().time()
