"""What becomes of specifications, as far as it concerns characteristics: which of them are in use."""

from dataclasses import dataclass
from uuid import UUID

from kernel.domain import Heard, HeardPart
from kernel.uses import Use


@dataclass(frozen=True, kw_only=True)
class SpecificationUse(HeardPart):
    """A characteristic that a kind of product has."""

    characteristic_id: UUID


@dataclass(frozen=True, kw_only=True)
class Specification(Heard):
    """A kind of product."""

    uses: tuple[SpecificationUse, ...]

    @property
    def user(self) -> Use:
        """The specification as one that uses."""
        return Use(kind="specification", id=self.id, key=self.key)

    @property
    def used(self) -> set[UUID]:
        """The characteristics that it has."""
        return {one.characteristic_id for one in self.uses}
