"""The end of an offering that was never sold."""

from dataclasses import dataclass
from uuid import UUID

from kernel.auth import Principal
from offering.ports import Begin


@dataclass(frozen=True)
class DeleteOffering:
    """An author removes an offering."""

    begin: Begin

    async def __call__(self, id: UUID, version: int, by: Principal) -> None:
        """Delete what the caller has seen at `version`.

        Raises:
            NotFound: when there is no such offering.
            Stale: when `version` is not the present one.
            RuleBroken: when it is more than a draft.
        """
        async with self.begin(by) as work:
            offering = await work.offerings.get(id)
            offering.require_version(version)
            offering.delete()
            await work.offerings.delete(offering)
