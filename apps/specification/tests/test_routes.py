"""The service over HTTP: what it answers, and what it refuses without a trace in the database."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest

from apps.specification.tests.conftest import Service

NOTHING = {"specification": 0, "publication": 0, "event_log": 0, "audit": 0, "reply": 0}
MALFORMED: list[tuple[Any, str]] = [
    ({"uses": []}, "/name"),
    ({"name": "Phone", "status": "ACTIVE"}, "/status"),
    ({"name": "Phone", "characteristicKeys": []}, "/characteristicKeys"),
    ({"name": "Phone", "uses": [{"required": True}]}, "/uses/0/characteristicId"),
    ({"name": "Phone", "uses": [{"characteristicId": "ram"}]}, "/uses/0/characteristicId"),
    ({"name": "Phone", "uses": [{"characteristicId": str(uuid4()), "codes": []}]}, "/uses/0/codes"),
    ([], ""),
]


async def deprecate(service: Service, id: str) -> None:
    answer = await service.characteristics.post(f"/characteristics/{id}/deprecate", version=1)
    assert answer.status_code == 200, answer.text


async def test_what_is_defined_is_shown(service: Service) -> None:
    wanted = await service.phone(description="To talk.")
    answer = await service.post("/specifications", wanted)
    assert answer.status_code == 201, answer.text
    shown = answer.json()
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["location"] == f"specifications/{shown['id']}"
    assert shown == {
        "id": shown["id"],
        "key": "phone",
        "version": 1,
        "name": "Phone",
        "description": "To talk.",
        "uses": [
            {**wanted["uses"][0], "allowedCodes": None},
            {**wanted["uses"][1], "required": False},
        ],
        "characteristicKeys": ["ram", "colours"],
        "status": "DRAFT",
        "createdAt": shown["createdAt"],
        "createdBy": "author",
        "modifiedAt": shown["createdAt"],
        "modifiedBy": "author",
    }
    again = await service.get(f"/specifications/{shown['id']}")
    assert (again.status_code, again.json(), again.headers["etag"]) == (200, shown, '"1"')


async def test_a_characteristic_that_does_not_exist_is_named(service: Service) -> None:
    fake = str(uuid4())
    wanted = await service.phone()
    wanted["uses"].append({"characteristicId": fake})
    answer = await service.post("/specifications", wanted)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert answer.json()["errors"] == [
        {
            "code": "unknown",
            "pointer": "/uses/2/characteristicId",
            "message": f"There is no characteristic with the id {fake}.",
        }
    ]
    assert len(service.way.requests) == 1
    assert await service.counts() == NOTHING


async def test_a_specification_without_characteristics_is_refused(service: Service) -> None:
    for wanted in ({"name": "Phone"}, {"name": "Phone", "uses": []}):
        answer = await service.post("/specifications", wanted)
        assert answer.status_code == 400, answer.text
        assert [(one["code"], one["pointer"]) for one in answer.json()["errors"]] == [("length", "/uses")]
    assert service.way.requests == []
    assert await service.counts() == NOTHING


async def test_a_deprecated_characteristic_is_for_nothing_new(service: Service) -> None:
    wanted = await service.phone()
    one = await service.defined(wanted)
    before = await service.counts()
    await deprecate(service, wanted["uses"][0]["characteristicId"])
    answer = await service.post("/specifications", {**wanted, "name": "Other"})
    assert answer.status_code == 400, answer.text
    assert answer.json()["errors"] == [
        {
            "code": "deprecated",
            "pointer": "/uses/0/characteristicId",
            "message": "RAM is deprecated: it stays where it is used, and is for nothing new.",
        }
    ]
    assert await service.counts() == before
    answer = await service.put(f"/specifications/{one['id']}", {**wanted, "name": "Other"}, 1)
    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    answer = await service.post(f"/specifications/{one['id']}/activate", version=2)
    assert (answer.status_code, answer.json()["status"]) == (200, "ACTIVE")


async def test_every_fault_is_named_at_once(service: Service) -> None:
    wanted = await service.phone(name="", key="Phone")
    wanted["uses"][0]["default"] = 0
    wanted["uses"][1]["default"] = ["red", "green", "pink"]
    wanted["uses"][1]["allowedCodes"] = ["red", "pink"]
    answer = await service.post("/specifications", wanted)
    assert answer.status_code == 400, answer.text
    assert [(one["code"], one["pointer"]) for one in answer.json()["errors"]] == [
        ("key", "/key"),
        ("length", "/name"),
        ("min", "/uses/0/default"),
        ("unknown", "/uses/1/allowedCodes/1"),
        ("not_allowed", "/uses/1/default/2"),
        ("not_allowed", "/uses/1/default/1"),
    ]
    assert len(service.way.requests) == 1
    assert await service.counts() == NOTHING


@pytest.mark.parametrize(("wanted", "pointer"), MALFORMED, ids=range(len(MALFORMED)))
async def test_a_malformed_definition_is_refused(service: Service, wanted: Any, pointer: str) -> None:
    answer = await service.post("/specifications", wanted)
    assert answer.status_code == 422, answer.text
    assert pointer in [one["pointer"] for one in answer.json()["errors"]]
    assert service.way.requests == []
    assert await service.counts() == NOTHING


@pytest.mark.parametrize("default", ["a\u0000b", "\ud800", ["\ud800"], {"\ud800": 1}, [[1]]])
async def test_values_that_nobody_can_say_are_refused(service: Service, default: Any) -> None:
    wanted = await service.phone()
    wanted["uses"][0]["default"] = default
    headers = service.headers(content_type="application/json")
    answer = await service.http.post("/specifications", content=json.dumps(wanted), headers=headers)
    assert answer.status_code in (400, 422), answer.text
    assert answer.json()["errors"][0]["pointer"].startswith("/uses/0/default")
    assert await service.counts() == NOTHING


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1" + "0" * 500, "1e400"])
async def test_numbers_that_are_none_are_refused(service: Service, number: str) -> None:
    wanted = await service.phone()
    wanted["uses"][0]["default"] = "NUMBER"
    body = json.dumps(wanted).replace('"NUMBER"', number)
    headers = service.headers(content_type="application/json")
    answer = await service.http.post("/specifications", content=body, headers=headers)
    assert answer.status_code in (400, 422), answer.text
    assert await service.counts() == NOTHING


async def test_a_key_is_taken_once(service: Service) -> None:
    wanted = await service.phone()
    await service.defined(wanted)
    answer = await service.post("/specifications", {**wanted, "name": "PHONE"})
    assert (answer.status_code, answer.json()["code"]) == (409, "key_taken")
    assert answer.json()["errors"][0]["pointer"] == "/key"
    assert await service.counts() == {**NOTHING, "specification": 1, "event_log": 1, "audit": 1}


async def test_a_revision_needs_the_version_that_was_seen(service: Service) -> None:
    wanted = await service.phone()
    one = await service.defined(wanted)
    address, wanted = f"/specifications/{one['id']}", {**wanted, "name": "Telephone"}
    answer = await service.send("PUT", address, wanted)
    assert (answer.status_code, answer.json()["code"]) == (428, "version_missing")
    assert service.way.requests == []
    answer = await service.put(address, wanted, 1)
    assert (answer.status_code, answer.json()["version"], answer.headers["etag"]) == (200, 2, '"2"')
    assert (answer.json()["name"], answer.json()["key"]) == ("Telephone", "phone")
    answer = await service.put(address, wanted, 1)
    assert (answer.status_code, answer.json()["code"]) == (412, "stale")
    answer = await service.put(address, wanted, 2)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert (await service.counts())["event_log"] == 2


async def test_of_twenty_revisions_one_wins(service: Service) -> None:
    wanted = await service.phone()
    one = await service.defined(wanted)
    address = f"/specifications/{one['id']}"
    answers = await asyncio.gather(
        *(service.put(address, {**wanted, "name": f"Name {number}"}, 1) for number in range(20))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 19
    (won,) = [answer.json() for answer in answers if answer.status_code == 200]
    assert (await service.get(address)).json() == won
    assert len(service.way.requests) == 20


async def test_a_life(service: Service) -> None:
    wanted = await service.phone()
    address = f"/specifications/{(await service.defined(wanted))['id']}"
    answer = await service.post(f"{address}/retire", version=1)
    assert (answer.status_code, answer.json()["code"]) == (409, "draft")
    answer = await service.post(f"{address}/activate")
    assert (answer.status_code, answer.json()["code"]) == (428, "version_missing")
    for _ in range(2):  # again is as good as once
        answer = await service.post(f"{address}/activate", version=1 if _ == 0 else 2)
        assert (answer.status_code, answer.json()["status"]) == (200, "ACTIVE")
        assert answer.headers["etag"] == '"2"'
    assert len(service.way.requests) == 1
    answer = await service.put(address, {**wanted, "name": "Telephone"}, 2)
    assert (answer.json()["status"], answer.json()["version"]) == ("ACTIVE", 3)
    answer = await service.post(f"{address}/retire", version=3)
    assert (answer.status_code, answer.json()["status"], answer.headers["etag"]) == (200, "RETIRED", '"4"')
    answer = await service.put(address, wanted, 4)
    assert (answer.status_code, answer.json()["code"]) == (409, "retired")
    answer = await service.post(f"{address}/activate", version=4)
    assert (answer.status_code, answer.json()["code"]) == (409, "retired")
    answer = await service.delete(address, 4)
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await service.get(address)).status_code == 404
    assert [row["type"] for row in await service.rows("select type from event_log order by seq")] == [
        f"specification.{what}.v1" for what in ("defined", "activated", "revised", "retired", "deleted")
    ]


async def test_what_an_offering_uses_is_not_deleted(service: Service) -> None:
    one = await service.activated()
    address, content = f"/specifications/{one['id']}", {"name": "X", "specificationId": one["id"]}
    offering = {"id": str(uuid4()), "key": "phone-x", "version": 1, "status": "DRAFT", "draft": content}
    await service.hear("offering.drafted.v1", offering)
    published = {**offering, "version": 3, "status": "PUBLISHED", "draft": None, "live": content}
    await service.hear("offering.published.v1", published)
    await service.hear("offering.revised.v1", {**offering, "version": 2, "draft": None})  # late
    answer = await service.delete(address, 2)
    assert (answer.status_code, answer.json()["code"]) == (409, "in_use")
    assert answer.json()["detail"] == "Phone is used by phone-x: retire it instead."
    await service.hear("offering.deleted.v1", {**offering, "version": 4})
    assert (await service.delete(address, 2)).status_code == 204


async def test_values_are_checked(service: Service) -> None:
    address = f"/specifications/{(await service.activated())['id']}/check"
    answer = await service.post(address, {"values": {"ram": 16, "colours": ["blue"]}}, role="reader")
    assert (answer.status_code, answer.json()) == (200, {"problems": []})
    assert len(service.way.requests) == 1
    values = {"colours": ["red", "green", "pink"], "weight": 3}
    answer = await service.post(address, {"values": values}, role="reader", idempotency_key="one")
    assert [(one["code"], one["pointer"]) for one in answer.json()["problems"]] == [
        ("required", "/values/ram"),
        ("not_allowed", "/values/colours/2"),
        ("not_allowed", "/values/colours/1"),
        ("foreign", "/values/weight"),
    ]
    assert answer.json()["problems"][0]["message"] == "RAM is required."
    assert (await service.counts())["reply"] == 0
    answer = await service.post(address, {"values": []}, role="reader")
    assert answer.status_code == 422
    answer = await service.post(f"/specifications/{uuid4()}/check", {"values": {}}, role="reader")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_values_with_keys_that_cannot_be_are_judged_like_others(service: Service) -> None:
    address = f"/specifications/{(await service.activated())['id']}/check"
    headers = {**service.headers("reader"), "content-type": "application/json"}
    answer = await service.http.post(address, content=b'{"values":{"\\ud800/":1}}', headers=headers)
    assert answer.status_code == 200, answer.text
    pointers = [one["pointer"] for one in answer.json()["problems"] if one["code"] == "foreign"]
    assert pointers == ["/values/\\ud800~1"]
    many = {"values": {f"key-{number}": number for number in range(9000)}}
    answer = await service.post(address, many, role="reader")
    foreign = [one for one in answer.json()["problems"] if one["pointer"] == "/values"]
    assert [one["code"] for one in foreign] == ["length"]
