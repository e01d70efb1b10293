"""A price that need not stay as it is any more."""

from dataclasses import dataclass
from uuid import UUID

from kernel.auth import Principal
from pricing.domain import Price
from pricing.ports import Begin
from pricing.use_cases.ensure import ensured


@dataclass(frozen=True)
class ReleasePrice:
    """An operator gives up a hold by hand, to repair. The process has `ReleasePrices`.

    Nothing is remembered: a publication that goes on may hold it again.

    It ensures a state ("this publication does not hold it"), so it asks for no version: what is not held is
    released already, and nothing is changed.
    """

    begin: Begin

    async def __call__(self, id: UUID, publication_id: UUID, by: Principal) -> Price:
        """Release it. Raises NotFound when there is no such price."""
        async with self.begin(by) as work:
            return await ensured(work, id, lambda price, now: price.release(publication_id, now))
