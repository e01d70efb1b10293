"""What becomes of offerings, as far as it concerns specifications: which are in use, what is to be judged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from kernel.auth import PLATFORM
from kernel.domain import Heard, HeardPart
from kernel.uses import Use
from specification.domain import Draft, Publication
from specification.ports import Begin

_PUBLISHING = "PUBLISHING"
"""A word of the other context: a publication goes on, of this draft, and neither changes meanwhile."""


@dataclass(frozen=True, kw_only=True)
class OfferingContent(HeardPart):
    """What an offering says, or is going to say; the kind of product may still be open."""

    specification_id: UUID | None = None
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Offering(Heard):
    """What is sold: the `draft` that an author works on, and what is `live` in the store.

    `publication_id` is the present publication's, or the last one's when there is none.
    """

    status: str
    draft: OfferingContent | None = None
    live: OfferingContent | None = None
    publication_id: UUID | None = None

    @property
    def user(self) -> Use:
        """The offering as one that uses."""
        return Use(kind="offering", id=self.id, key=self.key)

    @property
    def used(self) -> set[UUID]:
        """The specifications that it uses: before the next publication it may be two."""
        named = {content.specification_id for content in (self.draft, self.live) if content is not None}
        return {id for id in named if id is not None}

    @property
    def publication(self) -> Publication | None:
        """Its last publication, with the draft while that goes on; None when there was none."""
        if self.publication_id is None:
            return None
        draft = None
        if self.status == _PUBLISHING and self.draft is not None:
            draft = Draft(specification_id=self.draft.specification_id, values=self.draft.values)
        return Publication(id=self.publication_id, offering_id=self.id, version=self.version, draft=draft)


@dataclass(frozen=True, kw_only=True)
class DeletedOffering(Offering):
    """What was never sold, and will not be."""

    @property
    def used(self) -> set[UUID]:
        """Nothing any more."""
        return set()


@dataclass(frozen=True)
class HearOffering:
    """The platform hears that an offering has come to be, has changed, or is gone.

    Every event has the whole offering, so the newest one says all there is to know: whatever is older than
    what is known changes nothing, and one that was missed is made up for by the next.
    """

    begin: Begin

    async def __call__(self, heard: Offering) -> None:
        """Note which specifications it uses, and keep its draft for as long as that is being published."""
        async with self.begin(PLATFORM) as work:
            await work.uses.note(heard.user, heard.version, heard.used)
            if (publication := heard.publication) is not None:
                await work.publications.note(publication)
