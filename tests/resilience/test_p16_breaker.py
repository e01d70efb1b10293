"""P16: the breaker tells the truth, in the living processes: from the gateway to a service, and between two.

Its rules have tests of their own (`packages/kernel/tests/test_breaker.py`, the stepped wall clock among
them). Here a process asks an upstream that counts what arrives, and callers are told the truth.
"""

import asyncio
import json
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from tests.resilience.harness.crowd import Answer, Crowd, percentile, tally, together
from tests.resilience.harness.door import Calm, Door, open_door
from tests.resilience.harness.sizes import sized
from tests.resilience.harness.upstream import Behaviour, Request, Upstream, answering, hanging_up, silent
from tests.servers import postgres

pytestmark = pytest.mark.real  # it needs no real servers, but half a minute

FAILURES = 5  # in a row, and the breaker opens: all have the default of `Breaker`
CALLERS, PROBERS, GONE, REFUSED = 100, 50, 200, 40


@dataclass(frozen=True, kw_only=True)
class Way:
    """From a process to the upstream. `ask` is one call of it, if the breaker lets it through.

    `failed` and `overdue` are what a caller is told when the upstream hangs up, and when it is silent.
    """

    door: Door
    process: str
    upstream: Upstream
    ask: Callable[[Crowd], Coroutine[Any, Any, Answer]]
    fine: Behaviour
    done: str
    failed: str
    overdue: str
    deadline: float
    cooldown: float

    @property
    def crowd(self) -> Crowd:
        """Callers of the process."""
        return Crowd(self.door.urls[self.process])

    async def told(self, clients: Crowd, count: int = 1) -> dict[str, int]:
        """What so many callers are told, one after the other."""
        return tally([await self.ask(clients) for _ in range(count)])

    async def opens(self, clients: Crowd) -> float:
        """Let the breaker open; returns when that was."""
        self.upstream.behave = hanging_up
        assert await self.told(clients, FAILURES) == {self.failed: FAILURES}
        assert await self.told(clients) == {OPEN: 1}
        return time.monotonic()

    async def cooled_down(self, opened: float) -> None:
        """Wait until the breaker lets a probe through."""
        await asyncio.sleep(max(0.0, opened + self.cooldown + 0.05 - time.monotonic()))

    async def closes(self, clients: Crowd) -> None:
        """The upstream is fine, and so is everything."""
        self.upstream.behave = self.fine
        assert await self.told(clients, 3) == {self.done: 3}


OPEN = "503 circuit_open"


def to_gateway(stack: ExitStack, door: Door) -> Way:
    """The gateway asks a service. It is a POST without a key, which the gateway never sends twice."""
    upstream = stack.enter_context(Upstream())
    door.gateway({"characteristic": upstream.url}, UPSTREAM_DEADLINE="1.5", UPSTREAM_COOLDOWN="1.0")

    def ask(clients: Crowd) -> Coroutine[Any, Any, Answer]:
        return clients.ask("POST", "/api/characteristics", None, door.headers())

    return Way(
        door=door,
        process="gateway",
        upstream=upstream,
        ask=ask,
        fine=answering(200, {}),
        done="200",
        failed="503 upstream_lost",
        overdue="504 gateway_timeout",
        deadline=1.5,
        cooldown=1.0,
    )


def to_specification(stack: ExitStack, door: Door) -> Way:
    """The specification service asks the characteristic service."""
    server = stack.enter_context(postgres("specification"))
    upstream = stack.enter_context(Upstream())
    door.service("specification", server.url("specification"), CHARACTERISTIC_URL=upstream.url)

    async def found(request: Request) -> tuple[int, Any]:
        like = {"key": "ram", "name": "RAM", "valueType": "integer", "status": "ACTIVE"}
        ids = json.loads(request.body)["ids"]
        items = [{**like, "id": id, "multiple": False, "allowedValues": []} for id in ids]
        return 200, {"items": items, "missing": [], "problems": []}

    def ask(clients: Crowd) -> Coroutine[Any, Any, Answer]:
        wanted = {"name": f"s-{uuid4().hex[:12]}", "uses": [{"characteristicId": str(uuid4())}]}
        return clients.ask("POST", "/specifications", wanted, door.headers())

    return Way(
        door=door,
        process="specification",
        upstream=upstream,
        ask=ask,
        fine=found,
        done="201",
        failed="503 unavailable",
        overdue="503 unavailable",
        deadline=2.0,
        cooldown=2.0,
    )


@pytest.fixture(scope="module", params=[to_gateway, to_specification])
def way(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Way]:
    with ExitStack() as stack:
        door = stack.enter_context(open_door(tmp_path_factory.mktemp("door")))
        made: Way = request.param(stack, door)
        door.ready()
        yield made


# A service ends what it has begun, its probe too, and does not say yet how its breakers are.
ONLY_THE_GATEWAY = pytest.mark.parametrize("way", [to_gateway], indirect=True, scope="module")


def after(behave: Behaviour, seconds: float) -> Behaviour:
    """The same, later."""

    async def later(request: Request) -> tuple[int, Any] | None:
        await asyncio.sleep(seconds)
        return await behave(request)

    return later


