"""The end of a specification that no offering uses."""

from dataclasses import dataclass
from uuid import UUID

from kernel.auth import Principal
from specification.ports import Begin


@dataclass(frozen=True)
class DeleteSpecification:
    """An author removes a specification."""

    begin: Begin

    async def __call__(self, id: UUID, version: int, by: Principal) -> None:
        """Delete what the caller has seen at `version`.

        Raises:
            NotFound: when there is no such specification.
            Stale: when `version` is not the present one.
            RuleBroken: naming the users when there are any.
        """
        async with self.begin(by) as work:
            specification = await work.specifications.get(id)
            specification.require_version(version)
            specification.delete(await work.uses.of(id))
            await work.specifications.delete(specification)
