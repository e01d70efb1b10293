"""Whether an offering could be sold by prices now."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from kernel.auth import Principal
from kernel.domain import Command, new_id
from kernel.errors import Problem
from pricing.domain import Seller, sale_faults
from pricing.ports import Begin
from pricing.use_cases.lookup import require_few


@dataclass(frozen=True, kw_only=True)
class Check(Command):
    """The prices of an offering, in its order. Which offering it is tells what it holds already; one that is
    not named holds nothing."""

    ids: tuple[UUID, ...]
    offering_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What is wrong with them; nothing when a publication would lock them now."""

    problems: Sequence[Problem]


@dataclass(frozen=True)
class CheckPrices:
    """Somebody asks before a publication whether its prices would do; it changes and holds nothing."""

    begin: Begin

    async def __call__(self, wanted: Check, by: Principal) -> Checked:
        """Check them, by the clock of the store. Raises Invalid for more than `MOST_IDS` ids."""
        require_few(wanted.ids)
        async with self.begin(by) as work:
            prices = await work.prices.many(set(wanted.ids))
            seller = Seller(offering_id=wanted.offering_id or new_id())
            return Checked(problems=[*sale_faults(wanted.ids, prices, await work.now(), seller)])
