"""The service over HTTP: what it answers, and what it refuses without a trace in the database."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest

from apps.pricing.tests.conftest import FEE, MONTHLY, TRAFFIC, Service

NOTHING = {"price": 0, "event_log": 0, "audit": 0, "reply": 0}


async def test_what_is_defined_is_shown(service: Service) -> None:
    validity = {"from": "2026-01-01T00:00:00+01:00", "to": None}
    answer = await service.define({**TRAFFIC, "description": "Beyond.", "validFor": validity})
    assert answer.status_code == 201, answer.text
    shown = answer.json()
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["location"] == f"prices/{shown['id']}"
    assert shown == {
        "id": shown["id"],
        "key": "traffic",
        "version": 1,
        "name": "Traffic",
        "description": "Beyond.",
        "kind": "USAGE",
        "money": {"amount": None, "currency": "USD"},
        "period": None,
        "unitOfMeasure": "GB",
        "tiers": [{"from": "0", "amount": "0.50"}, {"from": "100", "amount": "0.00012"}],
        "mode": "GRADUATED",
        "validFor": {"from": "2025-12-31T23:00:00Z", "to": None},
        "taxIncluded": False,
        "holds": [],
        "lastToken": 0,
        "locked": False,
        "createdAt": shown["createdAt"],
        "createdBy": "author",
        "modifiedAt": shown["createdAt"],
        "modifiedBy": "author",
    }
    again = await service.get(f"/prices/{shown['id']}")
    assert (again.status_code, again.json(), again.headers["etag"]) == (200, shown, '"1"')


async def test_amounts_are_spelled_as_their_currency_is(service: Service) -> None:
    for sent, currency, shown in (("12.5", "EUR", "12.50"), ("1200", "JPY", "1200"), ("1", "KWD", "1.000")):
        one = await service.defined(key=currency.lower(), money={"amount": sent, "currency": currency})
        assert one["money"] == {"amount": shown, "currency": currency}


async def test_a_faulty_definition_names_every_fault_and_does_nothing(service: Service) -> None:
    faulty = {
        **MONTHLY,
        "name": "",
        "money": {"amount": "0.505", "currency": "EUR"},
        "period": {"unit": "month", "length": 0},
        "unitOfMeasure": "GB",
        "mode": "VOLUME",
        "validFor": {"from": "2026-01-31T00:00:00"},
    }
    answer = await service.define(faulty)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert [(one["code"], one["pointer"]) for one in answer.json()["errors"]] == [
        ("key", "/key"),
        ("length", "/name"),
        ("scale", "/money/amount"),
        ("range", "/period/length"),
        ("not_for_kind", "/unitOfMeasure"),
        ("not_without_tiers", "/mode"),
        ("time_zone", "/validFor/from"),
    ]
    assert await service.counts() == NOTHING


@pytest.mark.parametrize(
    ("wanted", "pointer"),
    [
        ({"name": "Fee", "kind": "ONE_TIME"}, "/money"),
        ({**FEE, "kind": "once"}, "/kind"),
        ({**FEE, "locked": False}, "/locked"),
        ({**FEE, "holds": []}, "/holds"),
        ({**FEE, "version": 7}, "/version"),
        ({**FEE, "money": {"amount": 12.5, "currency": "EUR"}}, "/money/amount"),
        ({**FEE, "money": {"amount": 12, "currency": "EUR"}}, "/money/amount"),
        ({**FEE, "money": {"amount": "1e2", "currency": "EUR"}}, "/money/amount"),
        ({**FEE, "money": {"amount": "1"}}, "/money/currency"),
        ({**FEE, "tiers": [{"from": 0, "amount": "1"}]}, "/tiers/0/from"),
        ({**FEE, "tiers": [{"from": "0", "amount": 1}]}, "/tiers/0/amount"),
        ({**FEE, "mode": "volume"}, "/mode"),
        ({**MONTHLY, "period": {"unit": "week"}}, "/period/unit"),
        ({**FEE, "validFor": {"from": 1700000000}}, "/validFor/from"),
        ({**FEE, "validFor": {"to": "2026-13-01T00:00:00Z"}}, "/validFor/to"),
        ([], ""),
    ],
)
async def test_a_malformed_definition_is_refused(service: Service, wanted: Any, pointer: str) -> None:
    answer = await service.define(wanted)
    assert answer.status_code == 422, answer.text
    assert pointer in [one["pointer"] for one in answer.json()["errors"]]
    assert await service.counts() == NOTHING


async def test_an_amount_that_is_a_number_is_refused_clearly(service: Service) -> None:
    answer = await service.define({**FEE, "money": {"amount": 12.5, "currency": "EUR"}})
    (fault,) = answer.json()["errors"]
    assert 'A number as text, such as "12.50", is accepted here' in fault["message"]


UNSTORABLE: list[dict[str, Any]] = [
    {**FEE, "name": "a\u0000b"},
    {**FEE, "description": "\ud800"},
    {**FEE, "money": {"amount": "1", "currency": "\ud800"}},
    {**TRAFFIC, "unitOfMeasure": "G\u0000B"},
    {**FEE, "\ud800": 1},
]


@pytest.mark.parametrize("wanted", UNSTORABLE, ids=range(len(UNSTORABLE)))
async def test_characters_that_nobody_can_store_are_refused(service: Service, wanted: Any) -> None:
    headers = service.headers(content_type="application/json")
    answer = await service.http.post("/prices", content=json.dumps(wanted), headers=headers)
    assert answer.status_code in (400, 422), answer.text
    assert answer.json()["errors"]
    assert await service.counts() == NOTHING


async def test_a_key_is_taken_once(service: Service) -> None:
    await service.defined()
    answer = await service.define({**MONTHLY, "key": "set-up-fee"})
    assert (answer.status_code, answer.json()["code"]) == (409, "key_taken")
    assert await service.counts() == {**NOTHING, "price": 1, "event_log": 1, "audit": 1}


async def test_a_definition_that_is_sent_twice_is_made_once(service: Service) -> None:
    first, second = [await service.define(idempotency_key="one") for _ in range(2)]
    assert (first.status_code, second.status_code, second.content) == (201, 201, first.content)
    assert await service.counts() == {"price": 1, "event_log": 1, "audit": 1, "reply": 1}


async def test_a_revision_needs_the_version_that_was_seen(service: Service) -> None:
    one = await service.defined()
    address, wanted = f"/prices/{one['id']}", {**MONTHLY, "taxIncluded": True}
    answer = await service.send("PUT", address, wanted)
    assert (answer.status_code, answer.json()["code"]) == (428, "version_missing")
    answer = await service.revise(one["id"], wanted, 1)
    assert (answer.status_code, answer.json()["version"], answer.headers["etag"]) == (200, 2, '"2"')
    assert (answer.json()["name"], answer.json()["key"]) == ("Monthly fee", "set-up-fee")
    assert answer.json()["period"] == {"unit": "month", "length": 1}
    answer = await service.revise(one["id"], wanted, 1)
    assert (answer.status_code, answer.json()["code"]) == (412, "stale")
    answer = await service.send("DELETE", address)
    assert (answer.status_code, answer.json()["code"]) == (428, "version_missing")
    assert await service.events() == ["price.defined.v1", "price.revised.v1"]


async def test_a_revision_that_changes_nothing_makes_no_version(service: Service) -> None:
    one = await service.defined()
    answer = await service.revise(one["id"], {**FEE, "money": {"amount": "12.5", "currency": "EUR"}}, 1)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')
    assert await service.events() == ["price.defined.v1"]


async def test_deleting(service: Service) -> None:
    one = await service.defined()
    answer = await service.delete(f"/prices/{one['id']}", 1)
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await service.get(f"/prices/{one['id']}")).status_code == 404
    assert await service.events() == ["price.defined.v1", "price.deleted.v1"]


def offering(*, draft: list[str] | None, live: list[str] | None = None, **more: Any) -> dict[str, Any]:
    """An offering as others tell of it."""
    contents = [None if ids is None else {"name": "Fibre", "priceIds": ids} for ids in (draft, live)]
    return {"key": "fibre", "version": 1, "draft": contents[0], "live": contents[1], **more}


@pytest.mark.parametrize("type", ["drafted", "revised", "retired"])
async def test_what_an_offering_uses_is_not_deleted(service: Service, type: str) -> None:
    draft, live = await service.defined(), await service.defined(MONTHLY)
    heard = offering(draft=[draft["id"]], live=[live["id"]], id=str(uuid4()))
    await service.hear(f"offering.{type}.v1", heard)
    for one in (draft, live):
        answer = await service.delete(f"/prices/{one['id']}", 1)
        assert (answer.status_code, answer.json()["code"]) == (409, "in_use")
        assert answer.json()["detail"] == f"{one['name']} is used by fibre: end its validity instead."
    assert (await service.counts())["event_log"] == 2


async def test_what_is_not_used_any_more_is_deleted(service: Service) -> None:
    one, other, id = await service.defined(), await service.defined(MONTHLY), str(uuid4())
    first = offering(draft=[one["id"]], id=id)
    later = offering(draft=None, live=[other["id"]], id=id, version=2)
    await service.hear("offering.revised.v1", later)
    await service.hear("offering.drafted.v1", first)  # late, so it says nothing
    assert (await service.delete(f"/prices/{one['id']}", 1)).status_code == 204
    assert (await service.delete(f"/prices/{other['id']}", 1)).status_code == 409
    await service.hear("offering.deleted.v1", {**later, "version": 3})
    await service.hear("offering.revised.v1", later)
    assert (await service.delete(f"/prices/{other['id']}", 1)).status_code == 204


async def test_readers_only_read(service: Service) -> None:
    one = await service.defined()
    before = await service.counts()
    for answer in (
        await service.define(MONTHLY, role="reader"),
        await service.revise(one["id"], MONTHLY, 1, role="reader"),
        await service.delete(f"/prices/{one['id']}", 1, role="reader"),
        await service.hold(one["id"], role="publisher"),
        await service.release(one["id"], str(uuid4()), role="publisher"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert (await service.http.get(f"/prices/{one['id']}")).status_code == 401
    assert (await service.http.post("/prices/lookup", content=b"{")).status_code == 401
    assert (await service.http.post(f"/prices/{one['id']}/charge", content=b"{")).status_code == 401
    assert await service.counts() == before


async def test_an_unknown_one_is_not_found(service: Service) -> None:
    for answer in (
        await service.get(f"/prices/{uuid4()}"),
        await service.revise(str(uuid4()), FEE, 1),
        await service.delete(f"/prices/{uuid4()}", 1),
        await service.hold(str(uuid4())),
        await service.release(str(uuid4()), str(uuid4())),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_of_fifty_revisions_one_wins(service: Service) -> None:
    one = await service.defined()
    answers = await asyncio.gather(
        *(service.revise(one["id"], {**FEE, "name": f"Name {number}"}, 1) for number in range(50))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 49
