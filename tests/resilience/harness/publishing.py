"""A whole native stack in which offerings are published, and what can be done to its processes meanwhile."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal
from uuid import uuid4

import asyncpg
import httpx
import pymongo

from platform_app import native
from platform_app.processes import Processes, Program
from platform_app.repository import repository
from tests.resilience.harness.checker import Verdict
from tests.worlds import Servers, World

WORKERS = ("pricing", "specification", "store", "offering")
"""The processes that do the steps."""
ENDED = ("PUBLISHED", "REJECTED")
Document = dict[str, Any]


@dataclass(frozen=True)
class Harm:
    """Kills processes of the stack, and starts them again."""

    world: World

    @cached_property
    def _programs(self) -> Mapping[str, tuple[Program, int]]:
        stack = native.native(self.world.home, random=True, chosen={}, engine="camunda")
        return {
            program.name: (program, number)
            for number, wave in enumerate(stack.waves)
            for server in wave
            for program in server.programs()
        }

    def kill(self, name: str) -> None:
        """SIGKILL; returns when it is dead."""
        process = Processes(self.world.home).find(name)
        assert process is not None, name
        process.kill()
        Processes(self.world.home).stop(name)  # whatever is left of its group, and what is remembered

    def start(self, name: str) -> None:
        """Start it again, and wait until it serves."""
        program, wave = self._programs[name]
        Processes(self.world.home).start(program, wave=wave)


@dataclass(frozen=True)
class Fault:
    """A table of a service that is not there for a while: its steps fail for a fault of the platform."""

    world: World
    service: Literal["pricing", "specification"]

    @property
    def _table(self) -> str:
        return {"pricing": "sale", "specification": "publication"}[self.service]

    async def _rename(self, old: str, new: str) -> None:
        connection = await asyncpg.connect(self.world.database(self.service))
        try:
            await connection.execute(f"alter table {old} rename to {new}")
        finally:
            await connection.close()

    @asynccontextmanager
    async def lasting(self) -> AsyncIterator[None]:
        """The fault, while the block lasts."""
        await self._rename(self._table, f"{self._table}_away")
        try:
            yield
        finally:
            await self._rename(f"{self._table}_away", self._table)


@dataclass
class Publisher:
    """Somebody who drafts and publishes, and an operator: both sign in anew before their tokens end."""

    world: World
    http: httpx.AsyncClient
    _tokens: dict[str, tuple[str, float]] = field(default_factory=dict)

    async def send(self, user: str, method: str, path: str, **options: Any) -> httpx.Response:
        """Ask as a demo user; what is refused only for now is asked again for half a minute."""
        deadline = time.monotonic() + 30
        while True:
            headers = {"authorization": f"Bearer {await self._token(user)}", **options.pop("headers", {})}
            try:
                answer = await self.http.request(method, path, headers=headers, **options)
            except httpx.TransportError:
                answer = httpx.Response(503)
            if answer.status_code not in (429, 502, 503, 504) or time.monotonic() > deadline:
                return answer
            options["headers"] = {name: value for name, value in headers.items() if name != "authorization"}
            await asyncio.sleep(0.2)

    async def _token(self, user: str) -> str:
        token, until = self._tokens.get(user, ("", 0.0))
        if time.monotonic() > until:
            found = await asyncio.to_thread(self.world.sign_in, user)
            token = found["accessToken"]
            self._tokens[user] = (token, time.monotonic() + found["expiresIn"] / 2)
        return token

    async def made(self, path: str, body: Document) -> Document:
        """A new thing."""
        key = {"idempotency-key": str(uuid4())}
        answer = await self.send("publisher", "POST", f"/api/{path}", json=body, headers=key)
        assert answer.status_code == 201, answer.text
        found: Document = answer.json()
        return found

    async def publish(self, offering: Document, key: str | None = None) -> httpx.Response:
        """Ask for a publication."""
        seen = {"if-match": f'"{offering["version"]}"', "idempotency-key": key or str(uuid4())}
        return await self.send("publisher", "POST", f"/api/offerings/{offering['id']}/publish", headers=seen)

    async def publications(self, ids: Collection[str]) -> dict[str, Document]:
        """These publications, as they are now."""
        found = list[Document]()
        for page in range(1, 100):
            asked = {"size": 100, "page": page, "sort": "-requestedAt"}
            answer = await self.send("operator", "GET", "/api/publications", params=asked)
            assert answer.status_code == 200, answer.text
            found += answer.json()["items"]
            if answer.json()["next"] is None:
                break
        return {one["id"]: one for one in found if one["id"] in ids}

    async def all_ended(self, ids: Collection[str], within: float, *, help: bool) -> Counter[str]:
        """Wait until all have ended; an operator has what is stuck tried again where that is to `help`.

        Returns how many ended how. Raises AssertionError with those that go on.
        """
        deadline = time.monotonic() + within
        while True:
            found = await self.publications(ids)
            going_on = {id: one for id, one in found.items() if one["status"] not in ENDED}
            if not going_on and len(found) == len(ids):
                return Counter(one["status"] for one in found.values())
            stuck = [id for id, one in going_on.items() if one["status"] == "STUCK"]
            for id in stuck if help else ():
                key = {"idempotency-key": str(uuid4())}
                await self.send("operator", "POST", f"/api/publications/{id}/retry", headers=key)
            if time.monotonic() > deadline:
                raise AssertionError(
                    f"{len(going_on)} go on after {within:g} s: {list(going_on.values())[:5]}"
                )
            await asyncio.sleep(1.0)


@asynccontextmanager
async def publishing(world: World) -> AsyncIterator[Publisher]:
    """A publisher, for the block."""
    async with httpx.AsyncClient(base_url=world.gateway, timeout=15, trust_env=False) as http:
        yield Publisher(world, http)


@dataclass(frozen=True)
class Phones:
    """A kind of phone, with a price of its own for each offering, so that who holds what can be told."""

    publisher: Publisher
    specification: Document
    colour: str

    @classmethod
    async def of(cls, publisher: Publisher) -> "Phones":
        """Make the kind."""
        mark = uuid4().hex[:8]
        codes = [{"code": "red", "label": "Red"}, {"code": "blue", "label": "Blue"}]
        colour = await publisher.made(
            "characteristics", {"name": f"Colour {mark}", "valueType": "choice", "allowedValues": codes}
        )
        uses = [{"characteristicId": colour["id"], "required": True}]
        phone = await publisher.made("specifications", {"name": f"Phone {mark}", "uses": uses})
        answer = await publisher.send(
            "publisher",
            "POST",
            f"/api/specifications/{phone['id']}/activate",
            headers={"if-match": f'"{phone["version"]}"'},
        )
        assert answer.status_code == 200, answer.text
        return cls(publisher, answer.json(), colour["key"])

    async def drafted(self, fault: str = "") -> Document:
        """A draft; `fault` is "price" when one price does not exist, "values" when a value is missing."""
        mark = uuid4().hex[:8]
        money = {"amount": "12.50", "currency": "EUR"}
        price = await self.publisher.made(
            "prices", {"name": f"Price {mark}", "kind": "ONE_TIME", "money": money}
        )
        missing = [str(uuid4())] if fault == "price" else []
        content = {
            "name": f"Telephone {mark}",
            "category": "phones",
            "specificationId": self.specification["id"],
            "priceIds": [price["id"], *missing],
            "values": {} if fault == "values" else {self.colour: "red"},
        }
        made = await self.publisher.made("offerings", content)
        return {**made, "price": price["id"]}


def deploy_with_timer(world: World, seconds: int = 120) -> None:
    """Run the diagram with another timer from now on; by default with that of the platform."""
    diagram = (repository() / "bpmn" / "publish_offering.bpmn").read_text()
    assert diagram.count("PT2M") == 1
    engine = Servers.of(world).camunda
    httpx.post(
        f"{engine.url}/deployment/create",
        data={"deployment-name": "quick", "deployment-source": "resilience"},
        files={"quick.bpmn": ("quick.bpmn", diagram.replace("PT2M", f"PT{seconds}S"), "application/xml")},
        auth=("catalog", engine.password),
        trust_env=False,
        timeout=30,
    ).raise_for_status()


def at_engine(world: World, path: str, **asked: str) -> Any:
    """What the engine's administrator reads."""
    engine = Servers.of(world).camunda
    answer = httpx.get(
        engine.url + path, params=asked, auth=("catalog", engine.password), trust_env=False, timeout=30
    )
    return answer.raise_for_status().json()


