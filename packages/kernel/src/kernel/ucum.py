"""UCUM units, exactly: ucumvert knows the grammar and the codes, pint what they are worth.

Only `units` uses this, and imports it when the first unit is looked at: that costs 0.6 s (0.3 s of imports,
0.3 s to read pint's and UCUM's definitions), measured on 3.11 with ucumvert 0.3.2 and pint 0.25.3.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import ucumvert  # type: ignore[import-untyped]
from lark.exceptions import LarkError
from pint import UnitRegistry

# Not ucumvert's own registry: whatever it is given, it works with floats, and in pint's global registry.
_registry: Any = UnitRegistry(non_int_type=Fraction)
_registry.load_definitions(Path(ucumvert.__file__).with_name("pint_ucum_defs.txt"))
_parser = ucumvert.get_ucum_parser()


class _Exact(ucumvert.UcumToPintTransformer):  # type: ignore[misc]  # the library has no types
    """Fractions all the way: pint divides integers into floats, in l/(100.km) for instance."""

    def simple_unit(self, args: list[Any]) -> Any:
        found = super().simple_unit(args)
        return _registry.Quantity(Fraction(found.magnitude), found.units)


_transformer = _Exact(_registry)


@dataclass(frozen=True)
class Scale:
    """How a unit measures: an amount in it times `factor`, plus `offset`, is the amount in `base` units.

    Bits and radians are base units of their own, so that neither is mistaken for a bare number.
    """

    factor: Fraction
    offset: Fraction
    base: frozenset[tuple[str, Fraction]]


@lru_cache(maxsize=1024)
def known(code: str) -> bool:
    """Whether this is a unit of UCUM."""
    return _quantity(code) is not None


@lru_cache(maxsize=1024)
def scale(code: str) -> Scale | None:
    """How a known unit measures; None when its conversion is not exact, as for decibels and the gauss."""
    quantity = _quantity(code)
    if quantity is None:
        raise ValueError(f"{code!r} is not a known unit")
    parts = [(name, Fraction(exponent)) for name, exponent in quantity.unit_items()]
    if len(parts) == 1 and parts[0][1] == quantity.magnitude == 1:
        return _simple(parts[0][0])
    factor, base = Fraction(quantity.magnitude), dict[str, Fraction]()
    for name, exponent in parts:
        part = _simple(name)
        if part is None or part.offset or exponent.denominator != 1:
            return None
        factor *= part.factor**exponent.numerator
        for root, power in part.base:
            base[root] = base.get(root, Fraction(0)) + power * exponent
    return Scale(factor, Fraction(0), frozenset((root, power) for root, power in base.items() if power))


def _simple(name: str) -> Scale | None:
    """The scale of one of pint's units, found by measuring: 0, 1 and 2 must lie on a line."""
    at = [_registry.Quantity(number, name).to_root_units() for number in map(Fraction, range(3))]
    values = [one.magnitude for one in at]
    if not all(isinstance(value, int | Fraction) for value in values):
        return None
    zero, one, two = map(Fraction, values)
    if two - one != one - zero:
        return None
    base = frozenset((root, Fraction(power)) for root, power in at[0].unit_items())
    return Scale(one - zero, zero, base)


def _quantity(code: str) -> Any:
    """What pint makes of a code; None when it is not a unit. Annotations count as the number 1."""
    try:
        found = _transformer.transform(_parser.parse(code))
    except LarkError:  # of the grammar, or around what pint said
        return None
    return found if isinstance(found, _registry.Quantity) else _registry.Quantity(Fraction(1))
