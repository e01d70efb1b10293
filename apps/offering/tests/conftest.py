"""The service over a real Postgres and an in-process bus, for somebody who holds the issuer's key."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

import tests.service
from kernel.engine import EmbeddedEngine
from kernel.errors import CatalogError
from kernel.settings import TraceSettings
from kernel.sql import Database
from kernel.tracing import Tracing
from kernel.workers import Tasks, Worker
from offering.memory import MemoryPublishProcess
from tests.contract.carriers import eventually
from tests.contract.forged import Forge
from tests.servers import RunningPostgres, postgres

FORGE = Forge(tests.service.ISSUER, "offering")
SPECIFICATION = "01900000-0000-7000-8000-000000000001"
PRICES = ["01900000-0000-7000-8000-000000000002", "01900000-0000-7000-8000-000000000003"]
GALAXY: dict[str, Any] = {
    "name": "Galaxy",
    "description": "A phone.",
    "category": "phones/android",
    "specificationId": SPECIFICATION,
    "priceIds": PRICES,
    "values": {"ram": 8, "weight": 0.125, "wireless": True, "colour": ["red", "blue"]},
    "validFor": {"from": "2026-01-01T00:00:00Z", "to": None},
    "imageUrl": "https://images.example/galaxy.png",
}


DIAGRAM = Path(__file__).parents[3] / "bpmn" / "publish_offering.bpmn"
TOPICS = (
    "pricing.lock-prices",
    "specification.validate",
    "store.stage-entry",
    "store.drop-entry",
    "pricing.release-prices",
)
THROWN = ("PRICE_MISSING", "PRICE_EXPIRED", "PRICE_CROWDED", "SPECIFICATION_INVALID", "ENTRY_REFUSED")


@pytest.fixture(scope="session")
def server() -> Iterator[RunningPostgres]:
    """A server that lives as long as the run."""
    with postgres("offering", "engine") as running:
        yield running


@pytest.fixture(scope="session")
def url(server: RunningPostgres) -> str:
    """The address of a database for the service."""
    return server.url("offering")


@dataclass
class Others:
    """Those who do the steps that are not ours. Each is done at once, unless something else is said of it.

    `refuse` raises at a topic, `hold` waits there until it is let go. `done` are the variables of each step
    that was begun, by topic.
    """

    refuse: dict[str, CatalogError | Exception] = field(default_factory=dict)
    hold: dict[str, asyncio.Event] = field(default_factory=dict)
    done: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def tasks(self) -> Tasks:
        """What they do."""
        known = Tasks("others", Tracing("others", TraceSettings()))
        for topic in TOPICS:
            known.on(topic, dict[str, Any], self._of(topic), throws=THROWN)
        return known

    def topics(self) -> list[str]:
        """Which steps were begun."""
        return [topic for topic, _ in self.done]

    def _of(self, topic: str) -> Callable[[], Callable[[dict[str, Any]], Awaitable[None]]]:
        async def do(variables: dict[str, Any]) -> None:
            self.done.append((topic, variables))
            if topic in self.hold:
                await self.hold[topic].wait()
            if topic in self.refuse:
                raise self.refuse[topic]

        return lambda: do


@pytest.fixture
def others() -> Others:
    """Those who do the other steps."""
    return Others()


@pytest.fixture
async def engine(server: RunningPostgres) -> AsyncIterator[EmbeddedEngine]:
    """A real engine with empty tables, which knows the diagram."""
    place = server.url("engine")
    async with Database(place, service="tests") as database:
        await database.migrate("kernel.engine", "base")
    engine = EmbeddedEngine(Database(place, service="tests"), {DIAGRAM.name: DIAGRAM.read_bytes()})
    async with engine:
        yield engine


@asynccontextmanager
async def afresh(url: str, engine: EmbeddedEngine, others: Others, **bound: Any) -> "AsyncIterator[Service]":
    """The service with empty tables, an engine, and those who do the other steps."""
    async with (
        Worker(engine, others.tasks()),
        tests.service.running_afresh("offering_app", url, FORGE, engine=engine, **bound) as service,
    ):
        yield Service(**vars(service))


@dataclass
class Service(tests.service.Service):
    """The running service."""

    tables = ("offering", "publication")

    async def drafted(self, **changed: Any) -> dict[str, Any]:
        """A new offering."""
        answer = await self.post("/offerings", {**GALAXY, **changed})
        assert answer.status_code == 201, answer.text
        return found(answer)

    async def publish(self, id: str, version: int, **headers: str) -> httpx.Response:
        """Ask for the publication of what was seen at `version`."""
        return await self.post(f"/offerings/{id}/publish", version=version, role="publisher", **headers)

    async def requested(self, id: str, version: int) -> dict[str, Any]:
        """A new publication."""
        answer = await self.publish(id, version)
        assert answer.status_code == 202, answer.text
        return found(answer)

    async def published(self, **changed: Any) -> dict[str, Any]:
        """A new offering that is published, at version 3."""
        one = await self.drafted(**changed)
        await self.ended(await self.requested(one["id"], 1))
        return found(await self.get(f"/offerings/{one['id']}"))

    async def ended(self, publication: dict[str, Any]) -> dict[str, Any]:
        """The publication when it has ended, after its event went through the relay, the bus, the inbox."""
        now: dict[str, Any] = {}

        async def over() -> bool:
            now.update(found(await self.get(f"/publications/{publication['id']}")))
            return now["status"] in ("PUBLISHED", "REJECTED")

        await eventually(over)
        return now

    async def told(self) -> list[tuple[str, int]]:
        """Type and version of every event, oldest first."""
        rows = await self.rows("select type, aggregate_version from event_log order by seq")
        return [(row["type"], row["aggregate_version"]) for row in rows]

    async def delivered(self) -> None:
        """Wait until every event was handled."""

        async def all_sent() -> bool:
            return {row["status"] for row in await self.rows("select status from outbox")} <= {"SENT"}

        await eventually(all_sent)


def found(answer: httpx.Response) -> dict[str, Any]:
    """What was answered."""
    read: dict[str, Any] = answer.json()
    return read


@pytest.fixture
async def service(url: str, engine: EmbeddedEngine, others: Others) -> AsyncIterator[Service]:
    """The service with empty tables, where publishing succeeds by itself."""
    async with afresh(url, engine, others) as service:
        yield service


@pytest.fixture
def process() -> MemoryPublishProcess:
    """A process that begins and goes no further by itself."""
    return MemoryPublishProcess()


@pytest.fixture
async def stalled(url: str, process: MemoryPublishProcess) -> AsyncIterator[Service]:
    """The service with empty tables and that process."""
    idle = {"process": process, "engine": tests.service.Idle()}
    async with tests.service.running_afresh("offering_app", url, FORGE, **idle) as service:
        yield Service(**vars(service))
