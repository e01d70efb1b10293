"""What carries messages promises the same in one process and through a broker: one suite for both."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from kernel.bus import Bus
from kernel.errors import CatalogError, Conflict, RuleBroken, Unavailable
from kernel.messaging import LARGEST, Message, Refused, Unroutable, backlog
from kernel.metrics import Metrics
from kernel.origin import Origin, present_origin
from kernel.rabbit import RabbitPublisher
from kernel.settings import TraceSettings
from kernel.tracing import Tracing
from tests.contract.carriers import (
    Broker,
    Carrier,
    InProcess,
    Price,
    broker_at,
    consumer,
    event,
    eventually,
    message,
)
from tests.measured import labelled, measured
from tests.servers import RunningRabbitMQ

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.fixture(params=["bus", pytest.param("rabbitmq", marks=pytest.mark.real)])
def address(request: pytest.FixtureRequest) -> str | None:
    """The broker's, or None where the bus is enough."""
    if request.param == "bus":
        return None
    server: RunningRabbitMQ = request.getfixturevalue("broker_server")
    return server.url


@pytest.fixture
async def carrier(address: str | None) -> AsyncIterator[Carrier]:
    if address is None:
        yield InProcess()
    else:
        async with broker_at(address) as broker:
            yield broker


class Heard:
    """A use case that remembers, and does first what it is told to do the first times."""

    def __init__(self, *failures: Exception) -> None:
        self.prices: list[Price] = []
        self.calls = 0
        self._failures = list(failures)

    async def __call__(self, price: Price) -> None:
        self.calls += 1
        if self._failures:
            raise self._failures.pop(0)
        self.prices.append(price)

    async def any(self) -> bool:
        return bool(self.prices)


async def test_what_is_published_is_heard_without_the_fields_that_nobody_knows(carrier: Carrier) -> None:
    heard, other = Heard(), Heard()
    async with carrier.listening(consumer(heard), consumer(other)):
        await carrier.deliver(message(event(5)))
        await eventually(heard.any)
        await eventually(other.any)
    assert heard.prices == other.prices == [Price(5)]


async def test_what_comes_twice_is_done_once(carrier: Carrier) -> None:
    heard = Heard()
    twice, last = message(event(1)), message(event(2))
    async with carrier.listening(consumer(heard)):
        await carrier.deliver(twice)
        await carrier.deliver(twice, message(event(3, aggregate=twice.aggregate_id, version=2)), last)

        async def all_heard() -> bool:
            return len(heard.prices) >= 3

        await eventually(all_heard)
    assert sorted(price.amount for price in heard.prices) == [1, 2, 3]


