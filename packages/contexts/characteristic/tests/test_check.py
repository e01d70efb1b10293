"""The one validator, value by value."""

import time
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from characteristic.domain import AllowedValue, Characteristic, Constraints, Definition, ValueType
from characteristic.domain.patterns import check_pattern, matches
from kernel.errors import Problem

COLOURS = (
    AllowedValue(code="red", label="Red"),
    AllowedValue(code="grey", label="Grey", deprecated=True),
    AllowedValue(code="blue", label="Blue"),
)


def verdict(value: object, type: str, *, multiple: bool = False, **constraints: Any) -> str | None:
    """The code of the rule that a value breaks; after @ its pointer, when it has one."""
    colours = COLOURS if type == "choice" else ()
    said = Constraints(**constraints)
    wanted = Definition(
        name="x", value_type=ValueType(type), constraints=said, allowed_values=colours, multiple=multiple
    )
    problem = Characteristic.define(wanted).check(value)
    if problem is None:
        return None
    assert problem.message.endswith(".")
    return f"{problem.code}@{problem.pointer}" if problem.pointer else problem.code


@pytest.mark.parametrize(
    ("value", "broken"),
    [
        ("x", None),
        ("two\nlines", None),
        ("t" * 4000, None),
        ("", "empty"),
        (" \n", "empty"),
        ("t" * 4001, "max_length"),
        ("a\0b", "characters"),
        ("\ud800", "characters"),
        (1, "type"),
        (True, "type"),
        (None, "type"),
        (["x"], "type"),
        ({}, "type"),
    ],
)
def test_texts(value: object, broken: str | None) -> None:
    assert verdict(value, "text") == broken


@pytest.mark.parametrize(
    ("value", "broken"),
    [("AB1", None), ("AB12", None), ("AB123", "max_length"), ("XAB1", "pattern"), ("AB1\n", "pattern")],
)
def test_a_pattern_matches_the_whole_text(value: str, broken: str | None) -> None:
    assert verdict(value, "text", pattern="[AB]+[0-9]+", max_length=4) == broken


def test_length_counts_characters_not_bytes() -> None:
    assert verdict("ä😀", "text", max_length=2, pattern="..") is None


def test_no_pattern_is_slow() -> None:
    assert verdict("a" * 4000, "text", pattern="(a+)+b") == "pattern"  # for hours with backtracking


HEAVY = ["a{1,1000}" * 40, "(a{0,30}){0,30}" * 33, "(a?){0,100}" * 40, "[^x]{1,1000}" * 41, "a{0,100}" * 60]
WORST = ["(.*)" * 125, "(?:ab?){0,99}" * 13, "(?:a?){1000}a{900}", "(a.{0,9}b|.)*" * 20]


@pytest.mark.parametrize("pattern", HEAVY, ids=lambda one: one[:15])
def test_a_pattern_that_would_keep_everybody_waiting_is_refused(pattern: str) -> None:
    begin = time.process_time()
    problem = check_pattern(pattern)
    assert problem is not None
    assert "too much work" in problem.message
    assert not matches(pattern, "a" * 4000), "it may have been accepted by an earlier release"
    assert time.process_time() - begin < 1.0  # 3 to 12 s without a bound


@pytest.mark.parametrize("pattern", WORST, ids=lambda one: one[:15])
def test_the_worst_that_is_accepted_is_quick(pattern: str) -> None:
    assert check_pattern(pattern) is None
    begin = time.process_time()
    for text in ("a" * 3999 + "!", "ab" * 2000, "é" * 4000):
        matches(pattern, text)
    assert time.process_time() - begin < 1.0


@pytest.mark.parametrize(
    ("value", "broken"),
    [
        (0, None),
        (-12, None),
        ("-12", None),
        (10**18 - 1, None),
        (10**18, "digits"),
        ("1" + "0" * 18, "digits"),
        (12.0, "type"),
        ("12.0", "type"),
        ("012", "type"),
        ("+1", "type"),
        (" 1", "type"),
        ("1\n", "type"),
        ("１", "type"),
        ("1e3", "type"),
        ("", "type"),
        (True, "type"),
        (None, "type"),
        ([1], "type"),
    ],
)
def test_integers(value: object, broken: str | None) -> None:
    assert verdict(value, "integer") == broken


@pytest.mark.parametrize(
    ("value", "broken"),
    [
        (12, None),
        (0.1, None),
        (-0.0, None),
        ("12.50", None),
        ("0." + "1" * 39, None),
        ("0." + "1" * 41, "digits"),
        (1e39, None),
        (1e40, "digits"),
        (1e300, "digits"),
        (1e-300, "digits"),
        (float("nan"), "type"),
        (float("inf"), "type"),
        ("NaN", "type"),
        ("Infinity", "type"),
        ("1e3", "type"),
        ("1.", "type"),
        (".5", "type"),
        ("00.5", "type"),
        ("1_000", "type"),
        (False, "type"),
        (None, "type"),
    ],
)
def test_decimals(value: object, broken: str | None) -> None:
    assert verdict(value, "decimal") == broken


