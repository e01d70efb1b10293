"""The service over HTTP: what it answers, and what it refuses without a trace in the database."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest

from apps.characteristic.tests.conftest import COLOUR, Service

NOTHING = {"characteristic": 0, "event_log": 0, "audit": 0, "reply": 0}


async def test_what_is_defined_is_shown(service: Service) -> None:
    answer = await service.define({**COLOUR, "description": "What the eye sees."})
    assert answer.status_code == 201, answer.text
    shown = answer.json()
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["location"] == f"characteristics/{shown['id']}"
    assert shown == {
        "id": shown["id"],
        "key": "colour",
        "version": 1,
        "name": "Colour",
        "description": "What the eye sees.",
        "valueType": "choice",
        "unit": None,
        "constraints": dict.fromkeys(("min", "max", "step", "pattern", "maxLength", "scale")),
        "allowedValues": [
            {"code": "red", "label": "Red", "order": 0, "default": False, "deprecated": False},
            {"code": "blue", "label": "Blue", "order": 0, "default": False, "deprecated": False},
        ],
        "multiple": False,
        "status": "ACTIVE",
        "createdAt": shown["createdAt"],
        "createdBy": "author",
        "modifiedAt": shown["createdAt"],
        "modifiedBy": "author",
    }
    again = await service.get(f"/characteristics/{shown['id']}")
    assert (again.status_code, again.json(), again.headers["etag"]) == (200, shown, '"1"')


async def test_a_faulty_definition_names_every_fault_and_does_nothing(service: Service) -> None:
    faulty = {"name": "", "valueType": "integer", "unit": "parsec-ish", "constraints": {"min": 5, "max": 1}}
    answer = await service.define(faulty)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    pointers = {one["pointer"] for one in answer.json()["errors"]}
    assert {"/name", "/unit"} <= pointers
    assert any(pointer.startswith("/constraints/m") for pointer in pointers)
    assert await service.counts() == NOTHING


@pytest.mark.parametrize(
    ("wanted", "pointer"),
    [
        ({"name": "Colour"}, "/valueType"),
        ({**COLOUR, "valueType": "colour"}, "/valueType"),
        ({**COLOUR, "status": "DEPRECATED"}, "/status"),
        ({**COLOUR, "version": 7}, "/version"),
        ({**COLOUR, "allowedValues": [{"code": "red", "colour": "red"}]}, "/allowedValues/0/label"),
        ({**COLOUR, "constraints": {"maxlength": 3}}, "/constraints/maxlength"),
        ([], ""),
    ],
)
async def test_a_malformed_definition_is_refused(service: Service, wanted: Any, pointer: str) -> None:
    answer = await service.define(wanted)
    assert answer.status_code == 422, answer.text
    assert pointer in [one["pointer"] for one in answer.json()["errors"]]
    assert await service.counts() == NOTHING


UNSTORABLE: list[dict[str, Any]] = [
    {"name": "a\u0000b", "valueType": "text"},
    {"name": "Text", "valueType": "text", "constraints": {"pattern": "a\u0000b"}},
    {"name": "Text", "valueType": "text", "constraints": {"pattern": "\ud800"}},
    {**COLOUR, "allowedValues": [{"code": "\ud800", "label": "x"}, {"code": "\ud800", "label": "y"}]},
    {**COLOUR, "\ud800": 1},
]


@pytest.mark.parametrize("wanted", UNSTORABLE, ids=range(len(UNSTORABLE)))
async def test_characters_that_nobody_can_store_are_refused(service: Service, wanted: Any) -> None:
    answer = await service.http.post(
        "/characteristics",
        content=json.dumps(wanted),
        headers=service.headers(content_type="application/json"),
    )
    assert answer.status_code in (400, 422), answer.text
    assert answer.json()["errors"]
    assert await service.counts() == NOTHING


async def test_a_key_is_taken_once(service: Service) -> None:
    await service.defined()
    answer = await service.define({**COLOUR, "name": "COLOUR"})
    assert (answer.status_code, answer.json()["code"]) == (409, "key_taken")
    assert answer.json()["errors"][0]["pointer"] == "/key"
    assert await service.counts() == {
        **NOTHING,
        "characteristic": 1,
        "event_log": 1,
        "audit": 1,
    }


async def test_a_revision_needs_the_version_that_was_seen(service: Service) -> None:
    one = await service.defined()
    address, wanted = f"/characteristics/{one['id']}", {**COLOUR, "name": "Case colour"}
    answer = await service.http.put(address, json=wanted, headers=service.headers())
    assert (answer.status_code, answer.json()["code"]) == (428, "version_missing")
    for malformed in ("1", '"x"', 'W/"1"', '"1", "2"', "*"):
        headers = service.headers(if_match=malformed)
        answer = await service.http.put(address, json=wanted, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_etag"), malformed
    answer = await service.revise(one["id"], wanted, 1)
    assert (answer.status_code, answer.json()["version"], answer.headers["etag"]) == (200, 2, '"2"')
    assert (answer.json()["name"], answer.json()["key"]) == ("Case colour", "colour")
    answer = await service.revise(one["id"], wanted, 1)
    assert (answer.status_code, answer.json()["code"]) == (412, "stale")
    assert "version 1 and it is at version 2" in answer.json()["detail"]


async def test_a_revision_that_changes_nothing_makes_no_version(service: Service) -> None:
    one = await service.defined()
    answer = await service.revise(one["id"], COLOUR, 1)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')
    assert (await service.counts())["event_log"] == 1


async def test_of_fifty_revisions_one_wins(service: Service) -> None:
    one = await service.defined()
    answers = await asyncio.gather(
        *(service.revise(one["id"], {**COLOUR, "name": f"Name {number}"}, 1) for number in range(50))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 49
    (won,) = [answer.json() for answer in answers if answer.status_code == 200]
    assert (await service.get(f"/characteristics/{one['id']}")).json() == won


async def test_deprecate_then_delete(service: Service) -> None:
    one = await service.defined()
    address = f"/characteristics/{one['id']}"
    answer = await service.http.post(f"{address}/deprecate", headers=service.headers(if_match='"1"'))
    assert (answer.status_code, answer.json()["status"], answer.headers["etag"]) == (200, "DEPRECATED", '"2"')
    answer = await service.revise(one["id"], {**COLOUR, "name": "x"}, 2)
    assert (answer.status_code, answer.json()["code"]) == (409, "deprecated")
    answer = await service.http.delete(address, headers=service.headers(if_match='"2"'))
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await service.get(address)).status_code == 404
    assert [row["type"] for row in await service.rows("select type from event_log order by seq")] == [
        "characteristic.defined.v1",
        "characteristic.deprecated.v1",
        "characteristic.deleted.v1",
    ]


async def test_what_is_used_is_not_deleted(service: Service) -> None:
    one = await service.defined()
    phone = {"id": str(uuid4()), "key": "phone", "version": 1, "uses": [{"characteristicId": one["id"]}]}
    await service.hear("specification.defined.v1", phone)
    answer = await service.delete(f"/characteristics/{one['id']}", 1)
    assert (answer.status_code, answer.json()["code"]) == (409, "in_use")
    assert "phone" in answer.json()["detail"]
    answer = await service.revise(one["id"], {"name": "Colour", "valueType": "text"}, 1)
    assert (answer.status_code, answer.json()["code"]) == (409, "in_use")
    assert (await service.counts())["event_log"] == 1


async def test_what_is_not_used_any_more_is_deleted(service: Service) -> None:
    one, other = await service.defined(), await service.defined(name="Other")
    uses = [{"characteristicId": one["id"], "required": True}]
    phone = {"id": str(uuid4()), "key": "phone", "version": 1, "uses": uses}
    changed = {**phone, "version": 2, "uses": [{"characteristicId": other["id"]}]}
    await service.hear("specification.revised.v1", changed)
    await service.hear("specification.defined.v1", phone)  # late, so it says nothing
    assert (await service.delete(f"/characteristics/{one['id']}", 1)).status_code == 204
    assert (await service.delete(f"/characteristics/{other['id']}", 1)).status_code == 409
    await service.hear("specification.deleted.v1", {**changed, "version": 3})
    await service.hear("specification.revised.v1", changed)
    assert (await service.delete(f"/characteristics/{other['id']}", 1)).status_code == 204


async def test_lists_are_filtered_sorted_and_paged(service: Service) -> None:
    for number in range(5):
        await service.defined(name=f"Colour {number}")
    await service.define({"name": "Weight", "valueType": "decimal", "unit": "kg"})
    answer = await service.get("/characteristics?valueType=choice&sort=-name&size=2&page=2")
    assert answer.status_code == 200, answer.text
    assert [one["name"] for one in answer.json()["items"]] == ["Colour 2", "Colour 1"]
    assert (answer.json()["total"], answer.json()["next"]) == (5, 3)
    for query, names in {
        "name=~WEIGH": ["Weight"],
        "unit=kg": ["Weight"],
        "key=colour-3": ["Colour 3"],
        "status=DEPRECATED": [],
    }.items():
        found = (await service.get(f"/characteristics?{query}")).json()
        assert [one["name"] for one in found["items"]] == names, query
        assert found["next"] is None


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("size=101", "/query/size"),
        ("page=0", "/query/page"),
        ("page=1001", "/query/page"),
        ("sort=body", "/query/sort"),
        ("nam=Colour", "/query/nam"),
        ("status=active", "/query/status"),
        ("name=%00", "/query/name"),
        ("name=~a%0ab", "/query/name"),
    ],
)
async def test_a_list_that_cannot_be_is_refused(service: Service, query: str, pointer: str) -> None:
    answer = await service.get(f"/characteristics?{query}")
    assert answer.status_code == 422, answer.text
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]


async def test_many_are_looked_up_at_once(service: Service) -> None:
    one, two, nobody = (
        (await service.defined())["id"],
        (await service.defined(key="other"))["id"],
        str(uuid4()),
    )
    answer = await service.http.post(
        "/characteristics/lookup", json={"ids": [two, nobody, one]}, headers=service.headers("reader")
    )
    assert answer.status_code == 200, answer.text
    assert [found["id"] for found in answer.json()["items"]] == [two, one]
    assert answer.json()["missing"] == [nobody]


async def test_readers_only_read(service: Service) -> None:
    one = await service.defined()
    before = await service.counts()
    address, reader = f"/characteristics/{one['id']}", service.headers("reader", if_match='"1"')
    for answer in (
        await service.define(role="reader"),
        await service.revise(one["id"], COLOUR, 1, role="reader"),
        await service.http.post(f"{address}/deprecate", headers=reader),
        await service.http.delete(address, headers=reader),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert (await service.http.get(address)).status_code == 401
    assert await service.counts() == before


async def test_an_unknown_one_is_not_found(service: Service) -> None:
    for answer in (
        await service.get(f"/characteristics/{uuid4()}"),
        await service.revise(str(uuid4()), COLOUR, 1),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (await service.get("/characteristics/colour")).status_code == 422


async def test_readiness_tells_how_the_outbox_is(service: Service) -> None:
    async def outbox() -> Any:
        return (await service.http.get("/readyz")).json()["dependencies"]["outbox"]

    for _ in range(100):
        if (found := await outbox())["status"] == "up":
            break
        await asyncio.sleep(0.05)
    assert found["detail"]["mode"] in ("notify", "poll")