async def test_the_events_of_an_aggregate_are_heard_in_their_order(carrier: Carrier) -> None:
    seed = random.randrange(10**6)  # noqa: S311
    chance = random.Random(seed)  # noqa: S311
    events = [event(number) for number in range(20)]
    versions = [
        event(first.data["amount"] * 100 + version, aggregate=first.aggregateid, version=version)
        for version in range(1, 26)
        for first in events
    ]
    heard: dict[int, list[int]] = {}

    async def slow(price: Price) -> None:
        await asyncio.sleep(chance.uniform(0, 0.005))
        heard.setdefault(price.amount // 100, []).append(price.amount % 100)

    async with carrier.listening(consumer(slow)):
        await carrier.deliver(*map(message, versions))

        async def all_heard() -> bool:
            return sum(map(len, heard.values())) >= 500

        await eventually(all_heard)
    assert heard == {number: list(range(1, 26)) for number in range(20)}, seed


@pytest.mark.parametrize("kind", [Unavailable, Conflict])
async def test_what_fails_for_now_is_tried_again(carrier: Carrier, kind: type[CatalogError]) -> None:
    heard = Heard(kind("not now"), kind("nor now"))
    async with carrier.listening(listener := consumer(heard)):
        await carrier.deliver(message(event(5)))
        await eventually(heard.any)
        assert await carrier.parked(listener) == []
    assert (heard.prices, heard.calls) == ([Price(5)], 3)


async def test_what_is_refused_is_parked_with_its_reason_and_stops_nobody(carrier: Carrier) -> None:
    refused = event(13)
    heard: list[int] = []

    async def picky(price: Price) -> None:
        if price.amount == 13:
            raise RuleBroken("no such price")
        heard.append(price.amount)

    after = [event(number, aggregate=refused.aggregateid, version=number) for number in range(2, 5)]
    async with carrier.listening(listener := consumer(picky)):
        await carrier.deliver(*map(message, [refused, *after]))

        async def parked() -> bool:
            return len(heard) == 3 and await carrier.parked(listener) == ["RuleBroken: no such price"]

        await eventually(parked)
    assert heard == [2, 3, 4]


async def test_what_nobody_can_read_is_parked(carrier: Carrier) -> None:
    heard = Heard()
    fine, broken = message(event(5)), message(event(6))
    broken = Message(id=broken.id, type=broken.type, aggregate_id=broken.aggregate_id, body=b'{"id": 7')
    async with carrier.listening(listener := consumer(heard)):
        await carrier.deliver(broken, fine)

        async def parked() -> bool:
            return len(await carrier.parked(listener)) == 1

        await eventually(parked)
        await eventually(heard.any)
        (reason,) = await carrier.parked(listener)
    assert reason.startswith("Malformed: The message is no envelope")
    assert heard.prices == [Price(5)]


async def test_data_that_is_not_what_was_agreed_on_is_parked(carrier: Carrier) -> None:
    heard = Heard()
    async with carrier.listening(listener := consumer(heard)):
        await carrier.deliver(message(event(data={"amount": "a lot"})))

        async def parked() -> bool:
            return len(await carrier.parked(listener)) == 1

        await eventually(parked)
        (reason,) = await carrier.parked(listener)
    assert reason.startswith("Malformed: The data of price.defined.v1 is not what was agreed on: amount:")
    assert heard.calls == 0


async def test_a_fault_of_ours_is_tried_three_times(carrier: Carrier) -> None:
    heard = Heard(*(KeyError("typo") for _ in range(9)))
    async with carrier.listening(listener := consumer(heard)):
        await carrier.deliver(message(event(5)))

        async def parked() -> bool:
            return await carrier.parked(listener) == ["KeyError: 'typo'"]

        await eventually(parked)
    assert heard.calls == 3


async def test_hearing_goes_on_in_the_trace_of_who_caused_it(carrier: Carrier) -> None:
    heard, exporter = Heard(), InMemorySpanExporter()
    tracing = Tracing("search", TraceSettings(trace_ratio=1), [SimpleSpanProcessor(exporter)])
    async with carrier.listening(consumer(heard, tracing=tracing)):
        await carrier.deliver(message(event(5, traceparent=f"00-{TRACE}-{SPAN}-01")))
        await eventually(heard.any)

        async def exported() -> bool:
            return bool(exporter.get_finished_spans())

        await eventually(exported)
    (span,) = exporter.get_finished_spans()
    assert span.name == "price.defined.v1 process"
    assert span.parent is not None
    assert (f"{span.context.trace_id:032x}", f"{span.parent.span_id:016x}") == (TRACE, SPAN)


async def test_hearing_happens_on_behalf_of_who_caused_it(carrier: Carrier) -> None:
    origins: list[Origin] = []

    async def look(price: Price) -> None:
        origins.append(present_origin())

    async def looked() -> bool:
        return bool(origins)

    caused = event(5, correlationid="conversation")
    async with carrier.listening(consumer(look)):
        await carrier.deliver(message(caused))
        await eventually(looked)
    assert origins == [Origin(correlation_id="conversation", causation_id=str(caused.id))]


async def test_leaving_waits_for_what_has_begun(carrier: Carrier) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def slow(price: Price) -> None:
        begun.set()
        await asyncio.sleep(0.3)
        ended.set()

    async with AsyncExitStack() as stack:
        await stack.enter_async_context(carrier.listening(listener := consumer(slow)))
        delivering = asyncio.create_task(carrier.deliver(message(event(5))))
        await begun.wait()
    await delivering
    assert ended.is_set()
    assert await carrier.parked(listener) == []


async def test_the_bus_waits_for_everybody_who_is_expected() -> None:
    bus = Bus(expected=["search"])
    with pytest.raises(Unavailable, match="Not listening: search"):
        await bus.publish(message(event()))
    async with bus.subscribe(consumer(heard := Heard(), name="search")):
        await bus.publish(message(event(5)))
    assert heard.prices == [Price(5)]


@pytest.mark.real
async def test_the_broker_takes_nothing_that_it_would_throw_away(broker: Broker) -> None:
    async with broker.listening(consumer(Heard())):
        with pytest.raises(Unroutable, match=r"nobody\.listens\.v1"):
            await broker.publisher.publish(message(event(type="nobody.listens.v1")))
    counted = Counter[str]()
    for body, type in [(b"x" * (LARGEST + 1), "price.defined.v1"), (b"{}", "ü.v1"), (b"{}", "a" * 256)]:
        one = message(event())
        with pytest.raises(Refused) as refused:
            await broker.publisher.publish(
                Message(id=one.id, type=type, aggregate_id=one.aggregate_id, body=body)
            )
        counted[refused.value.refusals[0].who] += 1
    assert counted == {"broker": 3}


@pytest.mark.real
async def test_without_a_broker_publishing_is_refused_within_five_seconds() -> None:
    async with RabbitPublisher("amqp://catalog:x@127.0.0.1:1/catalog") as publisher:
        with pytest.raises(Unavailable):
            await publisher.check()
        async with asyncio.timeout(6):
            with pytest.raises(Unavailable):
                await publisher.publish(message(event()))


async def test_what_becomes_of_messages_is_measured(carrier: Carrier) -> None:
    metrics = Metrics("search", remembered=0.0)
    heard = Heard(RuleBroken("no such price"), Conflict("a lost race"))
    listener = consumer(heard, metrics=metrics)
    count = "messaging_process_duration_seconds_count"
    async with carrier.listening(listener):
        for number in (1, 2, 3):
            await carrier.deliver(message(event(number)))

            async def ended(least: int = number) -> bool:
                return sum(labelled((await metrics.told()).decode(), count, "outcome").values()) >= least

            await eventually(ended)
        await eventually(lambda: _has(heard, 2))

        async def all_ended() -> bool:
            found = labelled((await metrics.told()).decode(), count, "outcome")
            return found == {"handled": 2, "retried": 1, "parked": 1}

        await eventually(all_ended)
    text = (await metrics.told()).decode()
    assert measured(text, count, cloudevents_event_type="price.defined.v1", outcome="parked") == [1]


async def test_the_types_of_strangers_are_one() -> None:
    metrics = Metrics("search")
    listener = consumer(Heard(), metrics=metrics)
    for type in ("what.ever.v1", "price.defined.v1", "no type at all"):
        listener.ended(type, "parked", 0.01)
    counted = labelled(
        (await metrics.told()).decode(),
        "messaging_process_duration_seconds_count",
        "cloudevents_event_type",
    )
    assert counted == {"unknown": 2, "price.defined.v1": 1}


async def test_what_the_bus_tries_again_waits() -> None:
    bus, heard = Bus(), Heard(Conflict("a lost race"))
    listener = consumer(heard)
    metrics = Metrics("search", remembered=0.0)
    metrics.watch("consumer", backlog(bus, listener))
    late = message(event(1))
    async with bus.subscribe(listener):
        with pytest.raises(Unavailable):
            await bus.publish(late)
        text = (await metrics.told()).decode()
        assert measured(text, "catalog_consumer_messages", consumer=listener.name, state="retry") == [1]
        await bus.publish(late)
        text = (await metrics.told()).decode()
    assert measured(text, "catalog_consumer_messages", state="retry") == [0]


async def _has(heard: Heard, count: int) -> bool:
    return len(heard.prices) == count
