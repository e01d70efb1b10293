"""One price."""

from dataclasses import dataclass
from uuid import UUID

from kernel.auth import Principal
from pricing.domain import Price
from pricing.ports import Begin


@dataclass(frozen=True)
class GetPrice:
    """Somebody looks at a price."""

    begin: Begin

    async def __call__(self, id: UUID, by: Principal) -> Price:
        """The price with this id. Raises NotFound."""
        async with self.begin(by) as work:
            return await work.prices.get(id)
