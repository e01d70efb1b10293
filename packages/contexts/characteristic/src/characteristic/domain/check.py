"""The one validator: whether a JSON value may be said of a product. Rules are checked in a fixed order."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from characteristic.domain.definition import Definition, ValueType
from characteristic.domain.numbers import MOST_INTEGER_DIGITS, on_step, read_decimal, read_integer
from characteristic.domain.patterns import matches
from characteristic.domain.rules import MOST_TEXT
from kernel.decimals import MOST_DIGITS, decimal_places, digits
from kernel.errors import Problem
from kernel.texts import unprintable

MOST_VALUES = 500
"""Of one characteristic of one product, when it is `multiple`."""

_MOST_NAMED = 10
"""Allowed values that a refusal names."""
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def check(value: object, definition: Definition) -> Problem | None:
    """The first rule of a good definition that a JSON value breaks; None for a value that is accepted.

    The pointer is "" for the value itself and "/2" for the third of a list. Codes: type, empty, too_many,
    repeated; characters, max_length, pattern; digits, scale, min, max, step; not_allowed, deprecated_value.
    """
    if not definition.multiple:
        return _check_one(value, definition)
    if not isinstance(value, list | tuple):
        return Problem("type", "A list of values is accepted here.")
    if not value:
        return Problem("empty", "At least one value is needed here.")
    if len(value) > MOST_VALUES:
        return Problem("too_many", f"At most {MOST_VALUES} values are accepted here.")
    met: set[object] = set()
    for index, one in enumerate(value):
        problem = _check_one(one, definition)
        if problem is not None:
            return replace(problem, pointer=f"/{index}")
        # 12, "12" and 12.0 are the same decimal
        same = read_decimal(one) if definition.value_type.numeric else one
        if same in met:
            return Problem("repeated", "Each value is accepted once.", f"/{index}")
        met.add(same)
    return None


def _check_one(value: object, definition: Definition) -> Problem | None:
    return _CHECKS[definition.value_type](value, definition)


def _check_text(value: object, definition: Definition) -> Problem | None:
    said = definition.constraints
    if not isinstance(value, str):
        return Problem("type", "A text is accepted here.")
    if not value.strip():
        return Problem("empty", "A text that is not blank is accepted here.")
    if unprintable(value):
        return Problem("characters", "A text without control characters is accepted here.")
    most = said.max_length or MOST_TEXT
    if len(value) > most:
        return Problem("max_length", f"At most {most} characters are accepted here.")
    if said.pattern is not None and not matches(said.pattern, value):
        return Problem("pattern", f"A text that matches the pattern {said.pattern} is accepted here.")
    return None


def _check_integer(value: object, definition: Definition) -> Problem | None:
    number = read_integer(value)
    if number is None:
        return Problem("type", "A whole number such as 12 is accepted here.")
    if digits(number) > MOST_INTEGER_DIGITS:
        return Problem("digits", f"At most {MOST_INTEGER_DIGITS} digits are accepted here.")
    return _check_number(number, definition)


def _check_decimal(value: object, definition: Definition) -> Problem | None:
    number, scale = read_decimal(value), definition.constraints.scale
    if number is None:
        return Problem("type", 'A number such as 12.5, or its text "12.50", is accepted here.')
    if digits(number) > MOST_DIGITS:
        return Problem("digits", f"At most {MOST_DIGITS} digits are accepted here.")
    if scale is not None and decimal_places(number) > scale:
        return Problem("scale", f"At most {scale} decimal places are accepted here.")
    return _check_number(number, definition)


def _check_number(number: Decimal, definition: Definition) -> Problem | None:
    said, unit = definition.constraints, f" {definition.unit}" if definition.unit else ""
    start = said.min if isinstance(said.min, Decimal) else Decimal(0)
    if isinstance(said.min, Decimal) and number < said.min:
        return Problem("min", f"At least {said.min}{unit} is accepted here.")
    if isinstance(said.max, Decimal) and number > said.max:
        return Problem("max", f"At most {said.max}{unit} is accepted here.")
    if said.step is not None and not on_step(number, start, said.step):
        return Problem("step", f"Steps of {said.step}{unit} from {start}{unit} are accepted here.")
    return None


def _check_boolean(value: object, definition: Definition) -> Problem | None:
    return None if isinstance(value, bool) else Problem("type", "true or false is accepted here.")


def _check_date(value: object, definition: Definition) -> Problem | None:
    said, day = definition.constraints, _read_date(value)
    if day is None:
        return Problem("type", 'A date such as "2026-01-31" is accepted here.')
    if isinstance(said.min, date) and day < said.min:
        return Problem("min", f"{said.min} or a later date is accepted here.")
    if isinstance(said.max, date) and day > said.max:
        return Problem("max", f"{said.max} or an earlier date is accepted here.")
    return None


def _read_date(value: object) -> date | None:
    """The day that a text names, in this spelling only: Python reads 20260131 and 2026-W05-6, too."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:  # there is no 30th of February
        return None


def _check_choice(value: object, definition: Definition) -> Problem | None:
    if not isinstance(value, str):
        return Problem("type", "The code of an allowed value is accepted here.")
    found = next((one for one in definition.allowed_values if one.code == value), None)
    if found is not None and not found.deprecated:
        return None
    live = [one.code for one in definition.allowed_values if not one.deprecated]
    accepted = ", ".join(live[:_MOST_NAMED]) + (" and others" if len(live) > _MOST_NAMED else "")
    if found is None:
        return Problem("not_allowed", f"Accepted here: {accepted}.")
    return Problem("deprecated_value", f"{found.label} is deprecated. Accepted here: {accepted}.")


_CHECKS: dict[ValueType, Callable[[object, Definition], Problem | None]] = {
    ValueType.TEXT: _check_text,
    ValueType.INTEGER: _check_integer,
    ValueType.DECIMAL: _check_decimal,
    ValueType.BOOLEAN: _check_boolean,
    ValueType.DATE: _check_date,
    ValueType.CHOICE: _check_choice,
}
