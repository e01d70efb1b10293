"""Questions in addresses: what is understood, and what is said of what is not."""

from decimal import Decimal
from typing import Any

import pytest

from kernel.errors import Invalid
from store.domain.search import By, OneOf, Place, PriceRange, Range, Search
from store_app.questions import StoreQuery, cursor_at


def asked(**parameters: Any) -> Search:
    return StoreQuery.model_validate(parameters).search()


def refused(**parameters: Any) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as error:
        asked(**parameters)
    return [(one.code, one.pointer) for one in error.value.problems]


def test_nothing_is_asked_for_everything_by_name() -> None:
    assert asked() == Search(by=By.NAME, descending=False, limit=24, counted=True)


def test_words_are_folded_and_what_matches_best_comes_first() -> None:
    wanted = asked(q="  Café, the CAFÉ pho ")
    assert (wanted.words, wanted.by, wanted.descending) == (("cafe", "the", "pho"), By.RELEVANCE, True)
    assert asked(q="café", sort="name").by is By.NAME


def test_choices_of_one_characteristic_are_one_filter() -> None:
    wanted = asked(**{"attr.color": ["red, blue", "green"], "attr.cores": "8.0"})
    assert wanted.one_of == (
        OneOf(key="color", values=("red", "blue", "green")),
        OneOf(key="cores", values=("8.0", "8")),
    )


def test_bounds_are_in_the_characteristic_s_unit_or_in_any_of_its_dimension() -> None:
    (bare,) = asked(**{"attr.ram.gte": "8", "attr.ram.lt": "16.5"}).ranges
    assert bare == Range(key="ram", bounds={"gte": 8.0, "lt": 16.5})
    (mega,), (giga,) = (asked(**{"attr.ram.gte": size}).ranges for size in ("1000MB", "1 GB"))
    assert mega == giga
    assert giga.dimension is not None
    (day,) = asked(**{"attr.released.gt": "2026-01-31"}).ranges
    assert day == Range(key="released", bounds={"gt": 739647.0})


def test_prices_are_exact() -> None:
    wanted = asked(**{"price.gte": "0.0000001", "price.lte": "40", "currency": "EUR", "sort": "-price"})
    assert wanted.price == PriceRange(gte=Decimal("0.0000001"), lte=Decimal(40))
    assert (wanted.by, wanted.descending, wanted.currency) == (By.PRICE, True, "EUR")


@pytest.mark.parametrize("asks", [{"sort": "price"}, {"price.lte": "40"}])
def test_prices_are_compared_in_a_currency(asks: dict[str, str]) -> None:
    assert refused(**asks) == [("currency", "/query/currency")]


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("colour", "red", "unknown"),
        ("attr.ram.about", "8", "unknown"),
        ("attr.RAM", "8", "unknown"),
        ("attr.ram.gte", "much", "bound"),
        ("attr.ram.gte", "8 furlong-ish", "bound"),
        ("attr.ram.gte", "8 dB", "bound"),
        ("attr.ram.gte", "1 Ym99", "bound"),
        ("attr.ram.gte", "1 10^999", "bound"),
        ("attr.ram.gte", ["8", "4"], "repeated"),
        ("q", " !!! ", "words"),
        ("attr.color", " , ", "length"),
        ("attr.color", ",".join(map(str, range(51))), "length"),
    ],
)
def test_each_part_that_is_not_understood_is_named(name: str, value: Any, code: str) -> None:
    assert refused(**{name: value}) == [(code, f"/query/{name}")]


def test_filters_are_bounded() -> None:
    assert refused(**{f"attr.a{index}": "1" for index in range(21)}) == [("length", "/query")]


def test_a_cursor_goes_on_with_the_same_question_and_no_other() -> None:
    wanted = asked(q="phone", limit=2)
    cursor = cursor_at(Place(value="1", id="x"), wanted)
    again = asked(q="phone", limit=50, cursor=cursor)
    assert (again.after, again.counted) == (Place(value="1", id="x"), False)
    assert refused(q="phones", cursor=cursor) == [("cursor", "/query/cursor")]


@pytest.mark.parametrize("cursor", ["abc", "W10", "WyJhIl0", "bnVsbA", "__________8"])
def test_a_cursor_that_is_none_of_ours_is_refused(cursor: str) -> None:
    assert refused(cursor=cursor) == [("cursor", "/query/cursor")]


def test_a_cursor_of_a_number_has_a_number() -> None:
    wanted = asked(sort="price", currency="EUR")
    cursor = cursor_at(Place(value="cheap", id="x"), wanted)
    assert refused(sort="price", currency="EUR", cursor=cursor) == [("cursor", "/query/cursor")]


def test_a_number_of_eight_digits_is_no_date() -> None:
    (bound,) = asked(**{"attr.context.gte": "10240512"}).ranges
    assert bound.bounds == {"gte": 10240512.0}


def test_a_cursor_is_short_in_every_script() -> None:
    wanted = asked()
    place = Place(value="\U0001f600" * 100, id="01a21cda-c82d-7051-900f-7d9462f84d57")
    assert asked(cursor=cursor_at(place, wanted)).after == place
