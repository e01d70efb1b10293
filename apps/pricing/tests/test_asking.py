"""What the service is asked and that changes nothing: lists, looking up, charging."""

from typing import Any
from uuid import uuid4

import pytest

from apps.pricing.tests.conftest import FEE, MONTHLY, TRAFFIC, Service


async def test_lists_are_filtered_sorted_and_paged(service: Service) -> None:
    for number in range(5):
        await service.defined(name=f"Fee {number}", money={"amount": str(10 - 2 * number), "currency": "EUR"})
    await service.defined(MONTHLY)
    await service.defined(TRAFFIC)
    held = await service.hold((await service.get("/prices?key=fee-3")).json()["items"][0]["id"])
    assert held.status_code == 200
    answer = await service.get("/prices?kind=ONE_TIME&sort=-name&size=2&page=2")
    assert answer.status_code == 200, answer.text
    assert [one["name"] for one in answer.json()["items"]] == ["Fee 2", "Fee 1"]
    assert (answer.json()["total"], answer.json()["next"]) == (5, 3)
    fees = [f"Fee {number}" for number in range(5)]
    for query, names in {
        "name=~TRAF": ["Traffic"],
        "currency=USD": ["Traffic"],
        "key=fee-3": ["Fee 3"],
        "kind=RECURRING": ["Monthly fee"],
        "locked=true": ["Fee 3"],
        "locked=false&sort=name": ["Fee 0", "Fee 1", "Fee 2", "Fee 4", "Monthly fee", "Traffic"],
        "currency=GBP": [],
        "sort=amount": [*reversed(fees), "Monthly fee", "Traffic"],
        "sort=-locked,name&size=2": ["Fee 3", "Fee 0"],
    }.items():
        found = (await service.get(f"/prices?{query}")).json()
        assert [one["name"] for one in found["items"]] == names, query


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("size=101", "/query/size"),
        ("sort=body", "/query/sort"),
        ("sort=tiers", "/query/sort"),
        ("nam=Fee", "/query/nam"),
        ("kind=once", "/query/kind"),
        ("locked=perhaps", "/query/locked"),
        ("currency=%00", "/query/currency"),
    ],
)
async def test_a_list_that_cannot_be_is_refused(service: Service, query: str, pointer: str) -> None:
    answer = await service.get(f"/prices?{query}")
    assert answer.status_code == 422, answer.text
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]


async def test_many_are_looked_up_at_once(service: Service) -> None:
    one, two, nobody = (await service.defined()), (await service.defined(MONTHLY)), str(uuid4())
    answer = await service.post("/prices/lookup", {"ids": [two["id"], nobody, one["id"]]}, role="reader")
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"items": [two, one], "missing": [nobody]}
    answer = await service.post("/prices/lookup", {"ids": [str(uuid4()) for _ in range(101)]})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/ids")


async def test_an_offering_s_prices_are_checked(service: Service) -> None:
    one, nobody = await service.defined(), str(uuid4())
    ended = {"from": None, "to": "2026-01-31T00:00:00+01:00"}
    over = await service.defined(MONTHLY, validFor=ended)
    before = await service.counts()
    ids = [over["id"], one["id"], nobody]
    answer = await service.post("/prices/check", {"ids": ids}, role="reader", idempotency_key="one")
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "problems": [
                {
                    "code": "PRICE_EXPIRED",
                    "message": "The price monthly-fee was valid until 2026-01-30T23:00:00Z.",
                    "pointer": "/priceIds/0",
                },
                {
                    "code": "PRICE_MISSING",
                    "message": f"There is no price with the id {nobody}.",
                    "pointer": "/priceIds/2",
                },
            ]
        },
    )
    answer = await service.post("/prices/check", {"ids": [one["id"]]}, role="reader")
    assert (answer.status_code, answer.json()) == (200, {"problems": []})
    answer = await service.post("/prices/check", {"ids": [nobody] * 101}, role="reader")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/ids")
    assert await service.counts() == before


@pytest.mark.parametrize(
    ("price", "quantity", "shown", "amount"),
    [
        (FEE, "3", "3", "37.50"),
        (FEE, "-0", "0", "0.00"),
        (MONTHLY, "12", "12", "478.80"),
        (TRAFFIC, "0", "0", "0.00"),
        (TRAFFIC, "101.50", "101.5", "50.00018"),
        (TRAFFIC, "0.0000001", "0.0000001", "0.00000005"),
    ],
)
async def test_charging(service: Service, price: Any, quantity: str, shown: str, amount: str) -> None:
    one = await service.defined(price)
    before = await service.counts()
    answer = await service.post(
        f"/prices/{one['id']}/charge", {"quantity": quantity}, role="reader", idempotency_key="one"
    )
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"quantity": shown, "amount": amount, "currency": one["money"]["currency"]}
    assert await service.counts() == before


@pytest.mark.parametrize(
    ("quantity", "status"), [("-1", 400), ("1" * 19, 400), ("0." + "1" * 13, 400), (12, 422), ("many", 422)]
)
async def test_charges_that_are_refused(service: Service, quantity: Any, status: int) -> None:
    one = await service.defined()
    answer = await service.post(f"/prices/{one['id']}/charge", {"quantity": quantity}, role="reader")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (status, "/quantity")
    assert (await service.post(f"/prices/{uuid4()}/charge", {"quantity": "1"})).status_code == 404
