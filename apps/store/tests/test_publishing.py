"""The store's part of a publication over a real MongoDB: tasks, events, and what is asked before it."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest

import tests.service
from kernel.errors import NotHeard, Rejected, RuleBroken
from kernel.process import ExternalTask
from store.domain.entry import Entry
from store_app.tasks import tasks
from tests.contract.carriers import eventually
from tests.contract.forged import Forge
from tests.servers import RunningMongod, mongod
from tests.service import Listener, listening

FORGE = Forge(tests.service.ISSUER, "store")
PHONE, FEE, FIBRE, PUBLICATION = (str(UUID(int=number)) for number in range(1, 5))
CONTENT: dict[str, Any] = {"name": "Fibre", "specificationId": PHONE, "priceIds": [FEE], "values": {}}
WRITTEN = {"modifiedAt": "2026-05-01T12:00:00Z", "modifiedBy": "author"}


class Idle(tests.service.Idle):
    """An engine that never has anything to do, for those who ask for the store's topics."""

    async def fetch(self, topics: Sequence[str], worker: str, **_: Any) -> Sequence[ExternalTask]:
        assert topics == ["store.drop-entry", "store.stage-entry"]
        return await super().fetch(topics, worker)


@pytest.fixture(scope="module")
def server() -> Iterator[RunningMongod]:
    """A MongoDB that lives as long as the module's tests."""
    with mongod() as running:
        yield running


@dataclass
class Store(Listener):
    """The running service."""

    async def published(self, version: int = 2) -> None:
        """It hears of a publication, up to the locking of the price."""
        await self.hear("specification.activated.v1", specification())
        await self.hear("price.locked.v1", price())
        await self.hear("publication.requested.v1", offering("PUBLISHING", version, draft=CONTENT))

    async def do(self, topic: str, **changed: Any) -> Mapping[str, Any]:
        """Do a task of the process."""
        variables = {
            "publicationId": PUBLICATION,
            "offeringId": FIBRE,
            "offeringKey": "fibre",
            "offeringVersion": 2,
            "specificationId": PHONE,
            "priceIds": FEE,
            "requestedBy": "publisher",
            "correlationId": "c",
            **changed,
        }
        task = ExternalTask(id="1", topic=topic, activity="a", business_key=PUBLICATION, variables=variables)
        return await tasks(self.container).do(task)

    async def staged(self) -> Entry | None:
        """What is staged."""
        found: Entry | None = await self.container.staging().staged(UUID(PUBLICATION))
        return found

    async def sold(self) -> list[str]:
        """The names of what shoppers find, by searching and by its key."""
        found = (await self.http.get("/store/offerings")).json()
        one = await self.http.get("/store/offerings/fibre")
        assert [item["name"] for item in found["items"]] == ([one.json()["name"]] if one.is_success else [])
        assert found["total"] == len(found["items"])
        return [item["name"] for item in found["items"]]

    async def sells(self, *names: str) -> None:
        """Wait until shoppers find these and no others."""

        async def found() -> bool:
            return await self.sold() == [*names]

        await eventually(found)


def specification() -> dict[str, Any]:
    return {"id": PHONE, "key": "phone", "version": 1, "name": "Phone", **WRITTEN}


def price(version: int = 2, *held_by: str) -> dict[str, Any]:
    holds = [{"offeringId": FIBRE, "publicationId": one, "token": 1} for one in held_by or (PUBLICATION,)]
    money = {"amount": "5", "currency": "EUR"}
    more = {"name": "Fee", "kind": "ONE_TIME", "money": money, "holds": holds, "locked": True}
    return {"id": FEE, "key": "fee", "version": version, **more, **WRITTEN}


def offering(status: str, version: int, **content: Any) -> dict[str, Any]:
    told = {"id": FIBRE, "key": "fibre", "version": version, "status": status, **content}
    return {**told, "publicationId": PUBLICATION, **WRITTEN}


