"""P17: every call has a deadline. Whoever is asked accepts and never answers; a hundred callers wait at once.

| who asks whom | budget in seconds | made of |
|---|---|---|
| a service its database | 5.5 | 3.5 for a statement, 2 to close its connection; 2 for a place in the pool |
| a service the issuer's keys | 2 | one fetch, which all callers share |
| a service another service | 2 | one call |
| the same with an Idempotency-Key | 4 | 2 for a place in the pool, which calls hold, 2 for the call |
| the gateway a service | 5 | its own deadline, shorter than the 5.5 of a service whose database is silent |
| the gateway a service that asks another | 2 | the service gives up first, and says so |
| the gateway the identity server | 5 | one call |

Everybody is answered 503 or 504 within the budget and 10 %, and nothing is left over afterwards.
"""

import asyncio
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest

from tests.resilience.harness.crowd import Answer, Crowd, percentile, tally, together
from tests.resilience.harness.door import Calm, Door, open_door
from tests.resilience.harness.upstream import Upstream, answering
from tests.servers import postgres

pytestmark = pytest.mark.real  # it needs no real servers, but a minute

CALLERS = 100
SLACK = 1.0
"""Seconds beyond the 10 %: a hundred callers give up at one moment, on two cores that others use, too."""
TOKENS = {"access_token": "a", "refresh_token": "r", "expires_in": 60, "refresh_expires_in": 60}
UNAVAILABLE, OVERDUE = "503 unavailable", "504 gateway_timeout"


@dataclass(frozen=True)
class Case:
    """A request to `process`, while `link` says nothing. Its tasks and connections are counted.

    `told` is what callers may be told meanwhile, `done` what they are told otherwise.
    """

    name: str
    process: str
    link: str
    ask: tuple[str, str]
    budget: float
    told: frozenset[str] = frozenset({UNAVAILABLE})
    done: str = "200"
    keyed: bool = False
    spare: int = 0

    async def __call__(self, door: Door, clients: Crowd) -> Answer:
        """Ask once."""
        method, path = self.ask
        name = f"n-{uuid4().hex[:12]}"
        documents: Mapping[str, Any] = {
            "/login": {"username": "ada", "password": "secret"},
            "/specifications": {"name": name, "uses": [{"characteristicId": door.urls["ram"]}]},
            "/api/specifications": {"name": name, "uses": [{"characteristicId": door.urls["ram"]}]},
        }
        headers = door.headers(**({"idempotency_key": name} if self.keyed else {}))
        return await clients.ask(method, path, documents.get(path), headers)


LIST, DEFINE = ("GET", "/characteristics"), ("POST", "/specifications")
CASES = (
    Case("a service another service", "specification", "peer", DEFINE, 2, done="201", spare=Calm.KEPT),
    Case("the same with a key", "specification", "peer", DEFINE, 4, done="201", keyed=True, spare=Calm.KEPT),
    Case("a service the issuer's keys", "keyless", "keys", LIST, 2),
    Case(
        "the gateway a service that asks another",
        "gateway",
        "peer",
        ("POST", "/api/specifications"),
        2,
        done="201",
    ),
    Case("a service its database", "characteristic", "database", LIST, 5.5),
    Case(
        "the gateway a service",
        "gateway",
        "upstream",
        ("GET", "/api/characteristics"),
        5,
        told=frozenset({OVERDUE}),
    ),
    Case(
        "the gateway a service whose database is silent",
        "gateway",
        "database",
        ("GET", "/api/characteristics"),
        5,
        told=frozenset({OVERDUE, UNAVAILABLE}),
    ),
    Case("the gateway the identity server", "gateway", "identity", ("POST", "/login"), 5, spare=Calm.KEPT),
)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """The gateway, two services of which one asks the other, one that has no keys yet, and all the links."""
    with ExitStack() as stack:
        door = stack.enter_context(open_door(tmp_path_factory.mktemp("door")))
        server = stack.enter_context(postgres("characteristic", "specification"))
        identity = stack.enter_context(Upstream(answering(200, TOKENS)))
        characteristic = door.service(
            "characteristic", door.database_link("database", server, "characteristic")
        )
        specification = door.service(
            "specification",
            server.url("specification"),
            CHARACTERISTIC_URL=door.link("peer", characteristic),
        )
        door.gateway(
            {"characteristic": door.link("upstream", characteristic), "specification": specification},
            IDENTITY_URL=door.link("identity", identity.url),
            LOGINS_PER_ACCOUNT="100000",
            LOGINS_PER_ADDRESS="100000",
        )
        door.ready()
        keys = door.link("keys", door.issuer.url)
        door.links["keys"].hole()
        door.service("characteristic", server.url("characteristic"), name="keyless", AUTH_JWKS_URL=keys)
        door.ready()
        yield door


@dataclass
class _Calls:
    """What a hundred callers were told, and how long that took all of them."""

    case: Case
    door: Door
    clients: Crowd
    answers: list[Answer] = field(default_factory=list)

    async def at_once(self, count: int = CALLERS) -> dict[str, int]:
        """All at once."""
        self.answers = await together(count, lambda _: self.case(self.door, self.clients))
        return tally(self.answers)

    async def fine(self, within: float = 10.0) -> float:
        """Wait until twenty at once are served; returns the seconds."""
        begin = time.monotonic()
        while (told := await self.at_once(20)) != {self.case.done: 20}:
            assert time.monotonic() - begin < within, told
            await asyncio.sleep(0.1)
        return time.monotonic() - begin


async def prepared(door: Door) -> None:
    """There is a characteristic that specifications can use."""
    if "ram" not in door.urls:
        async with Crowd(door.urls["characteristic"]) as clients:
            wanted = {"key": f"ram-{uuid4().hex[:8]}", "name": "RAM", "valueType": "integer"}
            answer = await clients.ask("POST", "/characteristics", wanted, door.headers())
            door.urls["ram"] = answer.json()["id"]


async def promise(door: Door, case: Case) -> None:
    """All are answered in time while the link is silent, and when it is not, everything is as it was."""
    await prepared(door)
    async with Crowd(door.urls[case.process], patience=30, fresh=True) as clients:
        calls = _Calls(case, door, clients)
        if case.link != "keys":  # of which nobody asks for again who has them
            await calls.fine()
        calm = await Calm.of(door, case.process)
        if case.link != "keys":
            await calls.fine()  # no connection is so old that its server closes it at this very moment
        door.links[case.link].hole()
        try:
            told = await calls.at_once()
        finally:
            door.links[case.link].up()
        longest = percentile(calls.answers, 1) / 1000
        assert told.keys() <= case.told, told
        assert all("retry-after" in one.headers for one in calls.answers if one.status == 503)
        assert longest <= case.budget * 1.1 + SLACK
        healed = await calls.fine()
    left = await calm.again(spare=case.spare)
    print(  # noqa: T201
        f"{case.name}: {told}, the last after {longest:.2f} s of {case.budget:g};"
        f" served {healed:.2f} s later; left are {left}"
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_all_are_answered_within_the_budget_and_nothing_is_left(door: Door, case: Case) -> None:
    await promise(door, case)
