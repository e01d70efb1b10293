"""What becomes of offerings, as far as it concerns prices: which of them are in use."""

from dataclasses import dataclass
from uuid import UUID

from kernel.domain import Heard, HeardPart
from kernel.uses import Use


@dataclass(frozen=True, kw_only=True)
class Content(HeardPart):
    """What an offering says, in its draft or live."""

    price_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Offering(Heard):
    """What is sold, or is going to be."""

    draft: Content | None = None
    live: Content | None = None

    @property
    def user(self) -> Use:
        """The offering as one that uses."""
        return Use(kind="offering", id=self.id, key=self.key)

    @property
    def used(self) -> set[UUID]:
        """The prices of its draft and those it is sold by; a retired offering goes on referring to them."""
        return {id for content in (self.draft, self.live) if content is not None for id in content.price_ids}
