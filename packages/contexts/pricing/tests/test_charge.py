"""What a quantity costs: a table, and the same for any price by counting units one by one."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal, getcontext, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Invalid
from pricing.domain import Definition, Kind, Mode, Money, Period, PeriodUnit, Price, Rate, Tier

EUROS = Rate(amount=Decimal("12.50"), currency="EUR")
FEE = Price.define(Definition(name="Fee", kind=Kind.ONE_TIME, money=EUROS))
MONTHLY = Price.define(
    Definition(name="Fee", kind=Kind.RECURRING, money=EUROS, period=Period(unit=PeriodUnit.MONTH))
)
USAGE = Definition(name="Data", kind=Kind.USAGE, money=Rate(currency="EUR"), unit_of_measure="GB")


def using(amount: str, currency: str = "EUR") -> Price:
    """A price for usage without tiers."""
    return Price.define(replace(USAGE, money=Rate(amount=Decimal(amount), currency=currency)))


def tiered(mode: Mode, *tiers: tuple[str | Decimal, str | Decimal]) -> Price:
    """A price for usage with tiers: from where on, and the amount."""
    every = tuple(Tier(from_=Decimal(start), amount=Decimal(amount)) for start, amount in tiers)
    return Price.define(replace(USAGE, tiers=every, mode=mode))


STEPS = (("0", "1"), ("10", "0.8"), ("100", "0.5"))
VOLUME, GRADUATED = tiered(Mode.VOLUME, *STEPS), tiered(Mode.GRADUATED, *STEPS)


@pytest.mark.parametrize(
    ("price", "quantity", "amount"),
    [
        (FEE, "1", "12.50"),
        (FEE, "0", "0.00"),
        (FEE, "3", "37.50"),
        (FEE, "0.5", "6.25"),
        (FEE, "0.001", "0.0125"),
        (MONTHLY, "12", "150.00"),
        (using("0.00012"), "1000", "0.12"),
        (using("0.00012"), "7", "0.00084"),
        (using("3", "JPY"), "4", "12"),
        (using("0.5", "JPY"), "3", "1.5"),
        (using("0.5", "KWD"), "4", "2.000"),
        (VOLUME, "0", "0.00"),
        (VOLUME, "9", "9.00"),
        (VOLUME, "9.99", "9.99"),
        (VOLUME, "10", "8.00"),
        (VOLUME, "99", "79.20"),
        (VOLUME, "100", "50.00"),
        (VOLUME, "1000", "500.00"),
        (GRADUATED, "0", "0.00"),
        (GRADUATED, "9", "9.00"),
        (GRADUATED, "10", "10.00"),
        (GRADUATED, "11", "10.80"),
        (GRADUATED, "10.5", "10.40"),
        (GRADUATED, "100", "82.00"),
        (GRADUATED, "101", "82.50"),
        (GRADUATED, "1000", "532.00"),
        (
            using("999999999999999999.999999999999"),
            "999999999999999999.999999999999",
            "999999999999999999999999999998000000.000000000000000000000001",
        ),
    ],
)
def test_charges(price: Price, quantity: str, amount: str) -> None:
    charged = price.amount_for(Decimal(quantity))
    assert (str(charged.amount), charged.currency) == (amount, price.currency)


@pytest.mark.parametrize(
    ("quantity", "code"),
    [
        *(
            ("-1", "range"),
            ("-0.000001", "range"),
            ("NaN", "range"),
            ("sNaN", "range"),
            ("Infinity", "range"),
        ),
        *(("1e18", "digits"), ("1e999999999", "digits"), ("1e-999999999", "digits"), ("1e-13", "scale")),
    ],
)
@pytest.mark.parametrize("price", [FEE, VOLUME, GRADUATED])
def test_quantities_that_are_refused(price: Price, quantity: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        price.amount_for(Decimal(quantity))
    assert [(one.code, one.pointer) for one in refusal.value.problems] == [(code, "/quantity")]


amounts = st.decimals(0, 10**18 - 1, places=12)
quantities = st.decimals(0, 10**18 - 1, places=12)


@st.composite
def tiers(draw: st.DrawFn, whole: bool = False) -> list[tuple[Decimal, Decimal]]:
    """Up to fifty good tiers; of few units when they are counted one by one."""
    starts = st.integers(1, 60).map(Decimal) if whole else quantities.filter(bool)
    every = sorted(draw(st.sets(starts, max_size=49)))
    return [(start, draw(amounts)) for start in [Decimal(0), *every]]


def amount_at(unit: int, steps: Sequence[tuple[Decimal, Decimal]]) -> Fraction:
    """What the unit costs that begins at `unit`, by the last tier that begins there or before."""
    return Fraction([amount for start, amount in steps if start <= unit][-1])


@given(tiers(whole=True), st.integers(0, 100))
def test_graduated_is_the_sum_of_all_units(steps: list[tuple[Decimal, Decimal]], quantity: int) -> None:
    by_counting = sum((amount_at(unit, steps) for unit in range(quantity)), Fraction(0))
    assert Fraction(tiered(Mode.GRADUATED, *steps).amount_for(Decimal(quantity)).amount) == by_counting


@given(tiers(whole=True), st.integers(0, 100))
def test_volume_is_every_unit_at_the_tier_of_the_last(
    steps: list[tuple[Decimal, Decimal]], quantity: int
) -> None:
    each = amount_at(quantity, steps)
    assert Fraction(tiered(Mode.VOLUME, *steps).amount_for(Decimal(quantity)).amount) == quantity * each


@given(tiers(), quantities, quantities)
def test_a_slice_of_graduated_costs_what_its_tiers_say(
    steps: list[tuple[Decimal, Decimal]], one: Decimal, other: Decimal
) -> None:
    """From one quantity to another it is the overlap with each tier, times what the tier costs."""
    price, (low, high) = tiered(Mode.GRADUATED, *steps), sorted([Fraction(one), Fraction(other)])
    ends = [Fraction(start) for start, _ in steps[1:]] + [Fraction(10**18)]
    slices = Fraction(0)
    for (start, amount), end in zip(steps, ends, strict=True):
        slices += max(Fraction(0), min(high, end) - max(low, Fraction(start))) * Fraction(amount)
    whole, part = (Fraction(price.amount_for(each).amount) for each in (max(one, other), min(one, other)))
    assert whole - part == slices


@given(amounts, quantities, quantities)
def test_without_tiers_charges_add_up(amount: Decimal, one: Decimal, other: Decimal) -> None:
    price = using(f"{amount:f}")
    first, second = price.amount_for(one).amount, price.amount_for(other).amount
    assert Fraction(first) == Fraction(amount) * Fraction(one)
    total = Fraction(one) + Fraction(other)
    if total < 10**18:
        both = price.amount_for(Decimal(f"{int(total * 10**12)}e-12")).amount
        assert Fraction(both) == Fraction(first) + Fraction(second)


@given(amounts, quantities)
def test_one_tier_is_as_good_as_none(amount: Decimal, quantity: Decimal) -> None:
    expected = using(f"{amount:f}").amount_for(quantity)
    for mode in Mode:
        assert tiered(mode, ("0", f"{amount:f}")).amount_for(quantity) == expected


@given(tiers(), quantities, st.sampled_from(Mode))
def test_the_precision_of_the_thread_does_not_matter(
    steps: list[tuple[Decimal, Decimal]], quantity: Decimal, mode: Mode
) -> None:
    price = tiered(mode, *steps)
    expected = price.amount_for(quantity)
    with localcontext() as narrow:
        narrow.prec = 3
        assert price.amount_for(quantity) == expected
        assert str(price.amount_for(quantity).amount) == str(expected.amount)
    assert getcontext().prec == 28


def test_money_is_amount_and_currency() -> None:
    assert FEE.amount_for(Decimal(2)) == Money(amount=Decimal(25), currency="EUR")
