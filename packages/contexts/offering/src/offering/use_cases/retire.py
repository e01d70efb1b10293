"""The end of selling an offering."""

from dataclasses import dataclass
from uuid import UUID

from kernel.auth import Principal
from offering.domain import Offering
from offering.ports import Begin


@dataclass(frozen=True)
class RetireOffering:
    """A publisher takes an offering out of the store for good."""

    begin: Begin

    async def __call__(self, id: UUID, version: int, by: Principal) -> Offering:
        """Retire what the caller has seen at `version`.

        Raises:
            NotFound: when there is no such offering.
            Stale: when `version` is not the present one.
            RuleBroken: unless it is published.
        """
        async with self.begin(by) as work:
            offering = await work.offerings.get(id)
            offering.require_version(version)
            offering.retire()
            await work.offerings.save(offering)
        return offering