@pytest.mark.parametrize(
    ("value", "broken"),
    [
        ("0.50", None),
        (0.75, None),
        ("2.000", None),
        ("0.625", "scale"),
        ("0.49", "min"),
        ("2.01", "max"),
        ("0.76", "step"),
        ("1.25", None),
    ],
)
def test_limits_of_decimals(value: object, broken: str | None) -> None:
    limits: dict[str, Any] = {"min": Decimal("0.5"), "max": Decimal(2), "step": Decimal("0.25"), "scale": 2}
    assert verdict(value, "decimal", **limits) == broken


def test_numbers_of_any_length_are_refused_quickly() -> None:
    assert verdict(10**5000, "integer") == "digits"
    assert verdict(10**5000, "decimal") == "digits"
    assert verdict("1" * 1_000_000, "decimal") == "digits"


def test_steps_count_from_the_min_or_from_zero() -> None:
    assert verdict(7, "integer", min=Decimal(1), step=Decimal(3)) is None
    assert verdict(6, "integer", min=Decimal(1), step=Decimal(3)) == "step"
    assert verdict(6, "integer", step=Decimal(3)) is None
    assert verdict(-6, "integer", step=Decimal(3)) is None
    assert verdict(7, "integer", step=Decimal(3)) == "step"


def test_steps_are_exact_where_floats_and_short_decimals_are_not() -> None:
    assert verdict(0.3, "decimal", step=Decimal("0.1")) is None
    assert verdict("1" * 39, "decimal", step=Decimal("0.1")) is None
    assert verdict("1" * 38 + ".05", "decimal", step=Decimal("0.1")) == "step"


@pytest.mark.parametrize(
    ("value", "broken"),
    [(True, None), (False, None), (1, "type"), ("true", "type"), (None, "type"), ([], "type")],
)
def test_booleans(value: object, broken: str | None) -> None:
    assert verdict(value, "boolean") == broken


@pytest.mark.parametrize(
    ("value", "broken"),
    [
        ("2026-01-31", None),
        ("2026-12-31", None),
        ("2026-01-30", "min"),
        ("2027-01-01", "max"),
        ("2026-02-30", "type"),
        ("20260131", "type"),
        ("2026-W05-6", "type"),
        ("2026-01-31T00:00:00", "type"),
        ("2026-01-31\n", "type"),
        ("٢٠٢٦-01-31", "type"),
        (20260131, "type"),
        (None, "type"),
    ],
)
def test_dates(value: object, broken: str | None) -> None:
    assert verdict(value, "date", min=date(2026, 1, 31), max=date(2026, 12, 31)) == broken


@pytest.mark.parametrize(
    ("value", "broken"),
    [("red", None), ("grey", "deprecated_value"), ("Red", "not_allowed"), ("", "not_allowed"), (1, "type")],
)
def test_choices(value: object, broken: str | None) -> None:
    assert verdict(value, "choice") == broken


@pytest.mark.parametrize(
    ("value", "type", "broken"),
    [
        (["red", "blue"], "choice", None),
        (["red"], "choice", None),
        ([], "choice", "empty"),
        ("red", "choice", "type"),
        (None, "choice", "type"),
        (["red", "blue", "red"], "choice", "repeated@/2"),
        (["red", "grey"], "choice", "deprecated_value@/1"),
        (["red", ["blue"]], "choice", "type@/1"),
        ([1, 2, "3"], "integer", None),
        ([1, "1"], "integer", "repeated@/1"),
        ([1.5, 2, "1.50"], "decimal", "repeated@/2"),
        ([1, True], "decimal", "type@/1"),
        (["a", "b", ""], "text", "empty@/2"),
        (["a", "A"], "text", None),
        ([str(number) for number in range(500)], "text", None),
        ([str(number) for number in range(501)], "text", "too_many"),
    ],
)
def test_several_values(value: object, type: str, broken: str | None) -> None:
    assert verdict(value, type, multiple=True) == broken


def test_messages_say_what_would_be_accepted() -> None:
    ram = Characteristic.define(
        Definition(
            name="RAM",
            value_type=ValueType.INTEGER,
            unit="GB",
            constraints=Constraints(min=Decimal(4), max=Decimal(64), step=Decimal(4)),
        )
    )
    assert ram.check(2) == Problem("min", "At least 4 GB is accepted here.")
    assert ram.check(128) == Problem("max", "At most 64 GB is accepted here.")
    assert ram.check(9) == Problem("step", "Steps of 4 GB from 4 GB are accepted here.")
    colour = Characteristic.define(
        Definition(name="Colour", value_type=ValueType.CHOICE, allowed_values=COLOURS)
    )
    assert colour.check("pink") == Problem("not_allowed", "Accepted here: red, blue.")
    assert colour.check("grey") == Problem(
        "deprecated_value", "Grey is deprecated. Accepted here: red, blue."
    )
