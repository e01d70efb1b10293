"""What is wrong with definitions: code and pointer of every fault, all at once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from kernel.errors import Invalid
from kernel.validity import Validity
from pricing.domain import Definition, Kind, Mode, Period, PeriodUnit, Price, Rate, Tier

FEE = Definition(name="Fee", kind=Kind.ONE_TIME, money=Rate(amount=Decimal("12.50"), currency="EUR"))
MONTH = Period(unit=PeriodUnit.MONTH)
MONTHLY = replace(FEE, kind=Kind.RECURRING, period=MONTH)
DATA = replace(FEE, kind=Kind.USAGE, unit_of_measure="GB")
DAY = datetime(2026, 1, 31, tzinfo=UTC)


def costing(definition: Definition, amount: str | None, currency: str = "EUR") -> Definition:
    """The definition with this amount."""
    return replace(
        definition, money=Rate(amount=None if amount is None else Decimal(amount), currency=currency)
    )


def tiered(
    *tiers: tuple[str, str], of: Definition = FEE, currency: str = "EUR", mode: Mode | None = Mode.VOLUME
) -> Definition:
    """The definition with tiers: from where on, and the amount."""
    every = tuple(Tier(from_=Decimal(start), amount=Decimal(amount)) for start, amount in tiers)
    return replace(costing(of, None, currency), tiers=every, mode=mode)


def valid(first: datetime | None, last: datetime | None) -> Definition:
    """The fee with this validity."""
    return replace(FEE, valid_for=Validity(from_=first, to=last))


def faults(definition: Definition, key: str | None = "key") -> list[tuple[str, str]]:
    """Code and pointer of all that a definition is refused for; a good one is refused for nothing."""
    try:
        Price.define(definition, key)
    except Invalid as refusal:
        return [(problem.code, problem.pointer) for problem in refusal.problems]
    return []


@pytest.mark.parametrize(
    "definition",
    [
        FEE,
        MONTHLY,
        DATA,
        costing(FEE, "0"),
        costing(FEE, "-0"),
        costing(FEE, "999999999999999999.99"),
        costing(FEE, "1.5000000"),
        costing(FEE, "1200", "JPY"),
        costing(FEE, "1200.00", "JPY"),
        costing(MONTHLY, "1.125", "KWD"),
        costing(FEE, "1.1234", "CLF"),
        costing(DATA, "0.000000000001"),
        costing(DATA, "999999999999999999.999999999999"),
        costing(DATA, "0.001", "JPY"),
        replace(MONTHLY, period=Period(unit=PeriodUnit.DAY, length=366)),
        replace(DATA, unit_of_measure="1M tokens"),
        replace(DATA, unit_of_measure="u" * 32),
        tiered(("0", "10"), ("5", "8.50")),
        tiered(("0", "10"), of=MONTHLY, mode=Mode.GRADUATED),
        tiered(("0", "0.00001"), ("0.5", "0.000001"), of=DATA),
        tiered(*((str(number), "1") for number in range(50))),
        valid(DAY, None),
        valid(None, DAY),
        valid(DAY, DAY + timedelta(microseconds=1)),
        replace(FEE, name="n" * 200, description="one\ntwo", tax_included=True),
    ],
)
def test_good_definitions(definition: Definition) -> None:
    assert faults(definition) == []


@pytest.mark.parametrize(
    ("definition", "found"),
    [
        (replace(FEE, name=" "), [("length", "/name")]),
        (replace(FEE, description="bell\a"), [("characters", "/description")]),
        (costing(FEE, None), [("needed", "/money/amount")]),
        (costing(FEE, "-0.01"), [("range", "/money/amount")]),
        (costing(FEE, "NaN"), [("range", "/money/amount")]),
        (costing(FEE, "sNaN"), [("range", "/money/amount")]),
        (costing(FEE, "Infinity"), [("range", "/money/amount")]),
        (costing(FEE, "1000000000000000000"), [("digits", "/money/amount")]),
        (costing(FEE, "1e999999999"), [("digits", "/money/amount")]),
        (costing(FEE, "1e-999999999"), [("digits", "/money/amount")]),
        (costing(FEE, "0e999999"), [("digits", "/money/amount")]),
        (costing(FEE, "12.505"), [("scale", "/money/amount")]),
        (costing(MONTHLY, "0.5", "JPY"), [("scale", "/money/amount")]),
        (costing(FEE, "0.1234", "KWD"), [("scale", "/money/amount")]),
        (costing(DATA, "0.0000000000001"), [("scale", "/money/amount")]),
        (costing(FEE, "1", "eur"), [("currency", "/money/currency")]),
        (costing(FEE, "1", ""), [("currency", "/money/currency")]),
        (costing(FEE, "1", "BGN"), [("currency", "/money/currency")]),
        (costing(FEE, "1", "XAU"), [("currency", "/money/currency")]),
        (costing(FEE, "1", "\ud800"), [("currency", "/money/currency")]),
        (costing(FEE, "1.123", "XYZ"), [("currency", "/money/currency")]),
    ],
)
def test_texts_and_money(definition: Definition, found: list[tuple[str, str]]) -> None:
    assert faults(definition) == found


@pytest.mark.parametrize(
    ("definition", "found"),
    [
        (replace(FEE, period=MONTH), [("not_for_kind", "/period")]),
        (replace(DATA, period=MONTH), [("not_for_kind", "/period")]),
        (replace(MONTHLY, period=None), [("needed", "/period")]),
        (replace(MONTHLY, period=replace(MONTH, length=0)), [("range", "/period/length")]),
        (replace(MONTHLY, period=replace(MONTH, length=367)), [("range", "/period/length")]),
        (replace(FEE, unit_of_measure="GB"), [("not_for_kind", "/unitOfMeasure")]),
        (replace(MONTHLY, unit_of_measure="GB"), [("not_for_kind", "/unitOfMeasure")]),
        (replace(DATA, unit_of_measure=None), [("needed", "/unitOfMeasure")]),
        (replace(DATA, unit_of_measure="  "), [("length", "/unitOfMeasure")]),
        (replace(DATA, unit_of_measure="u" * 33), [("length", "/unitOfMeasure")]),
        (replace(DATA, unit_of_measure="G\0B"), [("characters", "/unitOfMeasure")]),
    ],
)
def test_periods_and_units_fit_the_kind(definition: Definition, found: list[tuple[str, str]]) -> None:
    assert faults(definition) == found


@pytest.mark.parametrize(
    ("definition", "found"),
    [
        (replace(FEE, mode=Mode.VOLUME), [("not_without_tiers", "/mode")]),
        (tiered(("0", "1"), mode=None), [("needed", "/mode")]),
        (costing(tiered(("0", "1")), "1"), [("not_with_tiers", "/money/amount")]),
        (tiered(("1", "1")), [("first", "/tiers/0/from")]),
        (tiered(("0", "1"), ("0", "2")), [("order", "/tiers/1/from")]),
        (tiered(("0", "1"), ("9", "2"), ("8.5", "3")), [("order", "/tiers/2/from")]),
        (tiered(("-1", "1"), ("9", "2")), [("range", "/tiers/0/from")]),
        (tiered(("0", "1"), ("NaN", "2")), [("range", "/tiers/1/from")]),
        (tiered(("0", "1"), ("1e18", "2")), [("digits", "/tiers/1/from")]),
        (tiered(("0", "1"), ("0.0000000000001", "2")), [("scale", "/tiers/1/from")]),
        (tiered(("0", "-1")), [("range", "/tiers/0/amount")]),
        (tiered(("0", "1"), ("1", "0.505")), [("scale", "/tiers/1/amount")]),
        (tiered(("0", "1.5"), currency="JPY"), [("scale", "/tiers/0/amount")]),
        (tiered(*((str(number), "-1") for number in range(51))), [("length", "/tiers")]),
        (
            tiered(("1", "-1"), ("1", "0.001"), mode=None),
            [
                ("needed", "/mode"),
                ("first", "/tiers/0/from"),
                ("order", "/tiers/1/from"),
                ("range", "/tiers/0/amount"),
                ("scale", "/tiers/1/amount"),
            ],
        ),
    ],
)
def test_tiers(definition: Definition, found: list[tuple[str, str]]) -> None:
    assert faults(definition) == found


NAIVE = datetime(2026, 1, 31)  # noqa: DTZ001, RUF100  # that is what is refused
EAST = timezone(timedelta(hours=14))


@pytest.mark.parametrize(
    ("definition", "found"),
    [
        (valid(NAIVE, None), [("time_zone", "/validFor/from")]),
        (valid(NAIVE, NAIVE), [("time_zone", "/validFor/from"), ("time_zone", "/validFor/to")]),
        (valid(DAY, DAY), [("range", "/validFor/to")]),
        (valid(DAY, DAY.astimezone(EAST)), [("range", "/validFor/to")]),
        (valid(DAY, DAY - timedelta(days=1)), [("range", "/validFor/to")]),
        (valid(datetime(1, 1, 1, tzinfo=EAST), None), [("range", "/validFor/from")]),
        (valid(None, datetime(9999, 12, 31, tzinfo=UTC)), [("range", "/validFor/to")]),
        (valid(datetime(1900, 1, 1, tzinfo=EAST), None), [("range", "/validFor/from")]),
    ],
)
def test_validity(definition: Definition, found: list[tuple[str, str]]) -> None:
    assert faults(definition) == found


def test_an_author_hears_of_all_faults_at_once() -> None:
    wrong = replace(
        costing(MONTHLY, "0.001", "XXX"), name="", period=None, unit_of_measure="GB", mode=Mode.VOLUME
    )
    assert faults(replace(wrong, valid_for=Validity(to=NAIVE)), key="Not a key") == [
        ("key", "/key"),
        ("length", "/name"),
        ("currency", "/money/currency"),
        ("needed", "/period"),
        ("not_for_kind", "/unitOfMeasure"),
        ("not_without_tiers", "/mode"),
        ("time_zone", "/validFor/to"),
    ]


def test_refusals_say_what_would_be_accepted() -> None:
    with pytest.raises(Invalid) as refusal:
        Price.define(costing(FEE, "12.505"))
    assert refusal.value.message == "This price cannot be defined like that."
    assert refusal.value.problems[0].message == (
        "An amount in EUR has at most 2 decimal places; only prices for usage have more."
    )


@pytest.mark.parametrize(
    ("definition", "amount"),
    [
        (costing(FEE, "12.5"), "12.50"),
        (costing(FEE, "12"), "12.00"),
        (costing(FEE, "1E+3"), "1000.00"),
        (costing(FEE, "-0"), "0.00"),
        (costing(FEE, "1200.00", "JPY"), "1200"),
        (costing(FEE, "1", "KWD"), "1.000"),
        (costing(DATA, "0.000120"), "0.00012"),
        (costing(DATA, "0.5"), "0.50"),
        (costing(DATA, "123456789012345678.123456789012"), "123456789012345678.123456789012"),
    ],
)
def test_amounts_are_spelled_as_their_currency_is(definition: Definition, amount: str) -> None:
    assert str(Price.define(definition).money.amount) == amount


def test_texts_tiers_and_times_are_tidied() -> None:
    first = datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=2)))
    wanted = tiered(("0", "1"), ("1E+1", "0.5"), of=replace(DATA, name=" Data ", unit_of_measure=" GB "))
    tidy = replace(wanted, description=" d ", valid_for=Validity(from_=first)).tidied()
    assert (tidy.name, tidy.description, tidy.unit_of_measure) == ("Data", "d", "GB")
    assert [(str(one.from_), str(one.amount)) for one in tidy.tiers] == [("0", "1.00"), ("10", "0.50")]
    assert str(tidy.valid_for.from_) == "2025-12-31 22:00:00+00:00"


@pytest.mark.parametrize(
    ("validity", "covers"),
    [
        (Validity(), [True, True, True]),
        (Validity(from_=DAY), [False, True, True]),
        (Validity(to=DAY), [True, False, False]),
        (Validity(from_=DAY, to=DAY + timedelta(seconds=1)), [False, True, False]),
    ],
)
def test_a_period_has_its_beginning_and_not_its_end(validity: Validity, covers: list[bool]) -> None:
    moments = [DAY - timedelta(microseconds=1), DAY, DAY + timedelta(seconds=1)]
    assert [validity.covers(moment) for moment in moments] == covers
