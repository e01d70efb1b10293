"""P19: restarts are invisible. While a service is stopped and started again nobody's request fails.

A service has two instances behind the gateway; one after the other is told to stop under a load of people who
read and write. The gateway itself answers what is in flight. That a handler which is wedged does not keep a
process is shown in `test_shutdown.py`.
"""

import asyncio
import random
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from kernel.messaging import Envelope
from tests.processes import eventually
from tests.resilience.harness.checker import judge
from tests.resilience.harness.copying import NAME
from tests.resilience.harness.crowd import Answer, Crowd, percentile, tally, together
from tests.resilience.harness.door import Door, open_door
from tests.resilience.harness.evidence import Evidence, Kept, read_service
from tests.resilience.harness.ledger import Kind, Ledger
from tests.resilience.harness.rates import Load, capacity
from tests.resilience.harness.raw import lying_in
from tests.resilience.harness.servers import SERVICE, Servers
from tests.resilience.harness.sizes import sized
from tests.resilience.harness.upstream import Upstream, answering, silent

pytestmark = pytest.mark.real

ROUNDS = sized(5)
RATE = 150.0
"""Requests a second, or a quarter of what can be answered, so that one instance does not get too much."""
LONGEST = 15.0  # seconds from the signal to the end of a process
PATH = "/characteristics"


@dataclass
class Visitors:
    """Some read, most of the others write with a key, some without. Each asks once only."""

    clients: Crowd
    door: Door
    chance: random.Random
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)  # id by name
    ledger: Ledger = field(default_factory=Ledger)

    async def one(self) -> Answer:
        """Somebody comes and asks."""
        (kind,) = self.chance.choices((self._read, self._write, self._write_without), (60, 30, 10))
        return await kind()

    def failed(self) -> dict[str, dict[str, int]]:
        """What was not answered as it should be."""
        found = {
            kind: tally([one for one in answers if one.status not in (200, 201)])
            for kind, answers in self.answers.items()
        }
        return {kind: told for kind, told in found.items() if told}

    async def _read(self) -> Answer:
        id = self.chance.choice([*self.written.values()]) if self.written else ""
        path = f"{PATH}/{id}" if id else PATH
        return self._note("GET", await self.clients.ask("GET", path, headers=self.door.headers()))

    async def _write(self) -> Answer:
        name = f"v-{uuid4().hex[:12]}"
        return await self._define("POST with a key", name, self.door.headers(idempotency_key=name))

    async def _write_without(self) -> Answer:
        return await self._define("POST without a key", f"v-{uuid4().hex[:12]}", self.door.headers())

    async def _define(self, kind: str, name: str, headers: dict[str, str]) -> Answer:
        wanted = {"key": name, "name": name, "valueType": "text"}
        wish = self.ledger.attempt(name, Kind.DEFINE)
        answer = await self.clients.ask("POST", PATH, wanted, headers)
        if answer.status == 201:
            self.written[name] = answer.json()["id"]
            self.ledger.acknowledge(wish, UUID(self.written[name]), answer.json()["version"])
        else:
            self.ledger.lose_sight(wish, f"{answer.status} {answer.error}")
        return self._note(kind, answer)

    def _note(self, kind: str, answer: Answer) -> Answer:
        self.answers.setdefault(kind, []).append(answer)
        return answer


async def ends(door: Door, name: str, times: int = 1) -> float:
    """Tell a process to stop, so many times; returns the seconds until it has ended well."""
    begin = time.monotonic()
    for _ in range(times):
        door.children[name].signal(signal.SIGTERM)
        await asyncio.sleep(0.1)
    assert await asyncio.to_thread(door.children[name].died, LONGEST + 1) == 0
    took = time.monotonic() - begin
    assert took <= LONGEST
    return took


async def evidence(servers: Servers, within: float = 15.0) -> tuple[Evidence, int]:
    """What is written, and as its copy what lies in the queue of a consumer; and how much lies there twice.

    Waits until all events lie there: who listens applies each once, which `test_p11_applied_once.py` shows.
    """
    log, rows = await read_service(servers.database(SERVICE))
    wanted, until = {event.id for event in log}, time.monotonic() + within
    while True:
        lying = [Envelope.decode(one.body) for one in await lying_in(servers.rabbitmq.url, NAME)]
        told = {one.id: one for one in lying}
        if told.keys() >= wanted or time.monotonic() > until:
            break
        await asyncio.sleep(0.5)
    return Evidence(
        log=log,
        rows=rows,
        copies={one.aggregateid: Kept(one.aggregateversion, one.data) for one in told.values()},
        effects=[*told],
        heard=[(one.aggregateid, one.aggregateversion) for one in lying],
    ), len(lying) - len(told)


