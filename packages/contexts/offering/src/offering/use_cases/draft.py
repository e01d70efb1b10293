"""A new offering."""

from dataclasses import dataclass

from kernel.auth import Principal
from kernel.domain import Command
from offering.domain import Content, Offering
from offering.ports import Begin


@dataclass(frozen=True, kw_only=True)
class Draft(Command, Content):
    """The content that is wanted. Without a key, one is made of the name."""

    key: str | None = None


@dataclass(frozen=True)
class DraftOffering:
    """An author starts a new offering; it may lack what only a publication needs."""

    begin: Begin

    async def __call__(self, wanted: Draft, by: Principal) -> Offering:
        """Draft it.

        Raises:
            Invalid: naming everything that is wrong with the content.
            Conflict: when another offering has the key.
        """
        offering = Offering.drafted(wanted, key=wanted.key)
        async with self.begin(by) as work:
            await work.offerings.save(offering)
        return offering
