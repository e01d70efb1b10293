"""The end of new offerings of a kind."""

from dataclasses import dataclass
from uuid import UUID

from kernel.auth import Principal
from specification.domain import Specification
from specification.ports import Begin


@dataclass(frozen=True)
class RetireSpecification:
    """An author keeps a specification from being used for anything new. Twice is as good as once."""

    begin: Begin

    async def __call__(self, id: UUID, version: int, by: Principal) -> Specification:
        """Retire what the caller has seen at `version`.

        Raises:
            NotFound: when there is no such specification.
            Stale: when `version` is not the present one.
            RuleBroken: when it is a draft.
        """
        async with self.begin(by) as work:
            specification = await work.specifications.get(id)
            specification.require_version(version)
            specification.retire()
            await work.specifications.save(specification)
        return specification
