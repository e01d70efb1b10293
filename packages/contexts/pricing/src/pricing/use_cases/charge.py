"""What a quantity costs."""

from dataclasses import dataclass
from uuid import UUID

from kernel.auth import Principal
from kernel.domain import Command
from kernel.written import WrittenDecimal
from pricing.domain.numbers import spelled
from pricing.ports import Begin


@dataclass(frozen=True, kw_only=True)
class Charge(Command):
    """How many units: for usage of the unit of measure, else pieces or periods."""

    quantity: WrittenDecimal


@dataclass(frozen=True, kw_only=True)
class Charged:
    """What the quantity costs, exactly; numbers that are equal are spelled alike."""

    quantity: WrittenDecimal
    amount: WrittenDecimal
    currency: str


@dataclass(frozen=True)
class ChargePrice:
    """Somebody asks what a quantity costs; it changes nothing."""

    begin: Begin

    async def __call__(self, id: UUID, wanted: Charge, by: Principal) -> Charged:
        """Charge the quantity by the price as it is now, whether it is valid now or not.

        Raises:
            NotFound: when there is no such price.
            Invalid: for a quantity that is negative or too long.
        """
        async with self.begin(by) as work:
            price = await work.prices.get(id)
        money = price.amount_for(wanted.quantity)
        return Charged(quantity=spelled(wanted.quantity), amount=money.amount, currency=money.currency)
