"""The service over a real Postgres and an in-process bus, for somebody who holds the issuer's key."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

import tests.service
from offering.memory import MemoryPublishProcess
from tests.contract.carriers import eventually
from tests.contract.forged import Forge
from tests.servers import postgres

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


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    """The address of an empty database of a server that lives as long as the run."""
    with postgres("offering") as server:
        yield server.url("offering")


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
async def service(url: str) -> AsyncIterator[Service]:
    """The service with empty tables, where publishing succeeds by itself."""
    async with tests.service.running_afresh("offering_app", url, FORGE) as service:
        yield Service(**vars(service))


@pytest.fixture
def process() -> MemoryPublishProcess:
    """A process that begins and goes no further by itself."""
    return MemoryPublishProcess()


@pytest.fixture
async def stalled(url: str, process: MemoryPublishProcess) -> AsyncIterator[Service]:
    """The service with empty tables and that process."""
    async with tests.service.running_afresh("offering_app", url, FORGE, process=process) as service:
        yield Service(**vars(service))
