"""What happens to an offering. Every event carries the whole offering, `publicationId` included."""

from kernel.domain import Event


class OfferingDrafted(Event, type="offering.drafted.v1"):
    """There is a new offering, and nobody sells it yet."""


class OfferingRevised(Event, type="offering.revised.v1"):
    """The draft has changed: it was written anew, opened beside what is live, or discarded."""


class PublicationRequested(Event, type="publication.requested.v1"):
    """A publisher wants the draft to go live: `publicationId` names the attempt."""


class OfferingPublished(Event, type="offering.published.v1"):
    """The publication `publicationId` has succeeded: what was the draft is live."""


class PublicationRejected(Event, type="publication.rejected.v1"):
    """The publication `publicationId` has failed for the reason in `failure`; what was live is live still."""


class OfferingRetired(Event, type="offering.retired.v1"):
    """It is not sold any more; `live` is what was sold last."""


class OfferingDeleted(Event, type="offering.deleted.v1"):
    """There is no such offering any more; it was never sold."""
