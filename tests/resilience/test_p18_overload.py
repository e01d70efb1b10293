"""P18: overload sheds and never collapses: who cannot be served is told so, and the others are served.

Four times as much is asked as can be answered, of a service and of the gateway before it. What that does to
latencies is printed and not asserted: the load, the database and all of ours share two cores with everybody.
"""

import asyncio
import time
from collections.abc import Awaitable, Iterator
from itertools import pairwise
from uuid import uuid4

import pytest

from tests.resilience.harness.crowd import Answer, Crowd, percentile, tally
from tests.resilience.harness.door import Door, open_door
from tests.resilience.harness.rates import Load, capacity
from tests.resilience.harness.sizes import SOAK
from tests.servers import postgres

pytestmark = pytest.mark.real

OVERLOAD = 60 if SOAK else 8
"""Seconds for which too much is asked."""
TIMES = 4
PATIENCE = 8.0
"""Seconds: more than the five of the gateway's deadline, so that who hangs is seen to hang."""
GAP = 2.5
"""Seconds in which nobody is served, at most: so long may one wait for a place in the pool, and then some."""
CONNECTED = 500
"""Callers, who are connected before: what becomes of new ones is another question, and another test."""
NEW = 1500
"""Callers that connect at the same moment: less than the 2000 that a process lets in."""


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with postgres("characteristic") as server, open_door(tmp_path_factory.mktemp("door")) as door:
        service = door.service("characteristic", server.url("characteristic"))
        door.urls["the gateway"] = door.gateway({"characteristic": service})
        door.urls["a service"] = service
        door.ready()
        yield door


class Memory:
    """The most bytes that processes had in memory, looked at ten times a second while the block lasts."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self.most = dict.fromkeys(("gateway", "characteristic"), 0)

    async def __aenter__(self) -> "Memory":
        self._looking = asyncio.create_task(self._look())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._looking.cancel()
        await asyncio.wait([self._looking])

    async def _look(self) -> None:
        while True:
            for name, most in self.most.items():
                self.most[name] = max(most, self._door.memory(name))
            await asyncio.sleep(0.1)


def shed_politely(answer: Answer) -> bool:
    """Whether somebody was told, as a problem, to come again, or that the deadline of the gateway is over."""
    if answer.headers.get("content-type") != "application/problem+json":
        return False
    return answer.status == 504 or (answer.status == 503 and int(answer.headers.get("retry-after", 0)) >= 1)


@pytest.mark.parametrize("asked", ["a service", "the gateway"])
async def test_under_four_times_its_capacity_it_serves_what_it_can_and_recovers(
    door: Door, asked: str
) -> None:
    pids = {name: child.pid for name, child in door.children.items()}
    async with Crowd(door.urls[asked], patience=PATIENCE) as clients:
        wanted = {"key": f"o-{uuid4().hex[:8]}", "name": "Overload", "valueType": "text"}
        made = await clients.ask("POST", "/characteristics", wanted, door.headers())
        path = f"/characteristics/{made.json()['id']}"

        def ask() -> Awaitable[Answer]:
            return clients.ask("GET", path, headers=door.headers())

        most = await capacity(ask)
        normal = Load(ask)
        async with Memory(door) as usual:
            await clients.connect(CONNECTED)  # they need memory, too, whether they ask or not
            await normal.at(most / 4, 2)
        assert tally(normal.answers) == {"200": len(normal.answers)}

        await clients.connect(CONNECTED)
        over, began = Load(ask, most=CONNECTED), time.monotonic()
        async with Memory(door) as full:
            offered = await over.at(most * TIMES, OVERLOAD)
        served = [one for one in over.answers if one.status == 200]
        shed = [one for one in over.answers if one.status != 200]
        print(  # noqa: T201
            f"{asked}: capacity {most:.0f}/s, normal p50/p99 {percentile(normal.answers, 0.5)}/"
            f"{percentile(normal.answers, 0.99)} ms; offered {offered:.0f}/s for {OVERLOAD} s:"
            f" {tally(over.answers)}, served {len(served) / OVERLOAD:.0f}/s within p50/p99"
            f" {percentile(served, 0.5)}/{percentile(served, 0.99)} ms, shed within"
            f" {percentile(shed, 0.5)}/{percentile(shed, 0.99)} ms, memory"
            f" { {name: round(full.most[name] / usual.most[name], 2) for name in usual.most} } of normal"
        )
        assert offered >= most * 2, "that was no overload"
        assert shed, "nobody was shed"
        assert all(shed_politely(one) for one in shed), tally(over.answers)
        when = sorted([began, *(one.began + one.seconds for one in served), began + OVERLOAD])
        gap = max(after - before for before, after in pairwise(when))
        print(f"{asked}: the longest time in which nobody was served was {gap:.2f} s")  # noqa: T201
        assert gap <= GAP, "it has collapsed"
        for name in usual.most:
            assert full.most[name] <= 1.5 * usual.most[name], name

        again, ended = Load(ask), time.monotonic()
        while True:
            await again.at(most / 8, 0.5)
            if tally(again.answers) == {"200": len(again.answers)}:
                break
            assert time.monotonic() - ended < 10, tally(again.answers)
            again.answers.clear()
        print(f"{asked}: normal after {time.monotonic() - ended - 0.5:.1f} s")  # noqa: T201
    assert pids == {name: child.pid for name, child in door.children.items()}


@pytest.mark.parametrize("asked", ["a service", "the gateway"])
async def test_new_callers_are_answered_while_it_sheds(door: Door, asked: str) -> None:
    async with Crowd(door.urls[asked], patience=PATIENCE, fresh=True) as clients:

        def ask() -> Awaitable[Answer]:
            return clients.ask("GET", "/characteristics", headers=door.headers())

        most = await capacity(ask)
        over = Load(ask, most=NEW)
        await over.at(most * TIMES, OVERLOAD)
    unanswered = [one for one in over.answers if one.status == 0]
    print(f"{asked}: {len(unanswered)} of {len(over.answers)} new callers were not answered")  # noqa: T201
    assert all(one.status == 200 or shed_politely(one) for one in over.answers), tally(over.answers)
