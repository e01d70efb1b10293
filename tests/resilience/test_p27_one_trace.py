"""P27: one trace for each request, through every hop; and nobody waits for whoever collects them."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from uuid import UUID

import pytest

from tests.processes import eventually
from tests.resilience.harness.author import Author
from tests.resilience.harness.crowd import Answer, Crowd, percentile, tally
from tests.resilience.harness.door import Door, open_door
from tests.resilience.harness.ledger import Kind
from tests.resilience.harness.servers import Servers
from tests.resilience.harness.sizes import sized
from tests.resilience.harness.stack import Stack, harness
from tests.resilience.harness.tracing import Collector, Told, Written, by_message, written
from tests.servers import postgres

pytestmark = pytest.mark.real

COMMANDS = sized(200)
"""How many are answered at least."""
KILLS = sized(4)
"""Of whoever relays."""
AUTHORS = 4
ARRIVED = 15.0
"""Seconds until the spans of all processes that live are there: they are sent twice a second."""
SLOW = {"COPY_SLOWEST": "0.05", "COPY_STUMBLING": "0.05"}
"""Some are in the hands of the consumer at any time, and some fail at first."""

ROUNDS = sized(3)
REQUESTS = 160
"""In a round, by four clients."""
OVERFLOWING = 1200
"""Requests at the end, with a silent collector: three spans each in the service, whose queue holds 4096."""
GROWTH = 30 * 2**20
"""Bytes; the 4096 spans that a queue holds take 12 MB."""


async def commanding(stack: Stack, answered: dict[tuple[UUID, int], str], until: Callable[[], bool]) -> None:
    """Define and revise, at any of the services, and note by aggregate and version in which trace."""
    author, last = Author(stack), None
    while not until():
        revising = last is not None and stack.random.random() < 0.5
        wish = author.wishes(Kind.REVISE, *last) if revising and last else author.wishes(Kind.DEFINE)
        answer = await author.send(stack.random.choice(sorted(stack.urls)), wish)
        last = None
        if answer is not None and answer.status_code in (200, 201):
            assert wish.aggregate is not None
            last = wish.aggregate, wish.version
            answered[last] = answer.headers["x-trace-id"]
        await asyncio.sleep(stack.random.uniform(0, 0.05))


def leader(stack: Stack) -> str | None:
    """The service whose relay publishes, or None while there is none."""
    found = (child for name, child in stack.children.items() if name.startswith("service") and child.pid)
    return next((one.name for one in found if "relay.leads" in one.log.read_text()), None)


async def harm(stack: Stack) -> Counter[str]:
    """Kill whoever relays, again and again; and cut the consumer off in between, which lives on."""
    done = Counter[str]()
    while done["kills"] < KILLS:
        await asyncio.sleep(stack.random.uniform(0.3, 0.8))
        stack.proxies["consumer-broker"].cut()
        done["cuts"] += 1
        await asyncio.sleep(stack.random.uniform(0.1, 0.3))
        stack.proxies["consumer-broker"].up()
        if (name := leader(stack)) is not None:
            await stack.restart(name)
            done["kills"] += 1
    return done


async def promise(stack: Stack, collector: Collector) -> None:
    answered: dict[tuple[UUID, int], str] = {}
    harming = asyncio.create_task(harm(stack))

    def enough() -> bool:
        return harming.done() and len(answered) >= COMMANDS

    async with asyncio.TaskGroup() as authors:
        for _ in range(AUTHORS):
            authors.create_task(commanding(stack, answered, enough))
    done = harming.result()
    await stack.check()
    events = await written(stack.servers)
    told = await arrived(collector, events)
    whole = [one for one in events if told[one.id].follows(one)]
    as_answered = [one for one in whole if answered.get((one.aggregate, one.version)) == one.trace]
    handled = sum(len(one.handled) for one in told.values())
    print(  # noqa: T201  # what a run was good for
        f"seed={stack.seed} answered={len(answered)} one_trace={len(as_answered)}"
        f" events={len(events)} followed={len(whole)} handled={handled}"
        f" redelivered={sum(one.redelivered for one in told.values())}"
        f" published={sum(len(one.published) for one in told.values())}"
        f" kills={done['kills']} cuts={done['cuts']} spans={len(collector.spans)}"
    )
    assert len(as_answered) == len(answered) >= COMMANDS, (
        "the trace of the answer is that of all that follows"
    )
    assert len(whole) == len(events), "that goes for those whose answer was lost as well"
    assert len({one.trace for one in events}) == len(events), "each command has a trace of its own"
    assert any(one.redelivered for one in told.values()), "nothing was delivered again: it proves too little"
    assert len({span["id"] for span in collector.spans}) == len(collector.spans), "each has a span of its own"


async def arrived(collector: Collector, events: Sequence[Written]) -> Mapping[UUID, Told]:
    """What the spans tell of each event, once each is told of, or after `ARRIVED` seconds."""
    until = time.monotonic() + ARRIVED
    while True:
        told = by_message(list(collector.spans))
        if all(one.id in told and told[one.id].handled for one in events) or time.monotonic() > until:
            return {one.id: Told() for one in events} | dict(told)
        await asyncio.sleep(0.2)


async def test_each_command_is_one_trace_whoever_is_killed(servers: Servers, tmp_path: Path) -> None:
    with (
        Collector() as collector,
        harness(
            servers,
            tmp_path,
            services=2,
            consumers=1,
            via_proxy=["consumer-broker"],
            service_env=collector.settings("CHARACTERISTIC_"),
            consumer_env=collector.settings("COPY_") | SLOW,
        ) as stack,
    ):
        await promise(stack, collector)


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as collector:
        yield collector


@pytest.fixture
def door(collector: Collector, tmp_path: Path) -> Iterator[Door]:
    """A service and the gateway, which write every trace; the link to their collector can be harmed."""
    with postgres("characteristic") as server, open_door(tmp_path) as door:
        told = collector.settings(url=door.link("collector", collector.url))
        service = door.service("characteristic", server.url("characteristic"), **told)
        door.urls["door"] = door.gateway({"characteristic": service}, **told)
        door.ready()
        yield door


async def test_nobody_waits_for_a_collector_that_is_away_or_silent(door: Door, collector: Collector) -> None:
    """What that does to latencies is printed and not asserted: two cores are shared with everybody."""
    names, link = ("gateway", "characteristic"), door.links["collector"]
    rounds: dict[str, list[Answer]] = {"up": [], "away": [], "silent": []}
    async with Crowd(door.urls["door"]) as clients:
        wanted = {"key": "traced", "name": "Traced", "valueType": "text"}
        made = await clients.ask("POST", "/characteristics", wanted, door.headers())
        path = f"/characteristics/{made.json()['id']}"

        async def ask(count: int) -> list[Answer]:
            """So many requests, four at a time."""

            async def client() -> list[Answer]:
                return [await clients.ask("GET", path, headers=door.headers()) for _ in range(count // 4)]

            return [one for many in await asyncio.gather(*(client() for _ in range(4))) for one in many]

        await ask(REQUESTS)  # processes that have just started grow and are slow
        before = {name: door.memory(name) for name in names}
        for _ in range(ROUNDS):
            for state, harmed in (("up", link.up), ("away", link.cut), ("silent", link.hole)):
                await asyncio.to_thread(harmed)
                rounds[state] += await ask(REQUESTS)
        overflowing = await ask(OVERFLOWING)
        grown = {name: door.memory(name) - before[name] for name in names}
        known = len(collector.spans)
        await asyncio.to_thread(link.up)
        rounds["up"] += await ask(4)
        await asyncio.to_thread(eventually, lambda: len(collector.spans) > known, ARRIVED)
    assert tally(overflowing) == {"200": OVERFLOWING}
    told = " ".join(
        f"{state}: {len(every)} p50={percentile(every, 0.5)}ms p99={percentile(every, 0.99)}ms"
        for state, every in rounds.items()
    )
    print(  # noqa: T201
        f"seed={door.seed} {told} grown: "
        + " ".join(f"{name}={bytes / 2**20:.1f}MB" for name, bytes in grown.items())
    )
    for state, every in rounds.items():
        assert tally(every) == {"200": len(every)}, f"with a collector that is {state}"
    assert max(grown.values()) < GROWTH, grown
    for name in names:
        said = [line for line in door.children[name].log.read_text().splitlines() if "spans.unsent" in line]
        assert 1 <= len(said) <= 8, f"{name} says that spans are lost, and not all the time"
