"""What a price says: its kind, money, period, unit, tiers, validity. Shapes: `rules` judges them."""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from kernel.validity import Validity
from kernel.written import Flag, Whole, WrittenDecimal
from pricing.domain.currencies import MINOR_UNITS
from pricing.domain.money import Rate
from pricing.domain.numbers import number_faults, spelled


class Kind(StrEnum):
    """When a price is due: once, again after each period, or for what was used."""

    ONE_TIME = "ONE_TIME"
    RECURRING = "RECURRING"
    USAGE = "USAGE"


class PeriodUnit(StrEnum):
    """What periods are counted in."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class Mode(StrEnum):
    """How tiers charge: the whole quantity at the tier it falls in, or each slice at its own tier."""

    VOLUME = "VOLUME"
    GRADUATED = "GRADUATED"


@dataclass(frozen=True, kw_only=True)
class Period:
    """How long it is until a recurring price is due again: `length` days, months or years."""

    unit: PeriodUnit
    length: Whole = 1


@dataclass(frozen=True, kw_only=True)
class Tier:
    """What a unit costs from this quantity on (inclusive), up to the next tier (exclusive)."""

    from_: WrittenDecimal
    amount: WrittenDecimal


@dataclass(frozen=True, kw_only=True)
class Definition:
    """All that an author decides about a price, and may change while nobody holds it.

    `money` names the currency, and what a unit costs unless `tiers` do; tiers have a `mode`. A recurring
    price has a `period`; a price for usage has a `unit_of_measure`, a text such as "GB" or "1M tokens". JSON
    has amounts and quantities as text: exact.
    """

    name: str
    description: str = ""
    kind: Kind
    money: Rate
    period: Period | None = None
    unit_of_measure: str | None = None
    tiers: tuple[Tier, ...] = ()
    mode: Mode | None = None
    valid_for: Validity = field(default_factory=Validity)
    tax_included: Flag = False

    def tidied(self) -> "Definition":
        """The same without white space around texts, times in UTC, amounts spelled as the currency does.

        Always a plain `Definition`, also of a command that is one, so that two can be compared.
        """
        places = MINOR_UNITS.get(self.money.currency, 0)
        amount = self.money.amount
        return Definition(
            name=self.name.strip(),
            description=self.description.strip(),
            kind=self.kind,
            money=replace(self.money, amount=None if amount is None else _tidied(amount, places)),
            period=self.period,
            unit_of_measure=None if self.unit_of_measure is None else self.unit_of_measure.strip(),
            tiers=tuple(
                Tier(from_=_tidied(one.from_, 0), amount=_tidied(one.amount, places)) for one in self.tiers
            ),
            mode=self.mode,
            valid_for=self.valid_for.tidied(),
            tax_included=self.tax_included,
        )


def _tidied(number: Decimal, places: int) -> Decimal:
    """What is faulty stays as it is: the rules will name it."""
    return number if any(number_faults(number, "")) else spelled(number, places)
