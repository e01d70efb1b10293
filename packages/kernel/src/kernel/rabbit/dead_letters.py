"""What was parked at the broker: the port `DeadLetters`."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

from kernel.dead_letters import DeadLetter
from kernel.errors import NotFound
from kernel.rabbit.connection import answering, channelled, connected
from kernel.rabbit.copies import PARKED_AT, REASON, attempts_of, replayed
from kernel.rabbit.sender import Sender
from kernel.rabbit.topology import Queue, inspect


class RabbitDeadLetters:
    """See `DeadLetters`: the parked messages of these consumers.

    While somebody looks, replays or drops, nobody else sees the messages that are in their hands.
    """

    def __init__(self, url: str, consumers: Collection[str]) -> None:
        self._url = url
        self._queues = {name: Queue(name, ()) for name in consumers}

    async def look(self, consumer: str | None = None) -> AsyncIterator[DeadLetter]:
        """See `DeadLetters`.

        Raises:
            NotFound: when there is no such consumer.
            Unavailable: when the broker does not answer, or has no such queue.
        """
        for queue in self._queues.values() if consumer is None else [self._queue(consumer)]:
            async with self._held(queue) as held:
                async for message in held.fetched():
                    yield _letter(message, queue)

    async def replay(
        self,
        consumer: str,
        ids: Collection[UUID] | None,
        *,
        rate: float,
        said: Callable[[int], None] = lambda _: None,
    ) -> int:
        """See `DeadLetters`. Raises as `look` does."""
        queue, count, due = self._queue(consumer), 0, _now()
        async with self._held(queue) as held, Sender(self._url, name="dead letters") as sender:
            async for message in held.fetched(ids):
                await asyncio.sleep(due - _now())
                due = max(due + 1 / rate, _now())
                await sender.publish(replayed(message, _reason(message)), queue.name)
                await held.settle(message)
                count += 1
                said(count)
        return count

    async def drop(self, consumer: str, ids: Collection[UUID] | None) -> int:
        """See `DeadLetters`. Raises as `look` does."""
        count = 0
        async with self._held(self._queue(consumer)) as held:
            async for message in held.fetched(ids):
                await held.settle(message)
                count += 1
        return count

    def _queue(self, consumer: str) -> Queue:
        try:
            return self._queues[consumer]
        except KeyError:
            known = ", ".join(sorted(self._queues))
            raise NotFound(f"There is no consumer {consumer}. There are: {known}.") from None

    @asynccontextmanager
    async def _held(self, queue: Queue) -> AsyncIterator["_Held"]:
        async with connected(self._url, "dead letters") as connection, channelled(connection) as channel:
            held = _Held(channel, queue.parked)
            try:
                yield held
            finally:
                await held.give_back()


class _Held:
    """The messages of one queue that we have fetched and neither settled nor given back."""

    def __init__(self, channel: AbstractChannel, queue: str) -> None:
        self._channel = channel
        self._queue = queue
        self._tags: dict[int, None] = {}

    async def fetched(self, ids: Collection[UUID] | None = None) -> AsyncIterator[AbstractIncomingMessage]:
        """Those with these ids among all there are now, the oldest first."""
        wanted = None if ids is None else frozenset(ids)
        ready, _ = await inspect(self._channel, self._queue)
        queue = await self._channel.get_queue(self._queue, ensure=False)
        for _ in range(ready):
            async with answering("hand out a parked message"):
                message = await queue.get(fail=False)
            if message is None:
                return
            self._tags[message.delivery_tag or 0] = None
            if wanted is None or _id(message) in wanted:
                yield message

    async def settle(self, message: AbstractIncomingMessage) -> None:
        """Let the broker forget a message."""
        async with answering("take an acknowledgement"):
            await message.ack()
        del self._tags[message.delivery_tag or 0]

    async def give_back(self) -> None:
        """Return the others one by one, as they came: with the channel they would return in any order."""
        underlying = await self._channel.get_underlay_channel()
        for tag in self._tags:
            async with answering("take a message back"):
                await underlying.basic_nack(tag, requeue=True)


def _letter(message: AbstractIncomingMessage, queue: Queue) -> DeadLetter:
    return DeadLetter(
        id=_id(message),
        type=message.type or "",
        consumer=queue.name,
        reason=_reason(message),
        attempts=attempts_of(message),
        parked_at=_parked_at(message),
        body=message.body,
    )


def _id(message: AbstractIncomingMessage) -> UUID | None:
    try:
        return UUID(message.message_id)
    except (TypeError, ValueError, AttributeError):
        return None


def _reason(message: AbstractIncomingMessage) -> str:
    """Why it was parked; by the broker itself, if it was delivered too often."""
    reason = message.headers.get(REASON) or message.headers.get("x-first-death-reason")
    return str(reason or "unknown")


def _parked_at(message: AbstractIncomingMessage) -> datetime | None:
    try:
        return datetime.fromisoformat(str(message.headers.get(PARKED_AT)))
    except ValueError:
        return None


def _now() -> float:
    return asyncio.get_running_loop().time()
