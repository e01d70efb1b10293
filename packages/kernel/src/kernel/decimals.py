"""Exact decimal numbers, and how long they may be."""

from decimal import Decimal

MOST_DIGITS = 40
"""Of a decimal, before and after the point together; what is longer is a mistake or an attack."""


def digits(number: Decimal) -> int:
    """How many digits a finite number has when it is written without an exponent."""
    _, written, exponent = number.as_tuple()
    shift = int(exponent)
    return max(len(written) + max(shift, 0), -shift)


def decimal_places(number: Decimal) -> int:
    """How many decimal places a finite number needs: 12.50 needs one.

    The number has at most `MOST_DIGITS` digits.
    """
    return len(f"{number:f}".partition(".")[2].rstrip("0"))


def whole(number: Decimal) -> bool:
    """Whether a finite number of at most `MOST_DIGITS` digits is integral, as 12 and 12.0 are."""
    return decimal_places(number) == 0


def plain(number: Decimal) -> Decimal:
    """The same number without an exponent; what is too long or not finite is returned as it is."""
    if not number.is_finite() or digits(number) > MOST_DIGITS:
        return number
    return Decimal(f"{number:f}")
