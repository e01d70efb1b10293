"""What RabbitMQ and its consumers make of processes that die, of a broker that does, and of outages."""

import asyncio
import time
from uuid import UUID, uuid4

import aio_pika
import pytest
from aio_pika.abc import AbstractIncomingMessage

from kernel.errors import Unavailable
from kernel.inbox import MemoryInbox
from kernel.messaging import Consumer
from kernel.rabbit import Queue, apply
from tests.contract.carriers import TIERS, Broker, Price, consumer, event, eventually, message
from tests.servers import RunningRabbitMQ

pytestmark = pytest.mark.real


async def drained(broker: Broker, listener: Consumer) -> bool:
    """Whether nothing waits for this consumer, and nothing is in its hands."""
    async with await aio_pika.connect(broker.url) as connection:
        channel = await connection.channel()
        found = [
            await channel.declare_queue(name, passive=True)
            for name in Queue(listener.name, (), TIERS).arguments
        ]
        return all(queue.declaration_result.message_count == 0 for queue in found)


async def deliver_as_after_a_crash(broker: Broker, listener: Consumer, count: int) -> list[UUID]:
    """Publish so many, and let a process fetch them all and die, before the consumer is there."""
    await apply(broker.url, [Queue(listener.name, listener.types, TIERS)])
    sent = [message(event(number)) for number in range(count)]
    await broker.deliver(*sent)
    async with await aio_pika.connect(broker.url) as connection:
        channel = await connection.channel()
        queue = await channel.get_queue(listener.name, ensure=False)
        taken = asyncio.Semaphore(0)

        async def take(_: AbstractIncomingMessage) -> None:
            taken.release()

        await queue.consume(take)
        for _ in range(count):
            await taken.acquire()
    return [one.id for one in sent]


async def test_what_has_ended_three_processes_is_parked_and_its_neighbours_are_not(broker: Broker) -> None:
    inbox = MemoryInbox()
    effects: list[int] = []

    async def handle(price: Price) -> None:
        effects.append(price.amount)

    listener = consumer(handle, inbox=inbox)
    ids = await deliver_as_after_a_crash(broker, listener, 5)
    for _ in range(2):  # the first process that it ended had no reason to suspect it
        await inbox.suspect(listener.name, ids[0])
    await inbox.suspect(listener.name, ids[1])
    async with broker.listening(listener):

        async def all_done() -> bool:
            return len(effects) == 4 and len(await broker.parked(listener)) == 1

        await eventually(all_done)
        assert await broker.parked(listener) == ["Deadly: Its handling has ended the process 3 times."]
    assert sorted(effects) == [1, 2, 3, 4]


async def test_what_may_have_ended_a_process_is_handled_alone(broker: Broker) -> None:
    at_once = most = 0
    done: list[int] = []

    async def slow(price: Price) -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.02)
        at_once -= 1
        done.append(price.amount)

    listener = consumer(slow)
    await deliver_as_after_a_crash(broker, listener, 10)
    async with broker.listening(listener):

        async def all_done() -> bool:
            return len(done) == 10

        await eventually(all_done)
        assert most == 1
        await broker.deliver(*(message(event(number)) for number in range(10, 30)))

        async def others_done() -> bool:
            return len(done) == 30

        await eventually(others_done)
    assert most > 1, "what is new goes side by side"


async def test_a_broker_that_is_killed_and_comes_back_loses_nothing(
    broker_server: RunningRabbitMQ, broker: Broker
) -> None:
    effects: list[int] = []

    async def count(price: Price) -> None:
        await asyncio.sleep(0.001)
        effects.append(price.amount)

    async def crash() -> None:
        for _ in range(2):
            await asyncio.sleep(0.1)
            await asyncio.to_thread(broker_server.kill)
            await asyncio.to_thread(broker_server.start)

    async with broker.listening(listener := consumer(count)):
        crashing = asyncio.create_task(crash())
        for first in range(0, 2000, 100):
            await broker.deliver(*(message(event(number)) for number in range(first, first + 100)))
            await asyncio.sleep(0.01)
        await crashing
        back = time.monotonic()
        await broker.deliver(message(event(2000)))

        async def all_heard() -> bool:
            missing = set(range(2001)).difference(effects)
            assert not missing, f"not heard of: {sorted(missing)[:20]}"
            return await drained(broker, listener)

        await eventually(all_heard, within=30)
        assert time.monotonic() - back < 20
    assert sorted(effects) == list(range(2001))


async def test_while_something_is_away_nothing_overtakes(broker: Broker) -> None:
    first = event(1)
    second = event(2, aggregate=first.aggregateid, version=2)
    heard: list[int] = []
    away = [True, True]

    async def handle(price: Price) -> None:
        if away:
            away.pop()
            raise Unavailable("the database does not answer")
        heard.append(price.amount)

    async with broker.listening(listener := consumer(handle)):
        await broker.deliver(message(first), message(second))

        async def both_heard() -> bool:
            return len(heard) == 2

        await eventually(both_heard)
        await eventually(lambda: drained(broker, listener))
    assert heard == [1, 2]


async def test_of_two_processes_one_is_delivered_to_and_the_other_takes_over(broker: Broker) -> None:
    heard: dict[str, list[int]] = {"one": [], "two": []}
    inbox = MemoryInbox()
    name = f"search-{uuid4().hex[:8]}"

    def process(which: str) -> Consumer:
        async def handle(price: Price) -> None:
            await asyncio.sleep(0.002)
            heard[which].append(price.amount)

        return consumer(handle, name=name, inbox=inbox)

    first = event(0)

    async def deliver(numbers: range) -> None:
        versions = [event(number, aggregate=first.aggregateid, version=number + 1) for number in numbers]
        await broker.deliver(*map(message, versions))

    async def heard_all(count: int) -> None:
        async def enough() -> bool:
            return len(heard["one"]) + len(heard["two"]) == count

        await eventually(enough)

    async with broker.listening(process("one")):
        async with broker.listening(process("two")):
            await deliver(range(50))
            await heard_all(50)
        assert heard == {"one": list(range(50)), "two": []}
        await deliver(range(50, 60))
        await heard_all(60)
    async with broker.listening(process("two")):
        await deliver(range(60, 70))
        await heard_all(70)
    assert heard == {"one": list(range(60)), "two": list(range(60, 70))}
