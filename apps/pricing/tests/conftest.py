"""The service over a real Postgres and an in-process bus, for somebody who holds the issuer's key."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

import tests.service
from kernel.auth import PLATFORM
from kernel.process import ExternalTask, Variables
from pricing_app.tasks import tasks
from tests.contract.forged import Forge
from tests.servers import postgres

FORGE = Forge(tests.service.ISSUER, "pricing")
FEE: dict[str, Any] = {
    "name": "Set-up fee",
    "kind": "ONE_TIME",
    "money": {"amount": "12.50", "currency": "EUR"},
}
MONTHLY: dict[str, Any] = {
    "name": "Monthly fee",
    "kind": "RECURRING",
    "money": {"amount": "39.90", "currency": "EUR"},
    "period": {"unit": "month", "length": 1},
}
TRAFFIC: dict[str, Any] = {
    "name": "Traffic",
    "kind": "USAGE",
    "money": {"currency": "USD"},
    "unitOfMeasure": "GB",
    "tiers": [{"from": "0", "amount": "0.5"}, {"from": "100", "amount": "0.00012"}],
    "mode": "GRADUATED",
}


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    """The address of an empty database of a server that lives as long as the run."""
    with postgres("pricing") as server:
        yield server.url("pricing")


@dataclass
class Service(tests.service.Service):
    """The running service. Leases are judged by the clock of its database, which nobody sets."""

    tables = ("price",)

    async def define(self, wanted: Any = FEE, role: str = "author", **headers: str) -> httpx.Response:
        """Ask for a new price."""
        return await self.http.post("/prices", json=wanted, headers=self.headers(role, **headers))

    async def defined(self, wanted: Any = FEE, **changed: Any) -> dict[str, Any]:
        """A new price."""
        answer = await self.define({**wanted, **changed})
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def revise(self, id: str, wanted: Any, version: int, role: str = "author") -> httpx.Response:
        """Ask for a change of what was seen at `version`."""
        return await self.put(f"/prices/{id}", wanted, version, role)

    async def hold(self, id: str, *, role: str = "operator", key: str = "", **wanted: Any) -> httpx.Response:
        """Ask to hold a price for a minute, with an Idempotency-Key where there is one."""
        lease = {"offeringId": str(uuid4()), "publicationId": str(uuid4()), "seconds": 60, **wanted}
        headers = self.headers(role, **({"idempotency_key": key} if key else {}))
        return await self.http.post(f"/prices/{id}/holds", json=lease, headers=headers)

    async def held(
        self, id: str, *, ago: int, offering: str = "", publication: str = "", permanent: bool = False
    ) -> None:
        """Somebody held a price for a minute so many seconds ago; its offering is live if `permanent`."""
        async with self.container.begin()(PLATFORM) as work:
            price, then = await work.prices.get(UUID(id)), await work.now() - timedelta(seconds=ago)
            placed = price.hold(
                offering_id=UUID(offering) if offering else uuid4(),
                offering_key=None,
                publication_id=UUID(publication) if publication else uuid4(),
                seconds=60,
                now=then,
            )
            await work.prices.save(price)
            if permanent:
                price.sell(
                    offering_id=placed.offering_id,
                    offering_key=None,
                    publication_id=placed.publication_id,
                    now=then,
                )
                await work.prices.save(price)

    async def now(self) -> datetime:
        """The present moment by the clock of the database."""
        (row,) = await self.rows("select clock_timestamp() as moment")
        found: datetime = row["moment"]
        return found

    async def release(self, id: str, publication: str, role: str = "operator") -> httpx.Response:
        """Ask to give up a hold."""
        return await self.send("DELETE", f"/prices/{id}/holds/{publication}", role=role)

    async def do(self, topic: str, **variables: Any) -> Variables:
        """Do a task of a process; returns what the steps behind it are told."""
        task = ExternalTask(
            id=str(uuid4()),
            topic=topic,
            activity=topic,
            business_key=str(variables["publicationId"]),
            variables=variables,
        )
        return await tasks(self.container).do(task)

    async def events(self) -> list[str]:
        """The types of all events, oldest first."""
        return [row["type"] for row in await self.rows("select type from event_log order by seq")]


@pytest.fixture
async def service(url: str) -> AsyncIterator[Service]:
    """The service with empty tables."""
    async with tests.service.running_afresh(
        "pricing_app", url, FORGE, engine=tests.service.Idle()
    ) as service:
        yield Service(**vars(service))
