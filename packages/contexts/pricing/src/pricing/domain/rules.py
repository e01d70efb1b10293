"""What a definition must satisfy. Each rule yields its own faults, so that an author hears of all at once."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from kernel.decimals import decimal_places
from kernel.errors import Problem
from kernel.texts import description_faults, name_faults, text_faults
from kernel.validity import validity_faults
from pricing.domain.currencies import MINOR_UNITS
from pricing.domain.definition import Definition, Kind, Tier
from pricing.domain.numbers import number_faults

MOST_TIERS = 50
MOST_LENGTH = 366
"""Of a period; what is longer is said in months or years."""
MOST_UNIT = 32
"""Characters of a unit of measure."""


def faults(definition: Definition) -> Iterator[Problem]:
    """All that is wrong with a tidied definition, with JSON pointers into it."""
    yield from name_faults(definition.name)
    yield from description_faults(definition.description)
    yield from _currency_faults(definition.money.currency)
    yield from _amount_faults(definition)
    yield from _period_faults(definition)
    yield from _unit_faults(definition)
    yield from _tier_faults(definition)
    yield from validity_faults(definition.valid_for)


def _currency_faults(currency: str) -> Iterator[Problem]:
    if currency not in MINOR_UNITS:
        said = "A currency is the code that ISO 4217 gives it: three capital letters such as EUR."
        yield Problem("currency", said, "/money/currency")


def _amount_faults(definition: Definition) -> Iterator[Problem]:
    """The amount of a unit: said either here or in tiers."""
    amount, pointer = definition.money.amount, "/money/amount"
    if definition.tiers:
        if amount is not None:
            said = "With tiers it is they that say what a unit costs: leave this amount out."
            yield Problem("not_with_tiers", said, pointer)
    elif amount is None:
        yield Problem("needed", "Say what a unit costs, here or in tiers.", pointer)
    else:
        yield from _payable_faults(amount, pointer, definition)


def _payable_faults(amount: Decimal, pointer: str, definition: Definition) -> Iterator[Problem]:
    """One amount: as fine as the currency is paid, or finer when it is for usage."""
    found = list(number_faults(amount, pointer))
    yield from found
    currency = definition.money.currency
    places = MINOR_UNITS.get(currency)
    if found or places is None or definition.kind is Kind.USAGE:
        return
    if decimal_places(amount) > places:
        said = (
            f"An amount in {currency} has at most {places} decimal places; only prices for usage have more."
        )
        yield Problem("scale", said, pointer)


def _period_faults(definition: Definition) -> Iterator[Problem]:
    period = definition.period
    if definition.kind is not Kind.RECURRING:
        if period is not None:
            yield _unfitting("/period", "A period", Kind.RECURRING, definition)
    elif period is None:
        yield Problem("needed", "A recurring price has a period, such as 1 month.", "/period")
    elif not 1 <= period.length <= MOST_LENGTH:
        yield Problem("range", f"A period is 1 to {MOST_LENGTH} of its unit long.", "/period/length")


def _unit_faults(definition: Definition) -> Iterator[Problem]:
    unit, pointer = definition.unit_of_measure, "/unitOfMeasure"
    if definition.kind is not Kind.USAGE:
        if unit is not None:
            yield _unfitting(pointer, "A unit of measure", Kind.USAGE, definition)
    elif unit is None:
        yield Problem("needed", "A price for usage has a unit of measure, such as GB.", pointer)
    else:
        yield from text_faults(unit, pointer, least=1, most=MOST_UNIT)


def _tier_faults(definition: Definition) -> Iterator[Problem]:
    """Tiers and their mode belong together; each tier is good in itself; then they rise from 0."""
    tiers, mode = definition.tiers, definition.mode
    if not tiers:
        if mode is not None:
            yield Problem("not_without_tiers", "Only tiers have a mode.", "/mode")
        return
    if mode is None:
        yield Problem("needed", "Tiers have a mode: VOLUME or GRADUATED.", "/mode")
    if len(tiers) > MOST_TIERS:
        yield Problem("length", f"A price has at most {MOST_TIERS} tiers.", "/tiers")
        return  # each of a million tiers could be wrong
    found = [one for index, tier in enumerate(tiers) for one in number_faults(tier.from_, _from(index))]
    yield from found or _order_faults(tiers)
    for index, tier in enumerate(tiers):
        yield from _payable_faults(tier.amount, f"/tiers/{index}/amount", definition)


def _order_faults(tiers: tuple[Tier, ...]) -> Iterator[Problem]:
    if tiers[0].from_ != 0:
        yield Problem("first", "The first tier is from 0 on, so that every quantity has one.", _from(0))
    for index, (before, tier) in enumerate(pairwise(tiers), start=1):
        if tier.from_ <= before.from_:
            said = f"Tiers rise: this one is from more than {before.from_} on."
            yield Problem("order", said, _from(index))


def _from(index: int) -> str:
    return f"/tiers/{index}/from"


def _unfitting(pointer: str, what: str, fitting: Kind, definition: Definition) -> Problem:
    return Problem("not_for_kind", f"{what}: only for {fitting}, not for {definition.kind}.", pointer)
