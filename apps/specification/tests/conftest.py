"""The service and the real characteristic service beside it, each over a Postgres database of its own."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

import tests.service
from kernel.credentials import ServiceTokens
from tests.contract.forged import Forge
from tests.servers import RunningPostgres, postgres

FORGE = Forge(tests.service.ISSUER, "specification", like={"aud": ["specification", "characteristic"]})
RAM: dict[str, Any] = {"name": "RAM", "valueType": "integer", "constraints": {"min": 1}}
COLOURS: dict[str, Any] = {
    "name": "Colours",
    "valueType": "choice",
    "multiple": True,
    "allowedValues": [{"code": code, "label": code.title()} for code in ("red", "green", "blue")],
}
SECRET = "only-for-tests-only"
Fault = Callable[[httpx.Request], Awaitable[httpx.Response]]


@pytest.fixture(scope="session")
def server() -> Iterator[RunningPostgres]:
    """A server with an empty database for each of the two services."""
    with postgres("characteristic", "specification") as server:
        yield server


@dataclass
class Way(httpx.AsyncBaseTransport):
    """The way to the characteristic service, without a socket; `fault` is what happens to requests."""

    to: httpx.AsyncClient
    fault: Fault | None = None
    requests: list[httpx.Request] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Carry a request over, and note it."""
        self.requests.append(request)
        if self.fault is not None:
            return await self.fault(request)
        answer = await self.to.send(request)
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


@dataclass
class Issuer(httpx.AsyncBaseTransport):
    """The issuer's token endpoint, without a socket: it gives the service a token with these claims.

    `forms` are the requests that it has had; while it is `away` it answers none.
    """

    claims: dict[str, Any] = field(default_factory=lambda: {"aud": ["characteristic"], "roles": ["reader"]})
    away: bool = False
    forms: list[dict[str, list[str]]] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request for a token."""
        self.forms.append(parse_qs((await request.aread()).decode()))
        if self.away:
            raise httpx.ConnectError("nobody listens")
        token = FORGE.sign(FORGE.claims(sub="service-account-specification", **self.claims))
        return httpx.Response(200, json={"access_token": token, "token_type": "Bearer", "expires_in": 300})


@dataclass
class Service(tests.service.Service):
    """The running service, and what is around it."""

    tables = ("specification", "publication")

    characteristics: tests.service.Service
    way: Way
    issuer: Issuer

    async def characteristic(self, wanted: Any) -> str:
        """The id of a new characteristic."""
        answer = await self.characteristics.post("/characteristics", wanted)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def phone(self, **changed: Any) -> dict[str, Any]:
        """What to send for the specification of a phone, whose two characteristics are made for it."""
        ram, colours = await self.characteristic(RAM), await self.characteristic(COLOURS)
        uses = [
            {"characteristicId": ram, "required": True, "default": 8},
            {"characteristicId": colours, "default": ["red"], "allowedCodes": ["red", "blue"]},
        ]
        return {"name": "Phone", "uses": uses, **changed}

    async def defined(self, wanted: Any = None, **changed: Any) -> dict[str, Any]:
        """A new specification; what was asked for it is forgotten."""
        answer = await self.post("/specifications", {**(wanted or await self.phone()), **changed})
        assert answer.status_code == 201, answer.text
        self.way.requests.clear()
        found: dict[str, Any] = answer.json()
        return found

    async def activated(self) -> dict[str, Any]:
        """An active specification, at version 2; what was asked for it is forgotten."""
        one = await self.defined()
        answer = await self.post(f"/specifications/{one['id']}/activate", version=1)
        assert answer.status_code == 200, answer.text
        self.way.requests.clear()
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture
async def characteristics(server: RunningPostgres) -> AsyncIterator[tests.service.Service]:
    """The characteristic service with empty tables."""
    url = server.url("characteristic")
    async with tests.service.running_afresh("characteristic_app", url, FORGE) as service:
        yield service


@asynccontextmanager
async def between(
    server: RunningPostgres, theirs: tests.service.Service, way: Way, **bound: Any
) -> AsyncIterator[Service]:
    """The service with empty tables, between an issuer and the characteristic service."""
    issuer, url = Issuer(), server.url("specification")
    async with httpx.AsyncClient(transport=issuer) as http:
        tokens = ServiceTokens(http, f"{tests.service.ISSUER}/token", "specification", SECRET)
        async with tests.service.running_afresh(
            "specification_app", url, FORGE, engine=tests.service.Idle(), credential=tokens, **bound
        ) as service:
            yield Service(**vars(service), characteristics=theirs, way=way, issuer=issuer)


@pytest.fixture
async def service(server: RunningPostgres, characteristics: tests.service.Service) -> AsyncIterator[Service]:
    """The service with empty tables."""
    way = Way(characteristics.http)
    async with between(server, characteristics, way, to_characteristic=way) as service:
        yield service
