"""How a price and its commands look in JSON: pydantic reads the domain's classes as they are."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from pydantic import TypeAdapter, ValidationError

from kernel.validity import Validity
from pricing.domain import Definition, Kind, Mode, Money, Price, Rate, Tier
from pricing.use_cases.charge import Charge
from pricing.use_cases.define import Define
from pricing.use_cases.hear_offering import Offering
from pricing.use_cases.revise import Revise

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
ID = UUID("0190f0d0-0000-7000-8000-000000000001")
FEE: dict[str, Any] = {
    "name": "Fee",
    "kind": "ONE_TIME",
    "money": {"amount": "12.50", "currency": "EUR"},
}


def data() -> Price:
    """A price with something in every field."""
    price = Price.define(
        Definition(
            name="Data",
            description="By use.",
            kind=Kind.USAGE,
            money=Rate(currency="EUR"),
            unit_of_measure="GB",
            tiers=(
                Tier(from_=Decimal(0), amount=Decimal("0.5")),
                Tier(from_=Decimal("10.5"), amount=Decimal("0.000012")),
            ),
            mode=Mode.GRADUATED,
            valid_for=Validity(from_=NOW, to=datetime(2027, 1, 1, tzinfo=UTC)),
            tax_included=True,
        )
    )
    price.pull_event()
    price.hold(offering_id=ID, offering_key="fibre", publication_id=ID, seconds=60, now=NOW)
    return price


def test_a_price_survives_json() -> None:
    adapter, before = TypeAdapter(Price), data()
    assert adapter.validate_json(adapter.dump_json(before, by_alias=True)) == before


def test_json_is_camel_case_and_exact() -> None:
    body = json.loads(TypeAdapter(Price).dump_json(data(), by_alias=True))
    del body["id"], body["createdAt"], body["modifiedAt"]
    assert body == {
        "version": 0,
        "createdBy": "",
        "modifiedBy": "",
        "key": "data",
        "name": "Data",
        "description": "By use.",
        "kind": "USAGE",
        "money": {"amount": None, "currency": "EUR"},
        "period": None,
        "unitOfMeasure": "GB",
        "tiers": [{"from": "0", "amount": "0.50"}, {"from": "10.5", "amount": "0.000012"}],
        "mode": "GRADUATED",
        "validFor": {"from": "2026-05-01T12:00:00Z", "to": "2027-01-01T00:00:00Z"},
        "taxIncluded": True,
        "holds": [
            {
                "offeringId": str(ID),
                "offeringKey": "fibre",
                "publicationId": str(ID),
                "token": 1,
                "expiresAt": "2026-05-01T12:01:00Z",
            }
        ],
        "lastToken": 1,
        "locked": True,
    }


def test_an_amount_is_read_exactly() -> None:
    text = "123456789012345678.123456789012"
    wanted = TypeAdapter(Define).validate_python({**FEE, "money": {"amount": text, "currency": "EUR"}})
    assert str(wanted.money.amount) == text


@pytest.mark.parametrize(
    "amount", [12.5, 12, True, "", " 12", "12,50", "1_000", "1e5", "NaN", "Infinity", ".5", "5.", "007", []]
)
@pytest.mark.parametrize("place", ["money", "tiers", "quantity"])
def test_an_amount_is_a_decimal_text_and_nothing_else(amount: object, place: str) -> None:
    bodies: dict[str, tuple[Any, dict[str, Any], tuple[Any, ...]]] = {
        "money": (
            Define,
            {**FEE, "money": {"amount": amount, "currency": "EUR"}},
            ("money", "amount"),
        ),
        "tiers": (Define, {**FEE, "tiers": [{"from": amount, "amount": "1"}]}, ("tiers", 0, "from")),
        "quantity": (Charge, {"quantity": amount}, ("quantity",)),
    }
    model, body, location = bodies[place]
    adapter: TypeAdapter[Any] = TypeAdapter(model)
    for written in (False, True):
        with pytest.raises(ValidationError) as refusal:
            adapter.validate_json(json.dumps(body)) if written else adapter.validate_python(body)
        (fault,) = refusal.value.errors()
        assert fault["loc"] == location
        assert fault["msg"] == 'Value error, A number as text, such as "12.50", is accepted here'


def test_money_is_written_without_an_exponent() -> None:
    money = Money(amount=Decimal("0.0000001"), currency="EUR")
    written = TypeAdapter(Money).dump_json(money)
    assert json.loads(written) == {"amount": "0.0000001", "currency": "EUR"}
    assert TypeAdapter(Money).validate_json(written) == money


@pytest.mark.parametrize("moment", [1700000000, 1.5, True, "1700000000", "2026-01-31", "tomorrow", ""])
def test_a_moment_is_a_text_and_nothing_else(moment: object) -> None:
    with pytest.raises(ValidationError) as refusal:
        TypeAdapter(Define).validate_python({**FEE, "validFor": {"from": moment}})
    (fault,) = refusal.value.errors()
    assert fault["loc"] == ("validFor", "from")
    assert fault["msg"] == 'Value error, A moment as text, such as "2026-01-31T00:00:00Z", is accepted here'


def test_the_schema_says_that_amounts_are_texts() -> None:
    schema = TypeAdapter(Define).json_schema()
    assert schema["$defs"]["Tier"]["properties"]["amount"] == {
        "title": "Amount",
        "type": "string",
        "pattern": r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$",
    }
    assert schema["$defs"]["Validity"]["properties"].keys() == {"from", "to"}


@pytest.mark.parametrize(
    "extra",
    [
        {"key": "x"},
        {"locked": True},
        {"holds": []},
        {"money": {"amount": "1", "currency": "EUR", "cents": 1}},
        {"tiers": [{"from": "0"}]},
        {"validFor": {"until": None}},
    ],
)
def test_a_revision_has_no_key_no_holds_and_no_unknown_names(extra: dict[str, object]) -> None:
    assert TypeAdapter(Revise).validate_python(FEE).name == "Fee"
    with pytest.raises(ValidationError):
        TypeAdapter(Revise).validate_python({**FEE, **extra})


def test_of_an_offering_only_its_prices_are_heard() -> None:
    other = UUID("0190f0d0-0000-7000-8000-000000000002")
    content = {"name": "Fibre", "priceIds": [str(ID)], "values": {"speed": 100}}
    offering = {"id": str(ID), "key": "fibre", "version": 3, "status": "PUBLISHED"}
    heard = TypeAdapter(Offering).validate_python(
        {**offering, "draft": content, "live": {**content, "priceIds": [str(other), str(ID)]}}
    )
    assert (heard.key, heard.version, heard.used) == ("fibre", 3, {ID, other})
    heard = TypeAdapter(Offering).validate_python({**offering, "draft": None, "live": None})
    assert heard.used == set()
