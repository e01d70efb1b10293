"""A change of what a price says."""

from dataclasses import dataclass
from uuid import UUID

from kernel.auth import Principal
from kernel.domain import Command
from pricing.domain import Definition, Price
from pricing.ports import Begin


@dataclass(frozen=True, kw_only=True)
class Revise(Command, Definition):
    """The whole definition as it shall be. What is left out becomes what it is by default."""


@dataclass(frozen=True)
class RevisePrice:
    """An author corrects a price that nobody sells by."""

    begin: Begin

    async def __call__(self, id: UUID, version: int, wanted: Revise, by: Principal) -> Price:
        """Replace the definition that the caller has seen at `version`; an equal one changes nothing.

        Raises:
            NotFound: when there is no such price.
            Stale: when `version` is not the present one.
            RuleBroken: naming who holds it, when anybody does.
            Invalid: naming everything that is wrong with the definition.
        """
        async with self.begin(by) as work:
            price = await work.prices.get(id)
            price.require_version(version)
            price.revise(wanted, await work.now())
            await work.prices.save(price)
        return price
