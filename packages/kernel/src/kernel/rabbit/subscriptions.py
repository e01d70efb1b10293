"""Events from the broker to the consumers: the port `Subscriptions`."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TypeVar

from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage

from kernel.background import kept_running, unless_cancelled
from kernel.errors import CatalogError, Unavailable
from kernel.logging import get_logger
from kernel.messaging import RETRIES, Consumer, Envelope, Outcome, patience
from kernel.rabbit.connection import answering, channelled, connected
from kernel.rabbit.copies import aggregate_of, attempts_of, parked, tried
from kernel.rabbit.lanes import Gate, Lanes
from kernel.rabbit.sender import Sender
from kernel.rabbit.topology import Queue, inspect, verify
from kernel.redaction import reason_of

T = TypeVar("T")

HELD = 60.0
"""Seconds for which a message is held while something that its consumer needs does not answer."""
PREFETCH = 64
"""The most messages of a consumer in this process; those that its lanes have no room for wait here."""
MOST_CRASHES = 3
"""A message whose handling has ended its process so often is parked."""
_LOOK = 5.0  # seconds between two questions whether we still consume; half of what a dead link may go unseen
_PAUSE = 1.0  # seconds between two tries to hand a message over, or to handle it
_log = get_logger(__name__)


class Deadly(CatalogError):
    """A message whose handling ends the process, again and again."""

    code = "deadly"


class RabbitSubscriptions:
    """See `Subscriptions`. Each subscription has two connections: one to consume, one to hand over by.

    A message is acknowledged when it was handled, or when the broker has confirmed its copy in a retry tier
    or among the parked ones. While neither succeeds it is held, and so is its lane: to give it back would let
    the next version of its aggregate overtake; and to give up the connection would count as one more delivery
    of everything that was fetched with it, of which the broker allows only so many. So is one whose consumer
    finds its database away: in the tiers all messages would be late by minutes for an outage of seconds.

    `tiers` are the seconds of the retry tiers; apps leave them as they are.
    """

    def __init__(self, url: str, *, tiers: tuple[float, ...] = RETRIES) -> None:
        self._url = url
        self._tiers = tiers
        self._subscribed: list[_Subscription] = []

    async def check(self) -> None:
        """Readiness. Raises Unavailable while there is a consumer to whom nothing is delivered."""
        if deaf := [one.queue.name for one in self._subscribed if not one.listening]:
            raise Unavailable(f"Not listening: {', '.join(sorted(deaf))}.")

    async def waiting(self, consumer: str) -> Mapping[str, int]:
        """See `Subscriptions`."""
        for one in self._subscribed:
            if one.queue.name == consumer:
                return await one.waiting()
        raise Unavailable(f"Not listening: {consumer}.")

    @asynccontextmanager
    async def subscribe(self, consumer: Consumer) -> AsyncIterator[None]:
        """See `Subscriptions`. The broker and the queues may be there later: `check` tells when they are."""
        queue = Queue(consumer.name, sorted(consumer.types), self._tiers)
        name = f"{consumer.name} hands over"
        async with Sender(self._url, name=name, through=[queue.copies]) as sender:
            one = _Subscription(self._url, consumer, queue, sender)
            self._subscribed.append(one)
            try:
                async with kept_running(f"{consumer.name} consumes", one.run):
                    yield
            finally:
                self._subscribed.remove(one)


class _Subscription:
    """One consumer and its queue."""

    def __init__(self, url: str, consumer: Consumer, queue: Queue, sender: Sender) -> None:
        self.queue = queue
        self.listening = False
        self._connection: AbstractConnection | None = None  # while it consumes
        self._url = url
        self._consumer = consumer
        self._sender = sender
        self._gate = Gate()

    async def run(self) -> None:
        """Consume until the link fails, which raises, or until cancelled.

        In either case what has begun to be handled may end; everything else goes back to the broker.
        """
        async with connected(self._url, self.queue.name) as connection:
            await verify(connection, self.queue)
            async with channelled(connection) as channel, Lanes(self._handle, self._consumer.lanes) as lanes:
                tag = await self._consume(channel, lanes)
                self.listening, self._connection = True, connection
                try:
                    await self._watch(channel, lanes)
                finally:
                    self.listening, self._connection = False, None
                    await self._cancel(channel, tag)

    async def waiting(self) -> Mapping[str, int]:
        """See `Subscriptions`. Raises Unavailable while it does not consume."""
        if self._connection is None:
            raise Unavailable(f"Not listening: {self.queue.name}.")
        async with channelled(self._connection) as channel:
            ready, _ = await inspect(channel, self.queue.name)
            tiers = [(await inspect(channel, one.name))[0] for one in self.queue.retries]
            parked, _ = await inspect(channel, self.queue.parked)
        return {"ready": ready, "retry": sum(tiers), "parked": parked}

    async def _consume(self, channel: AbstractChannel, lanes: Lanes[AbstractIncomingMessage]) -> str:
        # The library runs this in a task for each message, and cancels it with the channel. So nothing may be
        # awaited in it: tasks begin in the order they are made, and what is in a lane belongs to us.
        async def put(message: AbstractIncomingMessage) -> None:
            lanes.put(aggregate_of(message), message)

        async with answering("let us consume"):
            await channel.set_qos(prefetch_count=PREFETCH)
            queue = await channel.get_queue(self.queue.name, ensure=False)
            return await queue.consume(put)

    async def _watch(self, channel: AbstractChannel, lanes: Lanes[AbstractIncomingMessage]) -> None:
        """Look whether we still consume, until we do not, which raises.

        Asking finds a silent link sooner than heartbeats do, and a queue that is gone.
        """
        ends = [asyncio.ensure_future(channel.closed()), *lanes.tasks]
        while True:
            ended, _ = await asyncio.wait(ends, timeout=_LOOK, return_when=asyncio.FIRST_COMPLETED)
            for task in ended.intersection(lanes.tasks):
                task.result()
            if ended:
                raise Unavailable("The broker has closed the connection.")
            _, consumers = await inspect(channel, self.queue.name)
            if consumers == 0:
                raise Unavailable(f"The broker has stopped delivering from {self.queue.name}.")

    async def _cancel(self, channel: AbstractChannel, tag: str) -> None:
        """Ask for no more deliveries, if the broker still hears us."""
        if channel.is_closed:
            return
        try:
            async with answering("stop delivering"):
                await (await channel.get_queue(self.queue.name, ensure=False)).cancel(tag)
        except Unavailable as error:
            _log.debug("broker.parted", error=error)

    async def _handle(self, message: AbstractIncomingMessage) -> None:
        attempts, begin = attempts_of(message), time.perf_counter()
        outcome: Outcome = "handled"
        # Whatever was in the hands of a process that died comes again, the one that has killed it among many
        # that have not. So these are handled one at a time, and noted only then: whoever is noted was alone.
        gate = self._gate.alone() if message.redelivered else self._gate.together()
        try:
            async with gate:
                await unless_cancelled(self._receive(message, attempts))
        except Exception as error:
            outcome = await self._hand_over(message, attempts + 1, error)
        self._consumer.ended(message.type or "", outcome, time.perf_counter() - begin)
        async with answering("take an acknowledgement"):
            await message.ack()

    async def _receive(self, message: AbstractIncomingMessage, attempts: int) -> None:
        envelope = Envelope.decode(message.body)
        name, inbox = self._consumer.name, self._consumer.inbox
        again = bool(message.redelivered)
        if again:
            begun = await self._while_away(lambda: inbox.suspect(name, envelope.id))
            if begun + 1 >= MOST_CRASHES:  # the first time it was not yet suspected
                raise Deadly(f"Its handling has ended the process {MOST_CRASHES} times.")
        try:
            await self._while_away(lambda: self._consumer.receive(envelope, again=again or attempts > 0))
        except Exception:
            if again:
                await self._while_away(lambda: inbox.acquit(name, envelope.id))
            raise

    async def _while_away(self, work: Callable[[], Awaitable[T]]) -> T:
        """Do it again and again while something does not answer, but not for ever: it may be the message."""
        deadline = asyncio.get_running_loop().time() + HELD
        while True:
            try:
                return await work()
            except Unavailable as error:
                if asyncio.get_running_loop().time() > deadline:
                    raise
                _log.warning("message.waits", consumer=self._consumer.name, error=error)
                await asyncio.sleep(_PAUSE)

    async def _hand_over(self, message: AbstractIncomingMessage, attempts: int, error: Exception) -> Outcome:
        """Return when the broker has a copy of the message where it belongs after so many failures."""
        wait = patience(error, attempts)
        if wait is None:
            copy, to = parked(message, attempts, reason_of(error), self.queue.name), self.queue.parked
        else:
            copy, to = tried(message, attempts), self.queue.retry_after(wait).name
        log = _log.bind(consumer=self._consumer.name, message_id=message.message_id, to=to)
        log.warning("message.failed", attempts=attempts, error=error)
        while True:
            try:
                await self._sender.publish(copy, to, exchange=self.queue.copies)
                return "parked" if wait is None else "retried"
            except Unavailable as trouble:
                log.warning("message.held", error=trouble)
                await asyncio.sleep(_PAUSE)
