"""A change of what an offering says."""

from dataclasses import dataclass
from uuid import UUID

from kernel.auth import Principal
from kernel.domain import Command
from offering.domain import Content, Offering
from offering.ports import Begin


@dataclass(frozen=True, kw_only=True)
class Revise(Command, Content):
    """The whole content as it shall be. What is left out becomes what it is by default."""


@dataclass(frozen=True)
class ReviseOffering:
    """An author works on the draft; of what is live already, on a draft beside it."""

    begin: Begin

    async def __call__(self, id: UUID, version: int, wanted: Revise, by: Principal) -> Offering:
        """Replace the draft of what the caller has seen at `version`; an equal one changes nothing.

        Raises:
            NotFound: when there is no such offering.
            Stale: when `version` is not the present one.
            Invalid: naming everything that is wrong with the content.
            RuleBroken: while it is being published, and when it is retired.
        """
        async with self.begin(by) as work:
            offering = await work.offerings.get(id)
            offering.require_version(version)
            offering.revise(wanted)
            await work.offerings.save(offering)
        return offering
