"""What a characteristic says: its type, unit, constraints, allowed values. Shapes: `rules` judges them."""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from kernel.decimals import plain
from kernel.written import Flag, Whole, WrittenDay, WrittenLimit


class ValueType(StrEnum):
    """What kind of value a product has."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    CHOICE = "choice"

    @property
    def numeric(self) -> bool:
        """Whether values are numbers, and so may have a unit and steps."""
        return self in (ValueType.INTEGER, ValueType.DECIMAL)


@dataclass(frozen=True, kw_only=True)
class Constraints:
    """Which values of the type are accepted; None leaves it open. JSON has numbers and dates as text: exact.

    `min` and `max` belong to numbers (in the characteristic's unit) and dates, both inclusive. `step` is
    counted from `min`, or from 0 without one. `scale` is the most decimal places of a decimal. A text
    matches `pattern` (RE2 syntax) as a whole and has at most `max_length` characters (Unicode code points).
    """

    min: WrittenLimit | WrittenDay | None = None
    max: WrittenLimit | WrittenDay | None = None
    step: WrittenLimit | None = None
    pattern: str | None = None
    max_length: Whole | None = None
    scale: Whole | None = None


@dataclass(frozen=True, kw_only=True)
class AllowedValue:
    """One value of a choice: `code` is what is stored, `label` what people read, `order` where it is shown.

    A `default` is offered to whoever fills in a product. A `deprecated` value stays where it is used and
    is not accepted any more.
    """

    code: str
    label: str
    order: Whole = 0
    default: Flag = False
    deprecated: Flag = False


@dataclass(frozen=True, kw_only=True)
class Definition:
    """All that an author decides about a characteristic, and may change later.

    `unit` is a UCUM code (see `units`). With `multiple` a product has a list of values instead of one.
    """

    name: str
    description: str = ""
    value_type: ValueType
    unit: str | None = None
    constraints: Constraints = field(default_factory=Constraints)
    allowed_values: tuple[AllowedValue, ...] = ()
    multiple: Flag = False

    def tidied(self) -> "Definition":
        """The same without white space around texts for people, and with numbers spelled out (1E+3 is 1000).

        Always a plain `Definition`, also of a command that is one, so that two can be compared.
        """
        return Definition(
            name=self.name.strip(),
            description=self.description.strip(),
            value_type=self.value_type,
            unit=self.unit,
            constraints=replace(
                self.constraints,
                min=_tidied(self.constraints.min),
                max=_tidied(self.constraints.max),
                step=None if self.constraints.step is None else plain(self.constraints.step),
            ),
            allowed_values=tuple(replace(one, label=one.label.strip()) for one in self.allowed_values),
            multiple=self.multiple,
        )


def _tidied(limit: Decimal | date | None) -> Decimal | date | None:
    return plain(limit) if isinstance(limit, Decimal) else limit
