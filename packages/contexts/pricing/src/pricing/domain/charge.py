"""What a quantity costs, exactly: nothing is rounded, whatever the precision of the thread's decimals is."""

from collections.abc import Sequence
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow
from itertools import pairwise

from kernel.errors import Invalid
from pricing.domain.definition import Definition, Mode, Tier
from pricing.domain.numbers import number_faults

# A quantity and an amount have at most 30 digits each, so a product has 60 and the sum of all tiers 62. Were
# that ever wrong, the charge would fail rather than be rounded.
_EXACTLY = Context(prec=100, traps=[Inexact, InvalidOperation, Overflow])


def charge(quantity: Decimal, definition: Definition) -> Decimal:
    """What so many units cost under a good definition, in its currency.

    Without tiers each unit costs the same. VOLUME: each costs what the tier says that the whole quantity
    falls in. GRADUATED: each slice of the quantity costs what its own tier says.

    Raises:
        Invalid: for a quantity that is negative, no number, or too long.
    """
    if found := list(number_faults(quantity, "/quantity")):
        raise Invalid("Nothing can be charged for this quantity.", problems=found)
    if definition.mode is Mode.GRADUATED:
        return _graduated(quantity, definition.tiers)
    return _EXACTLY.multiply(quantity, _of_each(quantity, definition))


def _of_each(quantity: Decimal, definition: Definition) -> Decimal:
    amount = definition.money.amount
    if amount is None:
        amount = [tier.amount for tier in definition.tiers if tier.from_ <= quantity][-1]
    return amount


def _graduated(quantity: Decimal, tiers: Sequence[Tier]) -> Decimal:
    ends = [following.from_ for _, following in pairwise(tiers)]
    total = Decimal(0)
    for tier, end in zip(tiers, [*ends, quantity], strict=True):
        if quantity > tier.from_:
            part = _EXACTLY.subtract(min(quantity, end), tier.from_)
            total = _EXACTLY.add(total, _EXACTLY.multiply(part, tier.amount))
    return total
