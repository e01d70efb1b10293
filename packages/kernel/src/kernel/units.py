"""Units of measure: UCUM codes (https://ucum.org), and bytes as people write them.

Strict UCUM writes the byte `By` and means the bel, a logarithm, by `B`. Nobody sells memory in bels: here `B`
with or without a prefix of size (`kB`, `MB`, `GB`, `GiB`, also in `MB/s`) is the byte. The decibel is `dB`.
"""

import asyncio
import re
from contextlib import AbstractAsyncContextManager
from decimal import Decimal, localcontext
from fractions import Fraction
from types import ModuleType
from typing import Self

from kernel.decimals import MOST_DIGITS, digits
from kernel.errors import Invalid, Problem

MOST_UNIT = 32
"""Characters of a code."""

_EVERYDAY_BYTE = re.compile(r"(?:^|(?<=[./(]))([kMGTPE]|[KMGT]i)?B(?=$|[./){0-9+-])")
_LONG_NUMBER = re.compile(r"[0-9]{4}")


def check_unit(code: str) -> Problem | None:
    """What is wrong with the code of a unit; None when it is one, such as GB, Mbit/s, cm or Cel."""
    # A number in a unit is an exponent or a factor; 10*999999999 would keep a processor busy for hours.
    if len(code) <= MOST_UNIT and not _LONG_NUMBER.search(code) and _ucum().known(_strict(code)):
        return None
    accepted = "UCUM codes are accepted, such as GB, Mbit/s, cm, kg or Cel"
    return Problem("unit", f"This unit is not known; {accepted}.", "/unit")


def convert(value: Decimal, from_unit: str, to_unit: str) -> Decimal:
    """The same amount in another unit: 1 GB is 1000 MB.

    Exact, unless more than 40 significant digits are needed (1 cm is 0.39370… inches): then it is rounded to
    40, half to even.

    Raises:
        Invalid: for an unknown unit, for units of different dimensions, for units without an exact
            conversion (logarithms such as the decibel) and for a value of more than 40 digits.
    """
    for code in (from_unit, to_unit):
        if check_unit(code):
            raise Invalid(f"The unit {code[:MOST_UNIT]} is not known.", code="unit")
    if not value.is_finite() or digits(value) > MOST_DIGITS:
        raise Invalid(f"A number of at most {MOST_DIGITS} digits can be converted.", code="digits")
    if from_unit == to_unit:
        return value
    ours, theirs = _ucum().scale(_strict(from_unit)), _ucum().scale(_strict(to_unit))
    if ours is None or theirs is None or ours.base != theirs.base:
        raise Invalid(f"{from_unit} cannot be converted to {to_unit}.", code="dimension")
    return _decimal((Fraction(value) * ours.factor + ours.offset - theirs.offset) / theirs.factor)


def in_base(value: Decimal, unit: str) -> tuple[str, Fraction] | None:
    """The dimension of a known unit, and the amount in the dimension's base units: 1 kB is 8000 bits.

    Amounts of one dimension can be compared, whatever their units were. None for a unit without an exact
    conversion, such as the decibel, and for a code that is none.
    """
    if check_unit(unit) or not value.is_finite() or digits(value) > MOST_DIGITS:
        return None
    scale = _ucum().scale(_strict(unit))
    if scale is None:
        return None
    dimension = ".".join(sorted(f"{name}{power}" for name, power in scale.base))
    return dimension, Fraction(value) * scale.factor + scale.offset


class Units(AbstractAsyncContextManager["Units"]):
    """Reads the definitions of all units in a thread: their first use takes 0.6 s, which no request shall."""

    def __init__(self) -> None:
        self._reading: asyncio.Task[object] | None = None

    async def __aenter__(self) -> Self:
        self._reading = asyncio.create_task(asyncio.to_thread(check_unit, "GB"))
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._reading is not None:
            await self._reading


def _strict(code: str) -> str:
    """The code as UCUM spells it."""
    return _EVERYDAY_BYTE.sub(r"\1By", code)


def _decimal(number: Fraction) -> Decimal:
    with localcontext(prec=MOST_DIGITS):
        return Decimal(number.numerator) / Decimal(number.denominator)


def _ucum() -> ModuleType:
    """The library, when it is needed: importing it takes longer than everything else in a process's start."""
    from kernel import ucum

    return ucum
