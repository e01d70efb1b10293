"""How long amounts and quantities may be, and how they are spelled."""

from collections.abc import Iterator
from decimal import Decimal

from kernel.decimals import decimal_places, digits
from kernel.errors import Problem

MOST_INTEGER_DIGITS = 18
"""Before the point."""
MOST_PLACES = 12
"""After it: a token of a language model costs millionths of a cent."""


def number_faults(number: Decimal, pointer: str) -> Iterator[Problem]:
    """The first thing that is wrong with an amount or a quantity, whatever the currency."""
    if not number.is_finite() or number < 0:
        yield Problem("range", "A number that is 0 or greater is accepted here.", pointer)
    elif digits(number) > MOST_INTEGER_DIGITS + MOST_PLACES or number >= 10**MOST_INTEGER_DIGITS:
        said = (
            f"At most {MOST_INTEGER_DIGITS} digits before the point, and {MOST_PLACES} after it, are accepted"
        )
        yield Problem("digits", f"{said} here.", pointer)
    elif decimal_places(number) > MOST_PLACES:
        yield Problem("scale", f"At most {MOST_PLACES} decimal places are accepted here.", pointer)


def spelled(number: Decimal, places: int = 0) -> Decimal:
    """The same good number with at least so many decimal places, and no needless ones beyond: 12.5 is 12.50.

    It has no exponent and 0 has no sign, so equal numbers are spelled alike.
    """
    exactly = max(places, decimal_places(number))
    return Decimal(f"{number if number else Decimal(0):.{exactly}f}")
