"""The broker of a process in which all apps live together: publishing calls the consumers and awaits them."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Self
from uuid import UUID

from kernel.errors import Unavailable
from kernel.logging import get_logger
from kernel.messaging import (
    Consumer,
    Envelope,
    Malformed,
    Message,
    Refusal,
    Refused,
    Undelivered,
    patience,
)
from kernel.redaction import reason_of

AT_ONCE = 4
"""The most messages in hand: their use cases share a pool of database connections with requests."""
MOST_ATTEMPTS = 40
"""The relay tries again after at most a minute, so this is about half an hour, as with a broker's tiers."""
_log = get_logger(__name__)


class Bus(AbstractAsyncContextManager["Bus"]):
    """Publisher and Subscriptions at once. The relay behind it keeps what was not handled: nothing is lost.

    `expected` are the names of the consumers there will be: until all listen, nothing is published. A
    consumer that refuses a message for good does not keep it from the others. One that fails for now does:
    the message comes to all of them again, and those that have handled it know it by their inbox.
    """

    def __init__(self, expected: Collection[str] = ()) -> None:
        self._expected = frozenset(expected)
        self._consumers: dict[str, Consumer] = {}
        self._room = asyncio.Semaphore(AT_ONCE)
        self._failures = Counter[tuple[str, UUID]]()  # of messages that the relay holds, by consumer

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    @asynccontextmanager
    async def subscribe(self, consumer: Consumer) -> AsyncIterator[None]:
        """See `Subscriptions`."""
        self._consumers[consumer.name] = consumer
        try:
            yield
        finally:
            del self._consumers[consumer.name]

    async def check(self) -> None:
        """See `Publisher`."""
        if missing := self._expected - self._consumers.keys():
            raise Unavailable(f"Not listening: {', '.join(sorted(missing))}.")

    async def waiting(self, consumer: str) -> Mapping[str, int]:
        """See `Subscriptions`: what is to be tried again. All else waits in the outboxes."""
        return {"retry": sum(1 for name, _ in self._failures if name == consumer)}

    async def publish(self, message: Message) -> None:
        """See `Publisher`."""
        async with self._room:
            await self.check()
            try:
                envelope = Envelope.decode(message.body)
            except Malformed as error:
                raise Refused(Refusal("bus", reason_of(error))) from error
            await self._hand_round(envelope, again=message.attempts > 0)

    async def _hand_round(self, envelope: Envelope, *, again: bool) -> None:
        refusals, failure = list[Refusal](), None
        consumers = [one for one in self._consumers.values() if envelope.type in one.types]
        for consumer in consumers:
            begin = time.perf_counter()
            try:
                await consumer.receive(envelope, again=again)
            except Exception as error:
                _log.warning(
                    "message.failed", consumer=consumer.name, message_id=str(envelope.id), error=error
                )
                failures = self._failures[consumer.name, envelope.id] + 1
                if patience(error, failures, most=MOST_ATTEMPTS) is None:
                    refusals.append(Refusal(consumer.name, reason_of(error)))
                    consumer.ended(envelope.type, "parked", time.perf_counter() - begin)
                else:
                    self._failures[consumer.name, envelope.id] = failures
                    failure = error
                    consumer.ended(envelope.type, "retried", time.perf_counter() - begin)
            else:
                consumer.ended(envelope.type, "handled", time.perf_counter() - begin)
        if failure is not None:
            raise Undelivered(f"A consumer has failed: {reason_of(failure)}") from failure
        for consumer in consumers:
            self._failures.pop((consumer.name, envelope.id), None)
        if refusals:
            raise Refused(*refusals)
