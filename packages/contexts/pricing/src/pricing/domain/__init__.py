"""The rules of prices: their definitions, their charge, their life, and who holds them."""

from pricing.domain.definition import Definition, Kind, Mode, Period, PeriodUnit, Tier
from pricing.domain.holds import Hold
from pricing.domain.money import Money, Rate
from pricing.domain.price import (
    Price,
    PriceDefined,
    PriceDeleted,
    PriceLocked,
    PriceReleased,
    PriceRevised,
)

__all__ = [
    "Definition",
    "Hold",
    "Kind",
    "Mode",
    "Money",
    "Period",
    "PeriodUnit",
    "Price",
    "PriceDefined",
    "PriceDeleted",
    "PriceLocked",
    "PriceReleased",
    "PriceRevised",
    "Rate",
    "Tier",
]