async def in_between(world: World, publisher: Publisher, drafts: Sequence[Document]) -> list[str]:
    """What is neither published completely nor not at all; `drafts` have their publication's id, too."""
    found = list[str]()
    with pymongo.MongoClient[Document](Servers.of(world).mongod.url("store")) as client:
        staged = {one["_id"] for one in client["store"]["staged"].find({"ended": {"$ne": True}}, {"_id": 1})}
    for one in drafts:
        answer = await publisher.send("operator", "GET", f"/api/offerings/{one['id']}")
        offering = answer.json()
        price = (await publisher.send("operator", "GET", f"/api/prices/{one['price']}")).json()
        holds = [(hold["publicationId"], hold["expiresAt"]) for hold in price["holds"]]
        shown = (await publisher.http.get(f"/api/store/offerings/{one['key']}")).status_code
        live = offering["status"] == "PUBLISHED"
        wanted = ([(one["publication"], None)], 200) if live else ([], 404)
        status = "PUBLISHED" if live else "DRAFT"
        if (offering["status"], holds, shown) != (status, *wanted):
            found.append(f"{one['key']}: {offering['status']}, held {holds}, store {shown}")
        if one["publication"] in staged:
            found.append(f"{one['key']}: still staged")
    return found


async def judged(world: World, publisher: Publisher, drafts: Sequence[Document]) -> Verdict:
    """The ledger of publications that have been accepted, once all have ended; `drafts` as for `in_between`.

    A publication is lost that nobody knows, or that is published and not whole; one that was rejected and has
    left something is a phantom; one that the engine has begun twice is a duplicate; its steps begin in the
    order of the diagram; and the store's document is that of the offering as it is live.
    """
    left = {said.partition(":")[0]: said for said in await in_between(world, publisher, drafts)}
    found = await publisher.publications({one["publication"] for one in drafts})
    lost, phantom, twice, disorder, stale = (list[str]() for _ in range(5))
    for one in drafts:
        id, key = one["publication"], one["key"]
        status = found[id]["status"] if id in found else "nobody knows it"
        if status not in ENDED or (status == "PUBLISHED" and key in left):
            lost.append(left.get(key, f"{key}: {status}"))
        elif key in left:
            phantom.append(left[key])
        count = at_engine(world, "/history/process-instance/count", processInstanceBusinessKey=id)["count"]
        if count > 1:
            twice.append(f"{key}: {count} processes")
        if status == "PUBLISHED":
            disorder += await _out_of_order(publisher, id)
            stale += await _stale(publisher, one)
    return Verdict(lost, phantom, twice, disorder, stale)


async def _out_of_order(publisher: Publisher, id: str) -> list[str]:
    steps = (await publisher.send("operator", "GET", f"/api/publications/{id}")).json()["steps"]
    begun = [datetime.fromisoformat(step["startedAt"]) for step in steps or () if step["startedAt"]]
    return [] if begun == sorted(begun) else [f"{id}: {steps}"]


async def _stale(publisher: Publisher, draft: Document) -> list[str]:
    offering = (await publisher.send("operator", "GET", f"/api/offerings/{draft['id']}")).json()
    shown = (await publisher.http.get(f"/api/store/offerings/{draft['key']}")).json()
    due = (offering["version"], (offering["live"] or {}).get("name"))
    has = (shown.get("version"), shown.get("name"))
    return [] if has == due else [f"{draft['key']}: the store has {has}, the offering is {due}"]
