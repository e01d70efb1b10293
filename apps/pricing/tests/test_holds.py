"""Holding and releasing by hand: what is held stays as it is, until it is released or expires."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from apps.pricing.tests.conftest import FEE, MONTHLY, Service


async def test_what_is_held_is_shown_as_locked(service: Service) -> None:
    one = await service.defined()
    offering, publication, before = str(uuid4()), str(uuid4()), await service.now()
    answer = await service.hold(
        one["id"], offeringId=offering, offeringKey="fibre", publicationId=publication
    )
    after = await service.now()
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    shown = answer.json()
    assert (shown["locked"], shown["lastToken"], shown["modifiedBy"]) == (True, 1, "operator")
    assert shown["holds"] == [
        {
            "offeringId": offering,
            "offeringKey": "fibre",
            "publicationId": publication,
            "token": 1,
            "expiresAt": shown["holds"][0]["expiresAt"],
        }
    ]
    assert before < placed_at(shown) < after
    assert (await service.get(f"/prices/{one['id']}")).json() == shown
    assert await service.events() == ["price.defined.v1", "price.locked.v1"]


async def test_what_is_held_is_neither_revised_nor_deleted(service: Service) -> None:
    one, nameless, publication = await service.defined(), str(uuid4()), str(uuid4())
    await service.hold(one["id"], offeringKey="fibre", publicationId=publication)
    await service.hold(one["id"], offeringId=nameless)
    before = await service.counts()
    names = ", ".join(sorted(["fibre", nameless]))
    answer = await service.revise(one["id"], MONTHLY, 3)
    assert (answer.status_code, answer.json()["code"]) == (409, "locked")
    assert answer.json()["detail"] == (
        f"Set-up fee is held by {names}, so it is not changed: define another price instead."
    )
    answer = await service.delete(f"/prices/{one['id']}", 3)
    assert (answer.status_code, answer.json()["code"]) == (409, "locked")
    assert await service.counts() == before
    assert (await service.release(one["id"], publication)).status_code == 204
    assert (await service.revise(one["id"], MONTHLY, 4)).status_code == 409
    shown = (await service.get(f"/prices/{one['id']}")).json()
    assert [hold["offeringId"] for hold in shown["holds"]] == [nameless]
    assert (await service.release(one["id"], shown["holds"][0]["publicationId"])).status_code == 204
    answer = await service.revise(one["id"], MONTHLY, 5)
    assert (answer.status_code, answer.json()["locked"]) == (200, False)
    assert await service.events() == [
        "price.defined.v1",
        *["price.locked.v1"] * 2,
        *["price.released.v1"] * 2,
        "price.revised.v1",
    ]


async def test_a_lease_that_has_expired_locks_nothing(service: Service) -> None:
    one = await service.defined()
    offering, publication = str(uuid4()), str(uuid4())
    await service.held(one["id"], offering=offering, publication=publication, ago=30)
    assert (await service.revise(one["id"], MONTHLY, 2)).status_code == 409
    assert (await service.delete(f"/prices/{one['id']}", 2)).status_code == 409
    await service.held(one["id"], offering=offering, publication=publication, ago=60)
    assert (await service.get("/prices?locked=true")).json()["total"] == 1  # as long as nothing changes it
    answer = await service.revise(one["id"], MONTHLY, 3)
    assert (answer.status_code, answer.json()["locked"], answer.json()["holds"]) == (200, False, [])
    assert (await service.get("/prices?locked=true")).json()["total"] == 0


async def test_what_has_expired_is_deleted(service: Service) -> None:
    one = await service.defined()
    await service.held(one["id"], ago=60)
    assert (await service.delete(f"/prices/{one['id']}", 2)).status_code == 204
    (deleted,) = await service.rows("select payload from event_log where type = 'price.deleted.v1'")
    assert (deleted["payload"]["holds"], deleted["payload"]["locked"]) == ([], False)


async def test_what_has_expired_is_left_out_of_the_next_change(service: Service) -> None:
    one, publication = await service.defined(), str(uuid4())
    await service.held(one["id"], ago=60)
    answer = await service.hold(one["id"], publicationId=publication)
    assert [hold["token"] for hold in answer.json()["holds"]] == [2]
    await service.held(one["id"], ago=60)
    await service.release(one["id"], publication)
    shown = (await service.get(f"/prices/{one['id']}")).json()
    assert (shown["holds"], shown["locked"], shown["lastToken"]) == ([], False, 3)


async def test_holding_again_renews_the_one_hold(service: Service) -> None:
    one, offering, publication = await service.defined(), str(uuid4()), str(uuid4())
    who = {"offeringId": offering, "publicationId": publication}
    await service.held(one["id"], offering=offering, publication=publication, ago=30)
    before = await service.now()
    answer = await service.hold(one["id"], **who, token=1)
    assert [hold["token"] for hold in answer.json()["holds"]] == [2]
    assert before < placed_at(answer.json()) < await service.now()
    answer = await service.hold(one["id"], **who, token=1)
    assert (answer.status_code, answer.json()["code"]) == (409, "stale_token")
    assert await service.events() == ["price.defined.v1", *["price.locked.v1"] * 2]


async def test_releasing_again_changes_nothing(service: Service) -> None:
    one, publication = await service.defined(), str(uuid4())
    for _ in range(2):
        assert (await service.release(one["id"], publication)).status_code == 204
    await service.hold(one["id"], publicationId=publication)
    for _ in range(2):
        answer = await service.release(one["id"], publication)
        assert (answer.status_code, answer.content) == (204, b"")
    assert await service.events() == ["price.defined.v1", "price.locked.v1", "price.released.v1"]


async def test_a_hold_that_is_sent_twice_is_placed_once(service: Service) -> None:
    one, who = await service.defined(), {"offeringId": str(uuid4()), "publicationId": str(uuid4())}
    first, second = [await service.hold(one["id"], **who, key="one") for _ in range(2)]
    assert (first.status_code, second.status_code, second.content) == (200, 200, first.content)
    assert await service.events() == ["price.defined.v1", "price.locked.v1"]


@pytest.mark.parametrize("keys", [False, True])
async def test_of_thirty_who_hold_at_once_all_do(service: Service, keys: bool) -> None:
    one = await service.defined()
    answers = await asyncio.gather(
        *(service.hold(one["id"], key=f"key-{number}" if keys else "") for number in range(30))
    )
    assert {answer.status_code for answer in answers} == {200}
    shown = (await service.get(f"/prices/{one['id']}")).json()
    assert [hold["token"] for hold in shown["holds"]] == list(range(1, 31))
    assert (shown["version"], shown["lastToken"]) == (31, 30)
    publications = [hold["publicationId"] for hold in shown["holds"]]
    answers = await asyncio.gather(*(service.release(one["id"], each) for each in publications))
    assert {answer.status_code for answer in answers} == {204}
    shown = (await service.get(f"/prices/{one['id']}")).json()
    assert (shown["holds"], shown["locked"], shown["version"]) == ([], False, 61)


@pytest.mark.parametrize(
    ("wanted", "status", "pointer"),
    [
        ({"seconds": 0}, 400, "/seconds"),
        ({"seconds": 86_401}, 400, "/seconds"),
        ({"offeringKey": ""}, 400, "/offeringKey"),
        ({"offeringKey": "a\u0000b"}, 400, "/offeringKey"),
        ({"seconds": "soon"}, 422, "/seconds"),
        ({"offeringId": "fibre"}, 422, "/offeringId"),
        ({"expiresAt": None}, 422, "/expiresAt"),
    ],
)
async def test_leases_that_are_refused(
    service: Service, wanted: dict[str, Any], status: int, pointer: str
) -> None:
    one = await service.defined()
    answer = await service.hold(one["id"], **wanted)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (status, pointer)
    assert (await service.get(f"/prices/{one['id']}")).json() == one


async def test_a_permanent_hold_stays(service: Service) -> None:
    one = await service.defined()
    publication = str(uuid4())
    await service.held(one["id"], publication=publication, ago=10**9, permanent=True)
    answer = await service.revise(one["id"], {**FEE, "name": "Fee"}, 3)
    assert (answer.status_code, answer.json()["code"]) == (409, "locked")
    shown = (await service.get(f"/prices/{one['id']}")).json()
    assert (shown["locked"], shown["holds"][0]["expiresAt"]) == (True, None)
    assert (await service.release(one["id"], publication)).status_code == 204
    assert (await service.revise(one["id"], {**FEE, "name": "Fee"}, 4)).status_code == 200


def placed_at(shown: dict[str, Any]) -> datetime:
    """When the first lease was placed, which is for a minute."""
    return datetime.fromisoformat(shown["holds"][0]["expiresAt"]) - timedelta(seconds=60)