async def test_it_opens_on_exactly_the_fifth_failure_and_lets_one_through_to_close(way: Way) -> None:
    pid = way.door.children[way.process].pid
    async with way.crowd as clients:
        for _ in range(sized(1)):
            await way.closes(clients)
            way.upstream.behave, before = hanging_up, way.upstream.count
            assert await way.told(clients, FAILURES - 1) == {way.failed: FAILURES - 1}
            await way.closes(clients)  # not in a row any more
            way.upstream.behave = hanging_up
            assert await way.told(clients, FAILURES) == {way.failed: FAILURES}
            opened = time.monotonic()
            assert way.upstream.count - before == 3 + 2 * FAILURES - 1, "each of them has arrived"

            before = way.upstream.count
            refused = await together(CALLERS, lambda _: way.ask(clients))
            one_by_one = [await way.ask(clients) for _ in range(CALLERS)]
            assert time.monotonic() - opened < way.cooldown, "it was open all the time"
            assert tally([*refused, *one_by_one]) == {OPEN: 2 * CALLERS}
            assert {one.headers["retry-after"] for one in (*refused, *one_by_one)} <= {"1", "2"}
            assert way.upstream.count == before, "nobody was asked"

            way.upstream.behave = after(way.fine, 0.3)
            await way.cooled_down(opened)
            probing = await together(PROBERS, lambda _: way.ask(clients))
            assert tally(probing) == {way.done: 1, OPEN: PROBERS - 1}
            assert way.upstream.count == before + 1, "one probe"
            await way.closes(clients)
            assert way.upstream.count == before + 4
    assert way.door.children[way.process].pid == pid, "without a restart"
    print(  # noqa: T201
        f"{way.process}: opened on failure {FAILURES}; while open 0 arrived, {CALLERS} callers at once"
        f" were refused within p50/p99 {percentile(refused, 0.5)}/{percentile(refused, 0.99)} ms, one by one"
        f" within {percentile(one_by_one, 0.5)}/{percentile(one_by_one, 0.99)} ms; 1 of {PROBERS} probed"
    )


async def test_who_hangs_up_and_what_is_refused_count_as_nothing(way: Way) -> None:
    async with way.crowd as clients:
        await way.closes(clients)
        calm = await Calm.of(way.door, way.process)
        # The gateway drops the call when nobody waits for it; a service ends what it has begun.
        drops = way.process == "gateway"
        way.upstream.behave, before = silent if drops else after(way.fine, 0.8), way.upstream.count
        patience = way.deadline * (0.5 if drops else 0.25)  # long enough to have arrived
        async with Crowd(way.door.urls[way.process], patience=patience, fresh=True) as hasty:
            for _ in range(GONE // 20):
                gone = await together(20, lambda _: way.ask(hasty))
                assert tally(gone) == {"no answer: TimeoutError": 20}
        assert way.upstream.count - before == GONE
        await way.upstream.idle(within=3)
        way.upstream.behave = answering(422)
        told = await way.told(clients, REFUSED)
        assert told == ({"422": REFUSED} if drops else {"400 too_many_values": REFUSED})
        assert way.upstream.count - before == GONE + REFUSED, "it was closed all the time"
        await way.closes(clients)
    left = await calm.again(spare=clients.idle + (0 if drops else Calm.KEPT))
    print(f"{way.process}: {GONE} hung up, {REFUSED} refused, closed; left are {left}")  # noqa: T201


async def test_a_probe_that_never_returns_is_released_at_its_deadline(way: Way) -> None:
    async with way.crowd as clients:
        await way.closes(clients)
        opened = await way.opens(clients)
        way.upstream.behave, before = silent, way.upstream.count
        await way.cooled_down(opened)
        probe = asyncio.create_task(way.ask(clients))
        await asyncio.sleep(way.deadline / 2)
        assert await way.told(clients, 10) == {OPEN: 10}
        stuck = await probe
        assert tally([stuck]) == {way.overdue: 1}
        assert way.deadline <= stuck.seconds < way.deadline * 1.1 + 0.1
        opened = time.monotonic()
        assert await way.told(clients, 10) == {OPEN: 10}, "it has proved that nobody is there"
        assert way.upstream.count - before == 1
        await way.cooled_down(opened)
        await way.closes(clients)
    print(f"{way.process}: the stuck probe was released after {stuck.seconds:.2f} s")  # noqa: T201


@ONLY_THE_GATEWAY
async def test_a_probe_whose_caller_hangs_up_makes_room_for_the_next(way: Way) -> None:
    async with way.crowd as clients, Crowd(way.door.urls["gateway"], patience=0.2, fresh=True) as hasty:
        await way.closes(clients)
        opened = await way.opens(clients)
        way.upstream.behave, before = silent, way.upstream.count
        await way.cooled_down(opened)
        assert await way.told(hasty) == {"no answer: TimeoutError": 1}
        await way.upstream.idle(within=0.2)  # not the rest of its deadline
        way.upstream.behave = way.fine
        assert await way.told(clients) == {way.done: 1}
        assert way.upstream.count - before == 2


@ONLY_THE_GATEWAY
async def test_the_gateway_says_how_its_breakers_are(way: Way) -> None:
    async def said() -> str:
        await asyncio.sleep(1.1)  # it remembers for a second what it has found
        readiness = (await clients.ask("GET", "/readyz")).json()
        return str(readiness["dependencies"]["characteristic"]["detail"]["1"])

    async with way.crowd as clients:
        await way.closes(clients)
        assert await said() == "closed"
        await way.opens(clients)
        way.upstream.behave = way.fine
        assert await said() == "open"
        await way.closes(clients)
        assert await said() == "closed"
