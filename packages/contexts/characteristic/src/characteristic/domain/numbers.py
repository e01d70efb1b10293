"""How JSON values become exact numbers."""

import math
import re
from decimal import Decimal
from fractions import Fraction

MOST_INTEGER_DIGITS = 18
"""Of an integer: what fits every store's 64 bits."""

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")


def read_integer(value: object) -> Decimal | None:
    """The integer that a JSON value is: an integer, or a text of digits such as "-12"; None for all else.

    The text is for programs whose numbers end at 2**53, as in a browser. 12.0 is no integer, true neither.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    return Decimal(value) if isinstance(value, str) and _INTEGER.fullmatch(value) else None


def read_decimal(value: object) -> Decimal | None:
    """The decimal that a JSON value is: a number, or a text such as "12.50"; None for all else.

    A float is the shortest number that is printed for it (0.1 is 0.1). Text has no exponent and no needless
    leading zero.
    """
    if isinstance(value, float):
        return Decimal(repr(value)) if math.isfinite(value) else None
    if isinstance(value, str):
        return Decimal(value) if _DECIMAL.fullmatch(value) else None
    return read_integer(value)


def on_step(number: Decimal, start: Decimal, step: Decimal) -> bool:
    """Whether `number` is a whole number of steps away from `start`."""
    # Fractions, because the remainder of decimals is limited to the 28 digits of Python's decimal context.
    return (Fraction(number) - Fraction(start)) % Fraction(step) == 0