async def test_nobody_notices_that_a_service_is_restarted(servers: Servers, tmp_path: Path) -> None:
    await servers.empty()
    with open_door(tmp_path) as door:
        env = {"BROKER_URL": servers.rabbitmq.url, "COMMIT_DELAY": "0.1"}  # so that much is in flight
        database = servers.postgres.url(SERVICE)
        urls = [door.service("characteristic", database, name=name, **env) for name in ("first", "second")]
        url = door.gateway({"characteristic": urls})
        door.ready()
        took = list[float]()
        async with Crowd(url) as clients:
            visitors = Visitors(clients, door, door.chance)
            rate = min(RATE, await capacity(visitors.one, rounds=6) / 4)
            load = Load(visitors.one)
            coming = asyncio.create_task(load.at(rate))
            for number in range(ROUNDS):
                await asyncio.sleep(0.5 + door.chance.random())
                name = ("first", "second")[number % 2]
                took.append(await ends(door, name, times=1 + 2 * (number % 2)))
                await asyncio.to_thread(door.children[name].start)
            load.stopping = True
            await coming
        counts = {kind: len(answers) for kind, answers in visitors.answers.items()}
        print(  # noqa: T201
            f"seed={door.seed} {ROUNDS} restarts under {rate:.0f}/s, {counts}: failed {visitors.failed()},"
            f" p50/p99 {percentile(load.answers, 0.5)}/{percentile(load.answers, 0.99)} ms;"
            f" ended after {min(took):.1f} to {max(took):.1f} s"
        )
        assert visitors.failed() == {}, f"seed={door.seed}"
        found, twice = await evidence(servers)
        verdict = judge(visitors.ledger, found)
        print(f"{verdict.line(door.seed)} events={len(found.log)} restarts={ROUNDS} again={twice}")  # noqa: T201
        verdict.require_clean(door.seed)


@dataclass(frozen=True)
class Before:
    """The gateway, with a service behind it that takes its time."""

    door: Door
    url: str
    upstream: Upstream

    async def answers(self, count: int, ask: Callable[[int], Awaitable[Answer]], times: int) -> Any:
        """What so many are told who have asked before the gateway was told to stop, and how long it took."""
        asking = asyncio.create_task(together(count, ask))
        while self.upstream.under_way < count:  # noqa: ASYNC110  # in another thread
            await asyncio.sleep(0.01)
        took = await ends(self.door, "gateway", times)
        return await asking, took


@pytest.fixture
def before(tmp_path: Path) -> Any:
    with Upstream() as upstream, open_door(tmp_path) as door:
        url = door.gateway({"characteristic": upstream.url}, UPSTREAM_DEADLINE="3.0")
        door.ready()
        yield Before(door, url, upstream)


@pytest.mark.parametrize("times", [1, 3])
async def test_the_gateway_answers_what_is_in_flight_however_often_it_is_told_to_stop(
    before: Before, times: int
) -> None:
    before.upstream.behave = answering(200, {}, after=2.0)  # longer than the second of farewell
    async with Crowd(before.url) as clients:
        asked = ("GET", "POST")
        answers, took = await before.answers(
            50, lambda n: clients.ask(asked[n % 2], PATH, headers=before.door.headers()), times
        )
        assert tally(answers) == {"200": 50}
        assert before.upstream.count == 50
    print(f"told {times} times to stop, 50 of 50 in flight answered, ended after {took:.1f} s")  # noqa: T201


async def test_who_comes_in_the_second_of_farewell_is_answered_too(before: Before) -> None:
    before.upstream.behave = answering(200, {}, after=0.2)
    gateway = before.door.children["gateway"]
    async with Crowd(before.url, fresh=True) as clients:
        gateway.signal(signal.SIGTERM)
        answers = list[Answer]()
        for _ in range(4):
            answers += await together(10, lambda _: clients.ask("GET", PATH, headers=before.door.headers()))
        assert tally(answers) == {"200": 40}
        assert await asyncio.to_thread(gateway.died) == 0
        assert (await clients.ask("GET", PATH)).error == "ConnectionRefusedError"


async def test_a_service_that_hangs_does_not_keep_the_gateway(before: Before) -> None:
    before.upstream.behave = silent
    async with Crowd(before.url) as clients:
        answers, took = await before.answers(
            50, lambda _: clients.ask("GET", PATH, headers=before.door.headers()), 1
        )
        assert tally(answers) == {"504 gateway_timeout": 50}
        assert took < LONGEST
    eventually(lambda: before.upstream.under_way == 0)
    print(f"50 of 50 that hang told 504, ended after {took:.1f} s")  # noqa: T201
