"""What becomes of offerings, as far as it concerns specifications: which of them are in use."""

from dataclasses import dataclass
from uuid import UUID

from kernel.domain import Heard, HeardPart
from kernel.uses import Use


@dataclass(frozen=True, kw_only=True)
class OfferingContent(HeardPart):
    """What an offering says, or is going to say; the kind of product may still be open."""

    specification_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Offering(Heard):
    """What is sold: the `draft` that an author works on, and what is `live` in the store."""

    draft: OfferingContent | None = None
    live: OfferingContent | None = None

    @property
    def user(self) -> Use:
        """The offering as one that uses."""
        return Use(kind="offering", id=self.id, key=self.key)

    @property
    def used(self) -> set[UUID]:
        """The specifications that it uses: before the next publication it may be two."""
        named = {content.specification_id for content in (self.draft, self.live) if content is not None}
        return {id for id in named if id is not None}
