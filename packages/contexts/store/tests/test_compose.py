"""What becomes of values and moments in an entry."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from store.domain.compose import compose
from store.domain.entry import Attribute, Entry
from store.domain.facets import MOST_CHOSEN, chosen, marks
from store.domain.search import OneOf, Search
from store.domain.sources import (
    AllowedValue,
    Characteristic,
    Content,
    Copy,
    Offering,
    Price,
    Rate,
    Source,
    Specification,
    Use,
)

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
WHAT, PHONE, FEE, OFFER = (UUID(int=number) for number in range(1, 5))
VERSIONED = {"version": 1, "modified_at": NOW}
OFFERING = Offering(
    id=OFFER,
    key="offer",
    **VERSIONED,  # type: ignore[arg-type]
    status="PUBLISHED",
    live=Content(name="Offer", specification_id=PHONE, price_ids=(FEE,)),
    published_at=NOW - timedelta(days=1),
)


def composed(offering: Offering, what: Characteristic) -> Entry:
    """The entry of an offering of which one thing is said."""
    uses, keys = (Use(characteristic_id=WHAT),), ("what",)
    parts: list[Source] = [
        what,
        Specification(id=PHONE, key="phone", **VERSIONED, name="Phone", uses=uses, characteristic_keys=keys),  # type: ignore[arg-type]
        Price(
            id=FEE,
            key="fee",
            **VERSIONED,  # type: ignore[arg-type]
            name="Fee",
            kind="ONE_TIME",
            money=Rate(amount=Decimal(5), currency="EUR"),
        ),
    ]
    entry = compose(Copy(source=offering), {one.id: Copy(source=one) for one in parts}, NOW)
    assert entry is not None
    return entry


def said(value: object, value_type: str, *codes: str, unit: str | None = None) -> Attribute:
    """What is said of an offering with this value."""
    allowed = tuple(AllowedValue(code=code, label=f"Label {code}") for code in codes)
    what = Characteristic(
        id=WHAT,
        key="what",
        **VERSIONED,  # type: ignore[arg-type]
        name="What",
        value_type=value_type,
        unit=unit,
        allowed_values=allowed,
    )
    assert OFFERING.live is not None
    offering = replace(OFFERING, live=replace(OFFERING.live, values={"what": value}))
    (attribute,) = composed(offering, what).attributes
    return attribute


@pytest.mark.parametrize("codes", [("5.1", "5.10"), ("007", "7"), ("1e3", "1000"), ("1_000", "1000")])
def test_choices_that_look_like_one_number_are_two(codes: tuple[str, str]) -> None:
    found = [said(code, "choice", *codes) for code in codes]
    assert [one.text for one in found] == [f"Label {code}" for code in codes]
    what = Characteristic(id=WHAT, key="what", **VERSIONED, name="What", value_type="choice")  # type: ignore[arg-type]
    entry = replace(composed(OFFERING, what), attributes=found)
    assert {mark.value for mark in marks(entry)} == set(codes)


@pytest.mark.parametrize("value", [8, 8.0, "8.00"])
def test_numbers_are_spelled_in_one_way(value: object) -> None:
    assert (said(value, "decimal").text, said(value, "decimal").number) == ("8", 8.0)


def test_a_size_that_no_float_has_is_left_out() -> None:
    found = said(1, "integer", unit="Ym99")
    assert (found.number, found.size, found.dimension) == (1.0, None, None)


def test_what_is_sold_was_published_when_it_was() -> None:
    what = Characteristic(id=WHAT, key="what", **VERSIONED, name="What", value_type="text")  # type: ignore[arg-type]
    entry = composed(OFFERING, what)
    assert (entry.published_at, entry.committed_at) == (NOW - timedelta(days=1), NOW)


def test_the_siblings_of_a_few_choices_are_counted() -> None:
    many = tuple(OneOf(key=f"key-{index}", values=("x",)) for index in range(20))
    assert len(chosen(Search(one_of=many, category=("phones",)))) == MOST_CHOSEN
