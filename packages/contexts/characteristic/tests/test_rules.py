"""What is wrong with definitions: code and pointer of every fault, all at once."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from characteristic.domain import AllowedValue, Characteristic, Constraints, Definition, ValueType
from kernel.errors import Invalid

TEXT = Definition(name="Model", value_type=ValueType.TEXT)
INTEGER = Definition(name="RAM", value_type=ValueType.INTEGER)
DECIMAL = Definition(name="Weight", value_type=ValueType.DECIMAL)
BOOLEAN = Definition(name="Touch screen", value_type=ValueType.BOOLEAN)
DATE = Definition(name="Sold until", value_type=ValueType.DATE)
RED, BLUE = AllowedValue(code="red", label="Red"), AllowedValue(code="blue", label="Blue")
CHOICE = Definition(name="Colour", value_type=ValueType.CHOICE, allowed_values=(RED, BLUE))
ONE, DAY = Decimal(1), date(2026, 1, 31)


def constrained(definition: Definition, **constraints: Any) -> Definition:
    """The definition with these constraints."""
    return replace(definition, constraints=Constraints(**constraints))


def choice(*values: AllowedValue) -> Definition:
    """A choice of these."""
    return replace(CHOICE, allowed_values=values)


def faults(definition: Definition, key: str | None = "key") -> list[tuple[str, str]]:
    """Code and pointer of all that a definition is refused for; a good one is refused for nothing."""
    try:
        Characteristic.define(definition, key)
    except Invalid as refusal:
        return [(problem.code, problem.pointer) for problem in refusal.problems]
    return []


@pytest.mark.parametrize(
    "definition",
    [
        TEXT,
        replace(TEXT, name="n" * 200, description="one\ntwo" + "d" * 3993, multiple=True),
        constrained(TEXT, pattern="[A-Z]{2}[0-9]+", max_length=4000),
        constrained(TEXT, pattern="p" * 500, max_length=1),
        replace(constrained(INTEGER, min=ONE, max=ONE, step=ONE), unit="GB", multiple=True),
        constrained(INTEGER, min=Decimal("-999999999999999999"), max=Decimal("1.0")),
        replace(constrained(DECIMAL, min=Decimal("0.50"), step=Decimal("0.1"), scale=1), unit="kg"),
        replace(constrained(DECIMAL, scale=0), multiple=True),
        constrained(DECIMAL, scale=12, max=Decimal("1." + "1" * 12)),
        BOOLEAN,
        constrained(DATE, min=DAY, max=DAY),
        CHOICE,
        choice(replace(RED, default=True), replace(BLUE, deprecated=True, order=-1_000_000)),
        replace(choice(replace(RED, default=True), replace(BLUE, default=True)), multiple=True),
        choice(*(AllowedValue(code=f"{number}", label="x") for number in range(500))),
        choice(AllowedValue(code="A.b_c-" + "9" * 58, label="L" * 200)),
    ],
)
def test_good_definitions(definition: Definition) -> None:
    assert faults(definition) == []


@pytest.mark.parametrize(
    ("definition", "found"),
    [
        (replace(TEXT, name="  "), [("length", "/name")]),
        (replace(TEXT, name="n" * 201), [("length", "/name")]),
        (replace(TEXT, name="a\0b"), [("characters", "/name")]),
        (replace(TEXT, name="two\nlines"), [("characters", "/name")]),
        (replace(TEXT, name="half \ud800"), [("characters", "/name")]),
        (replace(TEXT, description="d" * 4001), [("length", "/description")]),
        (replace(TEXT, description="bell\a"), [("characters", "/description")]),
    ],
)
def test_texts_for_people(definition: Definition, found: list[tuple[str, str]]) -> None:
    assert faults(definition) == found


@pytest.mark.parametrize("definition", [TEXT, BOOLEAN, DATE, CHOICE])
def test_only_numbers_have_units(definition: Definition) -> None:
    assert faults(replace(definition, unit="GB")) == [("not_for_type", "/unit")]


def test_a_unit_must_be_known() -> None:
    assert faults(replace(INTEGER, unit="furlongs")) == [("unit", "/unit")]


@pytest.mark.parametrize("definition", [BOOLEAN, DATE])
def test_types_without_lists(definition: Definition) -> None:
    assert faults(replace(definition, multiple=True)) == [("not_for_type", "/multiple")]


@pytest.mark.parametrize(
    ("field", "json", "value", "good"),
    [
        ("min", "min", ONE, "integer decimal date"),
        ("max", "max", ONE, "integer decimal date"),
        ("step", "step", ONE, "integer decimal"),
        ("scale", "scale", 2, "decimal"),
        ("pattern", "pattern", "a", "text"),
        ("max_length", "maxLength", 3, "text"),
    ],
)
def test_constraints_fit_the_type(field: str, json: str, value: object, good: str) -> None:
    for definition in (TEXT, INTEGER, DECIMAL, BOOLEAN, DATE, CHOICE):
        fits = definition.value_type in good.split()
        said = DAY if definition is DATE and fits else value
        expected = [] if fits else [("not_for_type", f"/constraints/{json}")]
        assert faults(constrained(definition, **{field: said})) == expected


@pytest.mark.parametrize(
    ("definition", "code", "field"),
    [
        (constrained(INTEGER, min=Decimal(2), max=ONE), "range", "max"),
        (constrained(DATE, min=DAY, max=date(2026, 1, 30)), "range", "max"),
        (constrained(INTEGER, step=Decimal(0)), "range", "step"),
        (constrained(DECIMAL, step=Decimal("-0.1")), "range", "step"),
        (constrained(DECIMAL, scale=-1), "range", "scale"),
        (constrained(DECIMAL, scale=13), "range", "scale"),
        (constrained(TEXT, max_length=0), "range", "maxLength"),
        (constrained(TEXT, max_length=4001), "range", "maxLength"),
        (constrained(INTEGER, min=Decimal("1.5")), "type", "min"),
        (constrained(INTEGER, max=Decimal("1.5")), "type", "max"),
        (constrained(INTEGER, step=Decimal("1.5")), "type", "step"),
        (constrained(INTEGER, max=DAY), "type", "max"),
        (constrained(DATE, min=ONE), "type", "min"),
        (constrained(INTEGER, max=Decimal(10**18)), "digits", "max"),
        (constrained(DECIMAL, max=Decimal("1e40")), "digits", "max"),
        (constrained(DECIMAL, step=Decimal("1e-41")), "digits", "step"),
        (constrained(DECIMAL, max=Decimal("1e999999999")), "digits", "max"),
        (constrained(DECIMAL, step=Decimal("NaN")), "digits", "step"),
        (constrained(DECIMAL, max=Decimal("Infinity")), "digits", "max"),
        (constrained(DECIMAL, min=Decimal("0.125"), scale=2), "scale", "min"),
        (constrained(TEXT, pattern="(a"), "pattern", "pattern"),
        (constrained(TEXT, pattern=r"(a)\1"), "pattern", "pattern"),
        (constrained(TEXT, pattern="(?=a)"), "pattern", "pattern"),
        (constrained(TEXT, pattern=""), "pattern", "pattern"),
        (constrained(TEXT, pattern="p" * 501), "pattern", "pattern"),
        (constrained(TEXT, pattern="\ud800"), "pattern", "pattern"),
    ],
)
def test_constraints_are_good_in_themselves(definition: Definition, code: str, field: str) -> None:
    assert faults(definition) == [(code, f"/constraints/{field}")]


def test_what_is_wrong_with_a_pattern_is_said() -> None:
    with pytest.raises(Invalid) as refusal:
        Characteristic.define(constrained(TEXT, pattern="(a"))
    assert refusal.value.problems[0].message == "This pattern is not understood: missing ): (a."


@pytest.mark.parametrize(
    ("definition", "found"),
    [
        (choice(), [("length", "/allowedValues")]),
        (choice(*[RED] * 501), [("length", "/allowedValues")]),
        (replace(TEXT, allowed_values=(RED,)), [("not_for_type", "/allowedValues")]),
        (choice(RED, BLUE, RED, RED), [("repeated", "/allowedValues/2/code")]),
        (choice(RED, replace(BLUE, code="dark blue")), [("code", "/allowedValues/1/code")]),
        (choice(replace(RED, code="")), [("code", "/allowedValues/0/code")]),
        (choice(replace(RED, code="r" * 65)), [("code", "/allowedValues/0/code")]),
        (choice(replace(RED, code="red\n")), [("code", "/allowedValues/0/code")]),
        (choice(replace(RED, label=" ")), [("length", "/allowedValues/0/label")]),
        (choice(replace(RED, label="L" * 201)), [("length", "/allowedValues/0/label")]),
        (choice(replace(RED, label="a\tb")), [("characters", "/allowedValues/0/label")]),
        (choice(replace(RED, order=1_000_001)), [("range", "/allowedValues/0/order")]),
        (
            choice(replace(RED, default=True), replace(BLUE, default=True)),
            [("several_defaults", "/allowedValues")],
        ),
        (
            choice(BLUE, replace(RED, default=True, deprecated=True)),
            [("deprecated_default", "/allowedValues/1/default")],
        ),
        (choice(replace(RED, deprecated=True)), [("all_deprecated", "/allowedValues")]),
    ],
)
def test_allowed_values(definition: Definition, found: list[tuple[str, str]]) -> None:
    assert faults(definition) == found


def test_everything_wrong_is_said_at_once() -> None:
    definition = Definition(
        name="",
        description="\0",
        value_type=ValueType.BOOLEAN,
        unit="GB",
        constraints=Constraints(max_length=3, scale=1),
        allowed_values=(RED,),
        multiple=True,
    )
    assert faults(definition, key="Not A Key") == [
        ("key", "/key"),
        ("length", "/name"),
        ("characters", "/description"),
        ("not_for_type", "/unit"),
        ("not_for_type", "/constraints/scale"),
        ("not_for_type", "/constraints/maxLength"),
        ("not_for_type", "/allowedValues"),
        ("not_for_type", "/multiple"),
    ]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("RAM", "ram"),
        ("Größe (GB)", "grosse-gb"),
        ("  Écran – diagonale ", "ecran-diagonale"),
        ("Smørrebrød & Æbler", "smorrebrod-aebler"),
        ("USB 3.2 ports", "usb-3-2-ports"),
        ("x" * 63 + " y", "x" * 63),
        ("ﬁbre m²", "fibre-m2"),
    ],
)
def test_a_key_is_made_of_the_name(name: str, key: str) -> None:
    assert Characteristic.define(replace(TEXT, name=name)).key == key


def test_a_name_without_latin_letters_needs_a_key() -> None:
    assert faults(replace(TEXT, name="色"), key=None) == [("key", "/key")]
    assert Characteristic.define(replace(TEXT, name="色"), key="colour").key == "colour"


@pytest.mark.parametrize("key", ["", "RAM", "a--b", "-a", "a-", "a_b", "ä", "a\n", "k" * 65])
def test_keys_that_are_refused(key: str) -> None:
    assert faults(TEXT, key) == [("key", "/key")]


def test_definitions_are_tidied() -> None:
    wanted = Definition(
        name=" RAM ",
        description="\n of the machine ",
        value_type=ValueType.INTEGER,
        constraints=Constraints(max=Decimal("1E+3"), step=Decimal("1E+1")),
    )
    ram = Characteristic.define(wanted)
    assert (ram.name, ram.description, ram.key) == ("RAM", "of the machine", "ram")
    assert (str(ram.constraints.max), str(ram.constraints.step)) == ("1000", "10")
