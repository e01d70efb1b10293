"""Offerings over HTTP: what is answered, and what is refused without a trace in the database."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest

from apps.offering.tests.conftest import GALAXY, Service, found

NOTHING = {"offering": 0, "publication": 0, "event_log": 0, "audit": 0, "reply": 0}


async def test_what_is_drafted_is_shown(service: Service) -> None:
    answer = await service.post("/offerings", GALAXY)
    assert answer.status_code == 201, answer.text
    shown = answer.json()
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["location"] == f"offerings/{shown['id']}"
    assert shown == {
        "id": shown["id"],
        "key": "galaxy",
        "version": 1,
        "status": "DRAFT",
        "draft": GALAXY,
        "live": None,
        "publicationId": None,
        "failure": None,
        "publishedAt": None,
        "createdAt": shown["createdAt"],
        "createdBy": "author",
        "modifiedAt": shown["createdAt"],
        "modifiedBy": "author",
    }
    again = await service.get(f"/offerings/{shown['id']}")
    assert (again.status_code, again.json(), again.headers["etag"]) == (200, shown, '"1"')


async def test_a_name_is_enough_for_a_draft(service: Service) -> None:
    answer = await service.post("/offerings", {"name": "Größe XL", "key": "xl"})
    assert answer.status_code == 201, answer.text
    assert answer.json()["key"] == "xl"
    assert answer.json()["draft"] == {
        "name": "Größe XL",
        "description": "",
        "category": "",
        "specificationId": None,
        "priceIds": [],
        "values": {},
        "validFor": {"from": None, "to": None},
        "imageUrl": None,
    }


async def test_moments_are_shown_in_utc(service: Service) -> None:
    period = {"from": "2026-01-01T00:00:00+01:00", "to": "2026-07-01T00:00:00.5-02:30"}
    one = await service.drafted(validFor=period)
    assert one["draft"]["validFor"] == {"from": "2025-12-31T23:00:00Z", "to": "2026-07-01T02:30:00.500000Z"}


async def test_faulty_content_names_every_fault_and_does_nothing(service: Service) -> None:
    faulty = {
        "name": "",
        "category": "Phones",
        "priceIds": [GALAXY["priceIds"][0]] * 2,
        "values": {"ram": None, "a/b": 1},
        "validFor": {"from": "2026-01-01T00:00:00", "to": None},
        "imageUrl": "javascript:alert(1)",
    }
    answer = await service.post("/offerings", faulty)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert [(one["code"], one["pointer"]) for one in answer.json()["errors"]] == [
        ("key", "/key"),
        ("length", "/name"),
        ("category", "/category"),
        ("repeated", "/priceIds/1"),
        ("type", "/values/ram"),
        ("key", "/values/a~1b"),
        ("time_zone", "/validFor/from"),
        ("url", "/imageUrl"),
    ]
    assert await service.counts() == NOTHING


@pytest.mark.parametrize(
    ("wanted", "pointer"),
    [
        ({}, "/name"),
        ({**GALAXY, "specificationId": "phone"}, "/specificationId"),
        ({**GALAXY, "priceIds": ["cheap"]}, "/priceIds/0"),
        ({**GALAXY, "values": ["red"]}, "/values"),
        ({**GALAXY, "validFor": {"from": "soon"}}, "/validFor/from"),
        ({**GALAXY, "validFor": {"until": None}}, "/validFor/until"),
        ({**GALAXY, "status": "PUBLISHED"}, "/status"),
        ({**GALAXY, "live": GALAXY}, "/live"),
        ([], ""),
    ],
)
async def test_a_malformed_draft_is_refused(service: Service, wanted: Any, pointer: str) -> None:
    answer = await service.post("/offerings", wanted)
    assert answer.status_code == 422, answer.text
    assert pointer in [one["pointer"] for one in answer.json()["errors"]]
    assert await service.counts() == NOTHING


UNSTORABLE = [
    '{"name": "a\\u0000b"}',
    '{"name": "x", "values": {"a": "\\ud800"}}',
    '{"name": "x", "values": {"\\ud800": 1}}',
    '{"name": "x", "values": {"a": NaN}}',
    '{"name": "x", "values": {"a": [1e999]}}',
    '{"name": "x", "imageUrl": "https://x/\\u0000"}',
]


@pytest.mark.parametrize("wanted", UNSTORABLE, ids=range(len(UNSTORABLE)))
async def test_what_nobody_can_store_is_refused(service: Service, wanted: str) -> None:
    answer = await service.http.post(
        "/offerings", content=wanted, headers=service.headers(content_type="application/json")
    )
    assert answer.status_code in (400, 422), answer.text
    assert answer.json()["errors"]
    assert await service.counts() == NOTHING


async def test_the_largest_offering_travels(service: Service) -> None:
    values = {f"key-{number:02}": "\U0001f600" * 4000 for number in range(12)}
    large = {
        "name": "n" * 200,
        "description": "\U0001f600" * 4000,
        "category": "phones",
        "specificationId": GALAXY["specificationId"],
        "priceIds": [str(uuid4()) for _ in range(50)],
        "values": values,
    }
    one = found(
        await service.http.post(
            "/offerings",
            content=json.dumps(large, ensure_ascii=False).encode(),
            headers=service.headers(content_type="application/json"),
        )
    )
    await service.ended(await service.requested(one["id"], 1))
    answer = await service.http.put(
        f"/offerings/{one['id']}",
        content=json.dumps({**large, "name": "m" * 200}, ensure_ascii=False).encode(),
        headers=service.headers(content_type="application/json", if_match='"3"'),
    )
    assert answer.status_code == 200, answer.text
    await service.ended(await service.requested(one["id"], 4))
    await service.delivered()
    assert found(await service.get(f"/offerings/{one['id']}"))["live"]["name"] == "m" * 200


async def test_a_key_is_taken_once(service: Service) -> None:
    await service.drafted()
    answer = await service.post("/offerings", {**GALAXY, "name": "GALAXY"})
    assert (answer.status_code, answer.json()["code"]) == (409, "key_taken")
    assert answer.json()["errors"][0]["pointer"] == "/key"
    assert await service.counts() == {**NOTHING, "offering": 1, "event_log": 1, "audit": 1}


async def test_a_revision_needs_the_version_that_was_seen(service: Service) -> None:
    one = await service.drafted()
    address, wanted = f"/offerings/{one['id']}", {**GALAXY, "name": "Galaxy Plus"}
    answer = await service.send("PUT", address, wanted)
    assert (answer.status_code, answer.json()["code"]) == (428, "version_missing")
    answer = await service.put(address, wanted, 1)
    assert (answer.status_code, answer.json()["version"], answer.headers["etag"]) == (200, 2, '"2"')
    assert (answer.json()["draft"], answer.json()["key"]) == (wanted, "galaxy")
    answer = await service.put(address, wanted, 1)
    assert (answer.status_code, answer.json()["code"]) == (412, "stale")


async def test_a_revision_that_changes_nothing_makes_no_version(service: Service) -> None:
    one = await service.drafted()
    answer = await service.put(f"/offerings/{one['id']}", GALAXY, 1)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')
    assert await service.told() == [("offering.drafted.v1", 1)]


async def test_of_twenty_revisions_one_wins(service: Service) -> None:
    one = await service.drafted()
    address = f"/offerings/{one['id']}"
    answers = await asyncio.gather(
        *(service.put(address, {**GALAXY, "name": f"Name {number}"}, 1) for number in range(20))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 19
    (won,) = [answer.json() for answer in answers if answer.status_code == 200]
    assert found(await service.get(address)) == won


async def test_a_draft_beside_what_is_live_is_discarded(service: Service) -> None:
    one = await service.published()
    address = f"/offerings/{one['id']}"
    answer = await service.put(address, {**GALAXY, "name": "Galaxy Plus"}, 3)
    assert (answer.status_code, answer.json()["status"]) == (200, "PUBLISHED")
    assert (answer.json()["draft"]["name"], answer.json()["live"]["name"]) == ("Galaxy Plus", "Galaxy")
    answer = await service.delete(f"{address}/draft", 4)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"5"')
    assert (answer.json()["draft"], answer.json()["live"]) == (None, GALAXY)
    answer = await service.delete(f"{address}/draft", 5)
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_move")
    assert answer.json()["detail"] == (
        "Galaxy is published and has no draft, which does not allow: discard. Allowed now: revise, retire."
    )


async def test_retire(service: Service) -> None:
    one = await service.published()
    address = f"/offerings/{one['id']}"
    answer = await service.post(f"{address}/retire", version=3, role="publisher")
    assert (answer.status_code, answer.json()["status"], answer.headers["etag"]) == (200, "RETIRED", '"4"')
    for again in (
        await service.post(f"{address}/retire", version=4, role="publisher"),
        await service.put(address, GALAXY, 4),
        await service.delete(address, 4),
        await service.delete(f"{address}/draft", 4),
        await service.publish(one["id"], 4),
    ):
        assert (again.status_code, again.json()["code"]) == (409, "illegal_move")
        assert again.json()["detail"].endswith("Allowed now: nothing.")
    assert [type for type, _ in await service.told()] == [
        "offering.drafted.v1",
        "publication.requested.v1",
        "offering.published.v1",
        "offering.retired.v1",
    ]


async def test_delete(service: Service) -> None:
    one, sold = await service.drafted(), await service.published(key="sold")
    address = f"/offerings/{one['id']}"
    answer = await service.delete(address, 1)
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await service.get(address)).status_code == 404
    assert (await service.told())[-1] == ("offering.deleted.v1", 2)
    answer = await service.delete(f"/offerings/{sold['id']}", 3)
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_move")
    assert answer.json()["detail"].endswith("Allowed now: revise, retire.")


async def test_who_may_do_what(service: Service) -> None:
    one = await service.drafted()
    before = await service.counts()
    address = f"/offerings/{one['id']}"
    for answer in (
        await service.post("/offerings", GALAXY, role="reader"),
        await service.put(address, {**GALAXY, "name": "x"}, 1, role="reader"),
        await service.delete(address, 1, role="reader"),
        await service.delete(f"{address}/draft", 1, role="reader"),
        await service.post(f"{address}/publish", version=1, role="author"),
        await service.post(f"{address}/retire", version=1, role="author"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    for path in ("/offerings", address, f"/publications/{uuid4()}"):
        assert (await service.http.get(path)).status_code == 401
    assert await service.counts() == before


async def test_an_unknown_one_is_not_found(service: Service) -> None:
    address = f"/offerings/{uuid4()}"
    for answer in (
        await service.get(address),
        await service.put(address, GALAXY, 1),
        await service.publish(str(uuid4()), 1),
        await service.get(f"/publications/{uuid4()}"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (await service.get("/offerings/galaxy")).status_code == 422