@pytest.fixture(params=["memory", "mongo"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    """The service with nothing in it."""
    told: dict[str, object] = {}
    if request.param == "mongo":
        server: RunningMongod = request.getfixturevalue("server")
        told = {"mongo_url": server.url, "mongo_database": f"test_{uuid4().hex}"}
    bound: dict[str, Any] = {"engine": Idle()}
    if request.param == "memory":
        bound["event_logs"] = NoLogs()
    async with listening("store_app", FORGE, told, **bound) as running:
        yield Store(**vars(running))


class NoLogs:
    """The event logs of a platform in which nothing has happened."""

    async def newest(self, after: Mapping[str, UUID]) -> AsyncIterator[Any]:
        for nothing in list[Any]():
            yield nothing


async def test_a_publication_that_succeeds(store: Store) -> None:
    await store.published()
    for _ in range(2):
        assert await store.do("store.stage-entry") == {}
        staged = await store.staged()
        assert staged is not None
        assert (staged.key, staged.name, [one.key for one in staged.prices]) == ("fibre", "Fibre", ["fee"])
    assert await store.sold() == []
    await store.hear("offering.published.v1", offering("PUBLISHED", 3, live=CONTENT))
    await store.sells("Fibre")
    assert await store.staged() is None
    with pytest.raises(RuleBroken):
        await store.do("store.stage-entry")
    assert await store.staged() is None
    await store.hear("offering.retired.v1", offering("RETIRED", 4, live=CONTENT))
    await store.sells()


async def test_a_publication_that_is_undone(store: Store) -> None:
    await store.published()
    await store.do("store.stage-entry")
    for _ in range(2):
        assert await store.do("store.drop-entry", errorCode="PRICE_EXPIRED", errorMessage="too late") == {}
        assert await store.staged() is None
    with pytest.raises(RuleBroken) as refused:
        await store.do("store.stage-entry")
    assert refused.value.code == "publication_ended"
    await store.hear("publication.rejected.v1", offering("DRAFT", 3, draft=CONTENT))
    assert await store.staged() is None
    assert await store.sold() == []


async def test_a_rejection_ends_what_was_staged_by_itself(store: Store) -> None:
    await store.published()
    await store.do("store.stage-entry")
    await store.hear("publication.rejected.v1", offering("DRAFT", 3, draft=CONTENT))
    assert await store.staged() is None


async def test_what_was_not_heard_is_waited_for(store: Store) -> None:
    await store.published()
    with pytest.raises(NotHeard):
        await store.do("store.stage-entry", offeringVersion=3)
    assert await store.staged() is None
    await store.hear("publication.requested.v1", offering("PUBLISHING", 3, draft=CONTENT))
    await store.do("store.stage-entry", offeringVersion=3)
    assert await store.staged() is not None


async def test_an_entry_that_cannot_be_shown_is_rejected(store: Store) -> None:
    await store.published()
    await store.hear("specification.deleted.v1", {**specification(), "version": 2})
    with pytest.raises(Rejected) as refused:
        await store.do("store.stage-entry")
    assert refused.value.code == "ENTRY_REFUSED"
    assert refused.value.message == (
        "Fibre cannot be shown in the store: There is no such specification any more: choose another one."
    )
    assert [(one.code, one.pointer) for one in refused.value.problems] == [("gone", "/specificationId")]
    assert await store.staged() is None


async def test_what_will_be_refused_is_told_before(store: Store) -> None:
    await store.published()
    answer = await store.post("/store/check", {"key": "fibre", **CONTENT, "unheardOf": 1})
    assert (answer.status_code, answer.json()) == (200, {"problems": []})
    other = {**CONTENT, "priceIds": [FEE, str(UUID(int=9))]}  # the second is not known here yet
    assert (await store.post("/store/check", other)).json() == {"problems": []}
    await store.hear("price.deleted.v1", price(3))
    assert (await store.post("/store/check", other)).json() == {
        "problems": [
            {
                "code": "gone",
                "message": "There is no such price any more: choose another one.",
                "pointer": "/priceIds/0",
            }
        ]
    }
    large = {**CONTENT, "values": {"colour": ["red"] * 3000}}
    assert (await store.post("/store/check", large)).json()["problems"] == [
        {
            "code": "too_large",
            "message": "This makes an entry of at least 323 KB; at most 256 KB can be shown. Say less here.",
            "pointer": "/values",
        }
    ]
    empty = await store.post("/store/check", {"name": "Nothing"})
    assert [one["pointer"] for one in empty.json()["problems"]] == ["/specificationId", "/priceIds"]
    assert (await store.post("/store/check", {"key": "fibre"})).status_code == 422
    assert (await store.post("/store/check", CONTENT, role="reader")).status_code == 403
    assert await store.staged() is None
