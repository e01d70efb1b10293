"""Undoing a step of publishing: nothing of a publication is staged, now or later."""

from dataclasses import dataclass
from uuid import UUID

from kernel.domain import HeardPart
from store.ports import Staging


@dataclass(frozen=True, kw_only=True)
class Drop(HeardPart):
    """The publication that has failed."""

    publication_id: UUID


@dataclass(frozen=True)
class DropEntry:
    """Ensure that nothing is staged, whether it ever was, is being staged, or is about to be."""

    staging: Staging

    async def __call__(self, wanted: Drop) -> None:
        """Drop it; doing so again changes nothing. Raises Unavailable."""
        await self.staging.end(wanted.publication_id)
