"""What only a broker does: it keeps what was parked, and it dies while everybody else goes on."""

import asyncio
import time
from uuid import UUID

import aio_pika
import pytest

from kernel.dead_letters import DeadLetter
from kernel.errors import Conflict, NotFound, RuleBroken, Unavailable
from kernel.messaging import Consumer, Undelivered, backlog
from kernel.metrics import Metrics
from kernel.rabbit import EXCHANGE, Queue, RabbitDeadLetters, RabbitSubscriptions, apply, verify
from tests.contract.carriers import (
    TIERS,
    TYPE,
    Broker,
    Price,
    consumer,
    event,
    eventually,
    message,
)
from tests.measured import labelled

pytestmark = pytest.mark.real


async def nothing(price: Price) -> None:
    """A use case without an effect."""


async def looked(letters: RabbitDeadLetters) -> list[DeadLetter]:
    return [letter async for letter in letters.look()]


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


async def test_what_waits_in_the_queues_of_a_consumer_is_told(broker: Broker) -> None:
    stopped, metrics = asyncio.Event(), Metrics("search", remembered=0.0)

    async def slow(price: Price) -> None:
        if price.amount < 0:
            raise RuleBroken("no such price")
        if price.amount == 0:
            raise Conflict("a lost race")
        await stopped.wait()

    listener = consumer(slow)
    subscriptions = RabbitSubscriptions(broker.url, tiers=(60.0,))
    metrics.watch("consumer", backlog(subscriptions, listener))
    assert labelled((await metrics.told()).decode(), "catalog_consumer_messages", "state") == {}
    await apply(broker.url, [Queue(listener.name, listener.types, (60.0,))])
    async with subscriptions.subscribe(listener):
        await broker.deliver(*(message(event(amount)) for amount in (-1, 0, 0)))

        async def counted() -> bool:
            text = (await metrics.told()).decode()
            found = labelled(text, "catalog_consumer_messages", "state")
            return found == {"ready": 0, "retry": 2, "parked": 1}

        await eventually(counted)
        stopped.set()
