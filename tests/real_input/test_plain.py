"""The plain count itself: a count that cannot be wrong proves nothing."""

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tests.real_input.comparing import Ledger
from tests.real_input.edits import Edits
from tests.real_input.plain import Catalogue, raised
from tests.real_input.run import SAMPLE

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def catalogue() -> Catalogue:
    """Two phones in two colours, one of them at a price that is over, and one without a price."""
    colour: dict[str, Any] = {"key": "colour", "name": "Colour", "valueType": "choice", "multiple": True}
    colour["allowedValues"] = [{"code": "red", "label": "Red"}, {"code": "blue", "label": "Blue"}]
    memory = {"key": "memory", "name": "Memory", "valueType": "integer"}
    uses = [{"characteristic": "colour"}, {"characteristic": "memory"}]
    old, new = {"to": "2026-10-01T00:00:00Z"}, {"from": "2026-10-01T00:00:00Z"}
    prices: list[dict[str, Any]] = [
        {"key": "old", "priceKind": "ONE_TIME", "money": {"amount": "9", "currency": "EUR"}, "validFor": old},
        {
            "key": "new",
            "priceKind": "ONE_TIME",
            "money": {"amount": "11", "currency": "EUR"},
            "validFor": new,
        },
        {"key": "call", "priceKind": "USAGE", "money": {"amount": "0.01", "currency": "EUR"}},
    ]
    offerings: list[dict[str, Any]] = [
        {"key": "a", "category": "phones/android", "prices": ["new", "call"], "publish": True},
        {"key": "b", "category": "phones", "prices": ["old"], "publish": True},
        {"key": "c", "category": "phones", "prices": []},
    ]
    values = {"colour": ["red", "blue"], "memory": 8}
    return Catalogue(
        {"colour": colour, "memory": memory},
        {"phone": {"key": "phone", "uses": uses}},
        {one["key"]: one for one in prices},
        {
            one["key"]: {"name": one["key"], "specification": "phone", "values": values, **one}
            for one in offerings
        },
    )


def test_what_is_sold_by_a_valid_price_is_on_sale() -> None:
    found = catalogue().entries(NOW)
    assert found == {
        "a": {
            "name": "a",
            "category": "phones/android",
            "attributes": [("colour", "red"), ("colour", "blue"), ("memory", 8)],
            "prices": [("new", Decimal("11.00"), "EUR", []), ("call", Decimal("0.01"), "EUR", [])],
            "from": {"EUR": Decimal(11)},
        }
    }
    assert [*catalogue().entries(datetime(2026, 9, 1, tzinfo=UTC))] == ["a", "b"]


def test_facets_count_every_step_of_a_category_and_every_choice() -> None:
    assert catalogue().facets(datetime(2026, 9, 1, tzinfo=UTC)) == [
        ("attr.colour", "Colour", [("blue", "Blue", 2), ("red", "Red", 2)]),
        ("category", "Category", [("phones", "phones", 2), ("phones/android", "phones/android", 1)]),
    ]


def test_live_offerings_hold_their_prices() -> None:
    assert catalogue().holders() == {"new": {"a"}, "call": {"a"}, "old": {"b"}}


def test_a_price_rises_in_all_of_its_tiers() -> None:
    row = {"key": "p", "money": {"currency": "EUR"}, "tiers": [{"from": "0", "amount": "1"}]}
    assert raised(row, key="q") == {**row, "key": "q", "tiers": [{"from": "0", "amount": "1.5"}]}


def test_the_edits_of_the_sample_are_as_many_as_were_asked_for() -> None:
    plain = Catalogue.read(SAMPLE)
    edits = Edits.of(plain)
    before = plain.entries(NOW)
    edits.apply(plain)
    after = plain.entries(NOW)
    assert (len(plain.live), len(before), len(after)) == (1385, 1435, 1385)
    assert len({*edits.retired}) == 50
    assert sum(before[key] != after[key] for key in after) == 100 - 10  # ten of the fifty were revised
    assert Counter(plain.published.values()) == {1: 1335, 2: 50, 3: 50}


def test_a_ledger_is_clean_when_nothing_is_wrong() -> None:
    assert Ledger(compared={"entries": 3}).clean
    assert not Ledger(stuck=["one"]).clean
