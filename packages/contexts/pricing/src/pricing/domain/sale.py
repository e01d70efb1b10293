"""The sale of an offering: which of its publications may hold prices, in whatever order things are heard."""

from dataclasses import dataclass, replace
from uuid import UUID

from kernel.errors import RuleBroken


@dataclass(frozen=True, kw_only=True)
class Sale:
    """What is known of an offering's publications.

    They come one after the other: a later one is requested at a greater version of the offering, and the
    earlier ones are over by then. `live` is the one it is sold by, as of its `version`; None when it is not
    sold, yet or any more. `requested` is the greatest version at which one was requested, as far as known,
    and `pending` that one while it goes on: whatever else was requested by then is over.
    """

    offering_id: UUID
    version: int = 0
    live: UUID | None = None
    requested: int = 0
    pending: UUID | None = None

    def begun(self, publication_id: UUID, requested: int) -> "Sale":
        """A publication that was requested at this version of the offering goes on, or is live already.

        Raises:
            RuleBroken: when it is over (`publication_ended`).
        """
        if publication_id == self.live or (publication_id, requested) == (self.pending, self.requested):
            return self
        if requested <= self.requested:
            said = f"The publication {publication_id} is over, so it holds no prices any more."
            raise RuleBroken(said, code="publication_ended")
        return replace(self, requested=requested, pending=publication_id)

    def undone(self, requested: int) -> "Sale":
        """The publication that was requested at this version of the offering is over, and is not live."""
        if requested < self.requested:
            return self
        return replace(self, requested=requested, pending=None)

    def sold(self, publication_id: UUID, version: int) -> "Sale":
        """At this version the offering is live by a publication; a version that is known says nothing."""
        return self._now(publication_id, version)

    def ended(self, version: int) -> "Sale":
        """At this version the offering is not sold any more; a version that is known says nothing."""
        return self._now(None, version)

    def _now(self, live: UUID | None, version: int) -> "Sale":
        if version <= self.version:
            return self
        return replace(self.undone(version - 1), version=version, live=live)
