"""What only a broker does: it keeps what was parked, and it dies while everybody else goes on."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from uuid import UUID, uuid4

import aio_pika
import pytest
from aio_pika.abc import AbstractIncomingMessage

from kernel.dead_letters import DeadLetter
from kernel.errors import Conflict, NotFound, RuleBroken, Unavailable
from kernel.inbox import MemoryInbox
from kernel.messaging import Consumer, Undelivered
from kernel.rabbit import EXCHANGE, Queue, RabbitDeadLetters, RabbitSubscriptions, apply, verify
from tests.contract.carriers import (
    TIERS,
    TYPE,
    Broker,
    Price,
    broker_at,
    consumer,
    event,
    eventually,
    message,
)
from tests.servers import RunningRabbitMQ, rabbitmq

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def server() -> Iterator[RunningRabbitMQ]:
    with rabbitmq() as running:
        yield running


@pytest.fixture
async def broker(server: RunningRabbitMQ) -> AsyncIterator[Broker]:
    async with broker_at(server.url) as broker:
        yield broker


async def nothing(price: Price) -> None:
    """A use case without an effect."""


async def looked(letters: RabbitDeadLetters) -> list[DeadLetter]:
    return [letter async for letter in letters.look()]


async def drained(broker: Broker, listener: Consumer) -> bool:
    """Whether nothing waits for this consumer, and nothing is in its hands."""
    async with await aio_pika.connect(broker.url) as connection:
        channel = await connection.channel()
        found = [
            await channel.declare_queue(name, passive=True)
            for name in Queue(listener.name, (), TIERS).arguments
        ]
        return all(queue.declaration_result.message_count == 0 for queue in found)


async def park(broker: Broker, listener: Consumer, count: int) -> list[DeadLetter]:
    """Let so many messages be refused by a consumer that has just been opened."""
    sent = [message(event(number)) for number in range(count)]
    await broker.deliver(*sent)

    async def all_parked() -> bool:
        return len(await looked(broker.dead_letters(listener))) == count

    await eventually(all_parked)
    letters = await looked(broker.dead_letters(listener))
    assert {letter.id: letter.body for letter in letters} == {one.id: one.body for one in sent}
    return letters


class Picky:
    """A use case that refuses everything until it is mended, and counts what it did."""

    def __init__(self) -> None:
        self.mended = False
        self.effects: list[int] = []

    async def __call__(self, price: Price) -> None:
        if not self.mended:
            raise RuleBroken("not yet")
        self.effects.append(price.amount)


async def test_dead_letters_are_looked_at_replayed_and_dropped(broker: Broker) -> None:
    handle = Picky()
    async with broker.listening(listener := consumer(handle)):
        letters = await park(broker, listener, 30)
        dead = broker.dead_letters(listener)
        for letter in letters:
            assert (letter.type, letter.consumer, letter.attempts) == (TYPE, listener.name, 1)
            assert letter.reason == "RuleBroken: not yet"
            assert letter.parked_at is not None
            assert abs(letter.parked_at.timestamp() - time.time()) < 30
        assert await looked(dead) == letters, "looking changes nothing"
        assert await dead.drop(listener.name, [id for letter in letters[:2] if (id := letter.id)]) == 2

        handle.mended = True
        chosen = [id for letter in letters[2:5] if (id := letter.id)]
        assert await dead.replay(listener.name, chosen, rate=1000) == 3
        assert await looked(dead) == letters[5:], "those that stay keep their order"

        said: list[int] = []
        began = time.monotonic()
        assert await dead.replay(listener.name, None, rate=50, said=said.append) == 25
        assert time.monotonic() - began > 24 / 50
        assert said == list(range(1, 26))
        assert await dead.replay(listener.name, None, rate=50) == 0

        async def all_done() -> bool:
            return len(handle.effects) == 28

        await eventually(all_done)
    assert len(set(handle.effects)) == 28


async def test_what_is_parked_again_remembers_only_the_last_reason(broker: Broker) -> None:
    handle = Picky()
    async with broker.listening(listener := consumer(handle)):
        (before,) = await park(broker, listener, 1)
        dead = broker.dead_letters(listener)
        assert await dead.replay(listener.name, None, rate=10) == 1

        async def parked_again() -> bool:
            at = [letter.parked_at for letter in await looked(dead)]
            return len(at) == 1 and at != [before.parked_at]

        await eventually(parked_again)
        (after,) = await looked(dead)
    assert (after.id, after.body, after.reason, after.attempts) == (
        before.id,
        before.body,
        before.reason,
        1,
    )


async def test_a_consumer_that_nobody_knows_has_no_dead_letters(broker: Broker) -> None:
    with pytest.raises(NotFound, match="There is no consumer nobody"):
        await RabbitDeadLetters(broker.url, ["search"]).drop("nobody", None)


async def test_a_type_that_the_consumer_does_not_know_is_parked(broker: Broker) -> None:
    async with broker.listening(listener := consumer(nothing), types=["price.*.v1"]):
        await broker.deliver(message(event(type="price.forgotten.v1")))

        async def parked() -> bool:
            return len(await broker.parked(listener)) == 1

        await eventually(parked)
        (reason,) = await broker.parked(listener)
    assert reason.endswith("does not know events of the type price.forgotten.v1.")


async def test_a_message_without_id_and_headers_is_parked(broker: Broker) -> None:
    async with broker.listening(listener := consumer(nothing, type="strange.thing.v1")):
        async with await aio_pika.connect(broker.url) as connection:
            channel = await connection.channel()
            exchange = await channel.get_exchange(EXCHANGE)
            await exchange.publish(
                aio_pika.Message(b"\xff", headers={"x-attempts": "many"}), "strange.thing.v1"
            )

        async def parked() -> bool:
            return len(await looked(broker.dead_letters(listener))) == 1

        await eventually(parked)
        (letter,) = await looked(broker.dead_letters(listener))
    assert (letter.body, letter.type, letter.attempts) == (b"\xff", "", 1)
    assert isinstance(letter.id, UUID)


async def test_a_consumer_waits_for_its_queue_and_says_so(broker: Broker) -> None:
    handle = Picky()
    handle.mended = True
    listener = consumer(handle)
    queue = Queue(listener.name, listener.types, TIERS)
    subscriptions = RabbitSubscriptions(broker.url, tiers=TIERS)

    async def listens() -> bool:
        await subscriptions.check()
        return True

    async def is_deaf() -> bool:
        try:
            await subscriptions.check()
        except Unavailable as error:
            return error.message == f"Not listening: {listener.name}."
        return False

    async with subscriptions.subscribe(listener):
        assert await is_deaf()
        await apply(broker.url, [queue])
        await eventually(listens)
        async with await aio_pika.connect(broker.url) as connection:
            await (await connection.channel()).queue_delete(listener.name)
        await eventually(is_deaf)
        await apply(broker.url, [queue])
        await broker.deliver(message(event(7)))

        async def heard() -> bool:
            return handle.effects == [7]

        await eventually(heard)


async def test_a_full_queue_refuses_and_later_takes(broker: Broker) -> None:
    async with await aio_pika.connect(broker.url) as connection:
        queue = await (await connection.channel()).declare_queue(
            "small",
            durable=True,
            arguments={"x-queue-type": "quorum", "x-max-length": 1, "x-overflow": "reject-publish"},
        )
        await queue.bind(EXCHANGE, "small.thing.v1")

        async def is_full() -> bool:
            try:
                await broker.publisher.publish(message(event(type="small.thing.v1")))
            except Undelivered as error:
                return "full" in error.message
            return False

        await eventually(is_full)
        await queue.purge()
        await broker.deliver(message(event(type="small.thing.v1")))


async def test_a_message_is_under_way_only_once(broker: Broker) -> None:
    async with broker.listening(consumer(nothing)):
        one = message(event())
        outcomes = await asyncio.gather(
            broker.publisher.publish(one), broker.publisher.publish(one), return_exceptions=True
        )
    assert [type(outcome) for outcome in outcomes] == [type(None), Undelivered]


async def test_what_is_missing_is_named_with_what_creates_it(broker: Broker) -> None:
    queue = Queue("incomplete", [], TIERS)
    await apply(broker.url, [queue])
    async with await aio_pika.connect(broker.url) as connection:
        await verify(connection, queue)
        await (await connection.channel()).queue_delete("incomplete.parked")
        with pytest.raises(Unavailable, match=r"no queue incomplete\.parked: run `catalog broker apply`"):
            await verify(connection, queue)


async def test_a_queue_with_other_properties_is_a_conflict(broker: Broker) -> None:
    await apply(broker.url, [Queue("other", [], (1.0, 2.0))])
    async with await aio_pika.connect(broker.url) as connection:
        channel = await connection.channel()
        await channel.queue_delete("other.retry.1s")
        await channel.declare_queue("other.retry.1s", durable=True)
    with pytest.raises(Conflict, match=r"queue other\.retry\.1s is there with other properties"):
        await apply(broker.url, [Queue("other", [], (1.0, 2.0))])


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
    inbox, handle = MemoryInbox(), Picky()
    handle.mended = True
    listener = consumer(handle, inbox=inbox)
    ids = await deliver_as_after_a_crash(broker, listener, 5)
    for _ in range(2):  # the first process that it ended had no reason to suspect it
        await inbox.suspect(listener.name, ids[0])
    await inbox.suspect(listener.name, ids[1])
    async with broker.listening(listener):

        async def all_done() -> bool:
            return len(handle.effects) == 4 and len(await broker.parked(listener)) == 1

        await eventually(all_done)
        assert await broker.parked(listener) == ["Deadly: Its handling has ended the process 3 times."]
    assert sorted(handle.effects) == [1, 2, 3, 4]


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
    server: RunningRabbitMQ, broker: Broker
) -> None:
    effects: list[int] = []

    async def count(price: Price) -> None:
        await asyncio.sleep(0.001)
        effects.append(price.amount)

    async def crash() -> None:
        for _ in range(2):
            await asyncio.sleep(0.1)
            await asyncio.to_thread(server.kill)
            await asyncio.to_thread(server.start)

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
