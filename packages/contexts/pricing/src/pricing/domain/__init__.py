"""The rules of prices: their definitions, charge and life, who holds them, and what is sold by them."""

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
from pricing.domain.sale import Sale
from pricing.domain.sellable import CROWDED, EXPIRED, MISSING, Seller, require_sellable, sale_faults

__all__ = [
    "CROWDED",
    "EXPIRED",
    "MISSING",
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
    "Sale",
    "Seller",
    "Tier",
    "require_sellable",
    "sale_faults",
]
