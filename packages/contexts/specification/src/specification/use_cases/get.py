"""One specification."""

from dataclasses import dataclass
from uuid import UUID

from kernel.auth import Principal
from specification.domain import Specification
from specification.ports import Begin


@dataclass(frozen=True)
class GetSpecification:
    """Somebody looks at a specification."""

    begin: Begin

    async def __call__(self, id: UUID, by: Principal) -> Specification:
        """The specification with this id. Raises NotFound."""
        async with self.begin(by) as work:
            return await work.specifications.get(id)
