"""One publication."""

from dataclasses import dataclass
from uuid import UUID

from kernel.auth import Principal
from offering.domain import Publication
from offering.ports import Begin


@dataclass(frozen=True)
class GetPublication:
    """Somebody looks how far a publication is."""

    begin: Begin

    async def __call__(self, id: UUID, by: Principal) -> Publication:
        """The publication with this id. Raises NotFound."""
        async with self.begin(by) as work:
            return await work.publications.get(id)
