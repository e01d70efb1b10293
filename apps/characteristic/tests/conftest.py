"""The service over a real Postgres and an in-process bus, for somebody who holds the issuer's key."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

import tests.service
from tests.contract.forged import Forge
from tests.servers import postgres

FORGE = Forge(tests.service.ISSUER, "characteristic")
COLOUR: dict[str, Any] = {
    "name": "Colour",
    "valueType": "choice",
    "allowedValues": [{"code": "red", "label": "Red"}, {"code": "blue", "label": "Blue"}],
}


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    """The address of an empty database of a server that lives as long as the run."""
    with postgres("characteristic") as server:
        yield server.url("characteristic")


@dataclass
class Service(tests.service.Service):
    """The running service."""

    tables = ("characteristic",)

    async def define(self, wanted: Any = COLOUR, role: str = "author", **headers: str) -> httpx.Response:
        """Ask for a new characteristic."""
        return await self.http.post("/characteristics", json=wanted, headers=self.headers(role, **headers))

    async def defined(self, **changed: Any) -> dict[str, Any]:
        """A new characteristic."""
        answer = await self.define({**COLOUR, **changed})
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def revise(self, id: str, wanted: Any, version: int, role: str = "author") -> httpx.Response:
        """Ask for a change of what was seen at `version`."""
        return await self.put(f"/characteristics/{id}", wanted, version, role)


@pytest.fixture
async def service(url: str) -> AsyncIterator[Service]:
    """The service with empty tables."""
    async with tests.service.running_afresh("characteristic_app", url, FORGE) as service:
        yield Service(**vars(service))
