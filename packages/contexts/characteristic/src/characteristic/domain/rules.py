"""What a definition must satisfy. Each rule yields its own faults, so that an author hears of all at once."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from characteristic.domain.definition import AllowedValue, Constraints, Definition, ValueType
from characteristic.domain.numbers import MOST_INTEGER_DIGITS
from characteristic.domain.patterns import check_pattern
from kernel.decimals import MOST_DIGITS, decimal_places, digits, whole
from kernel.errors import Problem
from kernel.texts import code_faults, description_faults, name_faults, text_faults
from kernel.units import check_unit

MOST_TEXT = 4000
"""Characters of a text value; `maxLength` can only ask for less."""
MOST_SCALE = 12
"""Decimal places."""
MOST_ALLOWED_VALUES = 500
MOST_LABEL = 200
MOST_ORDER = 1_000_000

_SEVERAL = (ValueType.TEXT, ValueType.INTEGER, ValueType.DECIMAL, ValueType.CHOICE)
_FITTING = {
    "min": (ValueType.INTEGER, ValueType.DECIMAL, ValueType.DATE),
    "max": (ValueType.INTEGER, ValueType.DECIMAL, ValueType.DATE),
    "step": (ValueType.INTEGER, ValueType.DECIMAL),
    "scale": (ValueType.DECIMAL,),
    "pattern": (ValueType.TEXT,),
    "max_length": (ValueType.TEXT,),
}
"""Which types a constraint makes sense for."""
_JSON = {"max_length": "maxLength"}
"""Where JSON spells a constraint in another way."""


def faults(definition: Definition) -> Iterator[Problem]:
    """All that is wrong with a tidied definition, with JSON pointers into it."""
    yield from name_faults(definition.name)
    yield from description_faults(definition.description)
    yield from _unit_faults(definition)
    yield from _constraint_faults(definition)
    yield from _choice_faults(definition)
    if definition.multiple and definition.value_type not in _SEVERAL:
        yield _unfitting("/multiple", "Several values at once", definition, _SEVERAL)


def _unit_faults(definition: Definition) -> Iterator[Problem]:
    if definition.unit is None:
        return
    if not definition.value_type.numeric:
        yield _unfitting("/unit", "A unit", definition, (ValueType.INTEGER, ValueType.DECIMAL))
    elif (problem := check_unit(definition.unit)) is not None:
        yield problem


def _constraint_faults(definition: Definition) -> Iterator[Problem]:
    """Each constraint fits the type and is good in itself; only then do they fit each other."""
    found = [
        _unfitting(f"/constraints/{_JSON.get(name, name)}", _JSON.get(name, name), definition, types)
        for name, types in _FITTING.items()
        if getattr(definition.constraints, name) is not None and definition.value_type not in types
    ]
    if not found:
        found = [*_limit_faults(definition), *_text_constraint_faults(definition.constraints)]
    yield from found or _range_faults(definition.constraints)


def _limit_faults(definition: Definition) -> Iterator[Problem]:
    """min, max, step and scale, each by itself."""
    said = definition.constraints
    if said.scale is not None and not 0 <= said.scale <= MOST_SCALE:
        yield Problem("range", f"A scale is between 0 and {MOST_SCALE}.", "/constraints/scale")
    for name, limit in (("min", said.min), ("max", said.max), ("step", said.step)):
        pointer = f"/constraints/{name}"
        if limit is None:
            continue
        if definition.value_type is ValueType.DATE:
            if not isinstance(limit, date):
                yield Problem("type", f"The {name} of a date is a date such as 2026-01-31.", pointer)
        elif isinstance(limit, date):
            yield Problem("type", f"The {name} of a number is a number.", pointer)
        else:
            yield from _number_faults(limit, name, pointer, definition)
    if said.step is not None and said.step.is_finite() and said.step <= 0:
        yield Problem("range", "A step is greater than 0.", "/constraints/step")


def _number_faults(limit: Decimal, name: str, pointer: str, definition: Definition) -> Iterator[Problem]:
    """One number among the constraints: as long and as exact as the values themselves may be."""
    integer = definition.value_type is ValueType.INTEGER
    most = MOST_INTEGER_DIGITS if integer else MOST_DIGITS
    scale = definition.constraints.scale
    if not limit.is_finite() or digits(limit) > most:
        yield Problem("digits", f"The {name} has at most {most} digits.", pointer)
    elif integer and not whole(limit):
        yield Problem("type", f"The {name} of an integer is a whole number.", pointer)
    elif scale is not None and decimal_places(limit) > scale:
        # Otherwise min itself, from which steps are counted, could not be said of a product.
        yield Problem("scale", f"The {name} has at most {scale} decimal places, as the scale says.", pointer)


def _text_constraint_faults(said: Constraints) -> Iterator[Problem]:
    if said.max_length is not None and not 1 <= said.max_length <= MOST_TEXT:
        yield Problem("range", f"A text has 1 to {MOST_TEXT} characters.", "/constraints/maxLength")
    if said.pattern is not None and (problem := check_pattern(said.pattern)) is not None:
        yield problem


def _range_faults(said: Constraints) -> Iterator[Problem]:
    """min and max, when both are good and of the one type that values have."""
    numbers = isinstance(said.min, Decimal) and isinstance(said.max, Decimal) and said.min > said.max
    dates = isinstance(said.min, date) and isinstance(said.max, date) and said.min > said.max
    if numbers or dates:
        yield Problem("range", f"The max is not less than the min, {said.min}.", "/constraints/max")


def _choice_faults(definition: Definition) -> Iterator[Problem]:
    values, pointer = definition.allowed_values, "/allowedValues"
    if definition.value_type is not ValueType.CHOICE:
        if values:
            yield _unfitting(pointer, "A list of allowed values", definition, (ValueType.CHOICE,))
        return
    if not 1 <= len(values) <= MOST_ALLOWED_VALUES:
        yield Problem("length", f"A choice has 1 to {MOST_ALLOWED_VALUES} allowed values.", pointer)
        return  # each of a million values could be wrong
    if all(one.deprecated for one in values):
        yield Problem("all_deprecated", "At least one allowed value is not deprecated.", pointer)
    if not definition.multiple and sum(one.default for one in values) > 1:
        yield Problem("several_defaults", "At most one allowed value is the default.", pointer)
    yield from _allowed_value_faults(values)


def _allowed_value_faults(values: Iterable[AllowedValue]) -> Iterator[Problem]:
    met = Counter[str]()
    for index, one in enumerate(values):
        pointer = f"/allowedValues/{index}"
        yield from code_faults(one.code, f"{pointer}/code")
        yield from text_faults(one.label, f"{pointer}/label", least=1, most=MOST_LABEL)
        met[one.code] += 1
        if met[one.code] == 2:  # say it once a code, at the first repetition
            yield Problem("repeated", "Another allowed value has the same code.", f"{pointer}/code")
        if one.default and one.deprecated:
            yield Problem("deprecated_default", "A deprecated value is not a default.", f"{pointer}/default")
        if abs(one.order) > MOST_ORDER:
            yield Problem("range", f"An order is at most {MOST_ORDER}, up or down.", f"{pointer}/order")


def _unfitting(pointer: str, what: str, definition: Definition, types: Iterable[ValueType]) -> Problem:
    fitting = ", ".join(types)
    return Problem("not_for_type", f"{what}: only for {fitting}, not for {definition.value_type}.", pointer)
