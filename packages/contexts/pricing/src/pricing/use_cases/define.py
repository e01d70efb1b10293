"""A new price."""

from dataclasses import dataclass

from kernel.auth import Principal
from kernel.domain import Command
from pricing.domain import Definition, Price
from pricing.ports import Begin


@dataclass(frozen=True, kw_only=True)
class Define(Command, Definition):
    """The definition that is wanted. Without a key, one is made of the name."""

    key: str | None = None


@dataclass(frozen=True)
class DefinePrice:
    """An author says what something costs."""

    begin: Begin

    async def __call__(self, wanted: Define, by: Principal) -> Price:
        """Define it.

        Raises:
            Invalid: naming everything that is wrong with the definition.
            Conflict: when another price has the key.
        """
        price = Price.define(wanted, key=wanted.key)
        async with self.begin(by) as work:
            await work.prices.save(price)
        return price
