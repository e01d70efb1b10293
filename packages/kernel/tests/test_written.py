"""Decimals and moments are text in JSON, and what is written is read again."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis.strategies import decimals
from pydantic import TypeAdapter, ValidationError

from kernel.written import Flag, Whole, WrittenDecimal, WrittenLimit


@dataclass(frozen=True)
class Amounts:
    """One of each."""

    exact: WrittenDecimal
    limit: WrittenLimit
    none: WrittenDecimal | None = None


ADAPTER: TypeAdapter[Amounts] = TypeAdapter(Amounts)


@given(decimals(allow_nan=False, allow_infinity=False, places=12, min_value=-(10**18), max_value=10**18))
def test_what_is_written_is_read_again(number: Decimal) -> None:
    one = Amounts(number, number, number)
    assert ADAPTER.validate_json(ADAPTER.dump_json(one)) == one


@pytest.mark.parametrize(
    ("number", "text"),
    [("0.0000001", "0.0000001"), ("1E-12", "0.000000000001"), ("1E+3", "1000"), ("12.50", "12.50")],
)
def test_nothing_is_written_with_an_exponent(number: str, text: str) -> None:
    one = Amounts(Decimal(number), Decimal(number))
    assert ADAPTER.dump_json(one).decode() == f'{{"exact":"{text}","limit":"{text}","none":null}}'


@pytest.mark.parametrize("said", ["1", "1.5", '"1e5"', '"1_0"', '"NaN"', '"."', '"\u0663"', "true", '""'])
def test_what_is_no_written_decimal_is_refused(said: str) -> None:
    with pytest.raises(ValidationError, match="as text"):
        ADAPTER.validate_json(f'{{"exact":{said},"limit":"1"}}')


@pytest.mark.parametrize(("said", "read"), [("1.5", "1.5"), ('"1e3"', "1000"), ('"-0.5"', "-0.5")])
def test_a_limit_may_be_a_number(said: str, read: str) -> None:
    assert ADAPTER.validate_json(f'{{"exact":"1","limit":{said}}}').limit == Decimal(read)


def test_programs_are_told_what_is_accepted() -> None:
    told: dict[str, Any] = ADAPTER.json_schema()["properties"]
    assert told["exact"]["type"] == "string"
    assert [one["type"] for one in told["limit"]["anyOf"]] == ["number", "string"]


@pytest.mark.parametrize(
    ("type", "value", "read"),
    [(Flag, True, True), (Flag, False, False), (Whole, 7, 7), (Whole, -1, -1), (Whole, 7.0, 7)],
)
def test_booleans_and_integers_are_those_of_json(type: Any, value: object, read: object) -> None:
    found = TypeAdapter(type).validate_python(value)
    assert (found, found.__class__) == (read, read.__class__)


@pytest.mark.parametrize(
    ("type", "value", "accepted"),
    [
        *((Flag, value, "true or false") for value in (0, 1, "true", "no", None)),
        *((Whole, value, "a whole number") for value in (True, "7", 7.5, None)),
    ],
)
def test_what_looks_like_one_is_refused(type: Any, value: object, accepted: str) -> None:
    with pytest.raises(ValidationError, match=f"{accepted} is accepted here"):
        TypeAdapter(type).validate_python(value)
