"""One offering."""

from dataclasses import dataclass
from uuid import UUID

from kernel.auth import Principal
from offering.domain import Offering
from offering.ports import Begin


@dataclass(frozen=True)
class GetOffering:
    """Somebody looks at an offering."""

    begin: Begin

    async def __call__(self, id: UUID, by: Principal) -> Offering:
        """The offering with this id. Raises NotFound."""
        async with self.begin(by) as work:
            return await work.offerings.get(id)
