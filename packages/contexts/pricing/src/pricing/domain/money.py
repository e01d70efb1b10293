"""Money, and what a unit costs."""

from dataclasses import dataclass

from kernel.written import WrittenDecimal


@dataclass(frozen=True, kw_only=True)
class Money:
    """So much of a currency (ISO 4217), exactly: half a cent is 0.005."""

    amount: WrittenDecimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class Rate:
    """What one unit costs, and in which currency (ISO 4217). Where tiers say what it costs, `amount` is None.

    So a price has one place that says its currency, and never two that say its amount.
    """

    amount: WrittenDecimal | None = None
    currency: str
