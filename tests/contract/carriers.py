"""What carries messages in the contract suite: the bus and RabbitMQ, each driven as in an app."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID, uuid4

from kernel.bus import Bus
from kernel.errors import Unavailable
from kernel.inbox import MemoryInbox
from kernel.messaging import Consumer, Envelope, Handle, Message, Publisher, Refused
from kernel.metrics import Metrics
from kernel.rabbit import Queue, RabbitDeadLetters, RabbitPublisher, RabbitSubscriptions, apply
from kernel.settings import TraceSettings
from kernel.tracing import Tracing

TYPE = "price.defined.v1"
TIERS = (0.05, 0.1, 0.2)
"""Seconds of the retry tiers: nobody wants to wait for minutes."""


@dataclass(frozen=True)
class Price:
    """What the consumers of the suite understand of an event."""

    amount: int


def event(amount: int = 1, *, aggregate: UUID | None = None, version: int = 1, **fields: Any) -> Envelope:
    """An event, with one field more than its consumers know."""
    data = {"amount": amount, "currency": "EUR"}
    values = {"id": uuid4(), "type": TYPE, "source": "/prices", "subject": "price", "data": data, **fields}
    return Envelope(
        time=datetime.now(UTC), aggregateid=aggregate or uuid4(), aggregateversion=version, **values
    )


def message(envelope: Envelope) -> Message:
    """What the relay makes of an event."""
    return Message(
        id=envelope.id, type=envelope.type, aggregate_id=envelope.aggregateid, body=envelope.encode()
    )


def consumer(
    handle: Handle[Any],
    *,
    name: str | None = None,
    inbox: MemoryInbox | None = None,
    tracing: Tracing | None = None,
    metrics: Metrics | None = None,
    type: str = TYPE,
) -> Consumer:
    """A consumer of prices that hears with `handle`; by default nobody else has its name."""
    tracing = tracing or Tracing("search", TraceSettings())
    made = Consumer(name or f"search-{uuid4().hex[:8]}", inbox or MemoryInbox(), tracing, metrics)
    return made.on(type, Price, lambda: handle)


async def eventually(check: Callable[[], Awaitable[object]], within: float = 15.0) -> None:
    """Ask until the answer is true and no refusal; fail with the last error after `within` seconds."""
    deadline = asyncio.get_running_loop().time() + within
    failure: Exception | None = None
    while asyncio.get_running_loop().time() < deadline:
        try:
            if await check():
                return
            failure = None
        except (AssertionError, Unavailable) as error:
            failure = error
        await asyncio.sleep(0.02)
    raise AssertionError(f"not so within {within} s") from failure


async def relayed(publisher: Publisher, *messages: Message) -> list[Refused]:
    """Publish as the relay does: those of one aggregate in their order, each until it is taken or refused."""
    refused: list[Refused] = []

    async def one_aggregate(lane: list[Message]) -> None:
        for message in lane:
            try:
                await _until_taken(publisher, message)
            except Refused as error:
                refused.append(error)

    lanes: dict[UUID, list[Message]] = {}
    for message in messages:
        lanes.setdefault(message.aggregate_id, []).append(message)
    await asyncio.gather(*map(one_aggregate, lanes.values()))
    return refused


async def _until_taken(publisher: Publisher, message: Message) -> None:
    while True:
        try:
            return await publisher.publish(message)
        except Unavailable:
            message = replace(message, attempts=message.attempts + 1)
            await asyncio.sleep(0.01)


class Carrier(Protocol):
    """One adapter of the ports under test."""

    @property
    def publisher(self) -> Publisher:
        """Where messages go in."""

    def listening(self, *consumers: Consumer) -> AbstractAsyncContextManager[None]:
        """A block in which everything that is published comes to these consumers."""

    async def deliver(self, *messages: Message) -> None:
        """Publish all of them."""

    async def parked(self, consumer: Consumer) -> list[str]:
        """The reasons of what was parked."""


@dataclass
class InProcess:
    """The bus: what is refused is kept by the relay behind it."""

    publisher: Bus = field(default_factory=Bus)
    refused: list[Refused] = field(default_factory=list)

    @asynccontextmanager
    async def listening(self, *consumers: Consumer) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for one in consumers:
                await stack.enter_async_context(self.publisher.subscribe(one))
            yield

    async def deliver(self, *messages: Message) -> None:
        self.refused += await relayed(self.publisher, *messages)

    async def parked(self, consumer: Consumer) -> list[str]:
        said = [refusal for error in self.refused for refusal in error.refusals]
        return [refusal.reason for refusal in said if refusal.who in (consumer.name, "bus")]


@dataclass
class Broker:
    """RabbitMQ at an address."""

    url: str
    publisher: RabbitPublisher

    @asynccontextmanager
    async def listening(
        self, *consumers: Consumer, types: Collection[str] | None = None
    ) -> AsyncIterator[None]:
        """As `Carrier` has it; `types` are bound instead of what the consumers want."""
        await apply(self.url, [Queue(one.name, types or one.types, TIERS) for one in consumers])
        subscriptions = RabbitSubscriptions(self.url, tiers=TIERS)

        async def all_listen() -> bool:
            await subscriptions.check()
            return True

        async with AsyncExitStack() as stack:
            for one in consumers:
                await stack.enter_async_context(subscriptions.subscribe(one))
            await eventually(all_listen)
            yield

    async def deliver(self, *messages: Message) -> None:
        assert await relayed(self.publisher, *messages) == []

    def dead_letters(self, consumer: Consumer) -> RabbitDeadLetters:
        """What was parked of a consumer."""
        return RabbitDeadLetters(self.url, [consumer.name])

    async def parked(self, consumer: Consumer) -> list[str]:
        return [letter.reason async for letter in self.dead_letters(consumer).look()]


@asynccontextmanager
async def broker_at(url: str) -> AsyncIterator[Broker]:
    """RabbitMQ with an open publisher."""
    async with RabbitPublisher(url) as publisher:
        yield Broker(url, publisher)
