"""The end of a draft beside what is live."""

from dataclasses import dataclass
from uuid import UUID

from kernel.auth import Principal
from offering.domain import Offering
from offering.ports import Begin


@dataclass(frozen=True)
class DiscardDraft:
    """An author gives up what was begun, and leaves the offering as shoppers see it."""

    begin: Begin

    async def __call__(self, id: UUID, version: int, by: Principal) -> Offering:
        """Discard the draft of what the caller has seen at `version`.

        Raises:
            NotFound: when there is no such offering.
            Stale: when `version` is not the present one.
            RuleBroken: unless it is published and has a draft.
        """
        async with self.begin(by) as work:
            offering = await work.offerings.get(id)
            offering.require_version(version)
            offering.discard()
            await work.offerings.save(offering)
        return offering
