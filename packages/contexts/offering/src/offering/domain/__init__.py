"""The rules of offerings: what they say, the moves they allow, and their publications."""

from offering.domain.content import Content
from offering.domain.events import (
    OfferingDeleted,
    OfferingDrafted,
    OfferingPublished,
    OfferingRetired,
    OfferingRevised,
    PublicationRejected,
    PublicationRequested,
)
from offering.domain.moves import Move, Status, allowed
from offering.domain.offering import Failure, Offering
from offering.domain.publication import Cause, Progress, Publication

__all__ = [
    "Cause",
    "Content",
    "Failure",
    "Move",
    "Offering",
    "OfferingDeleted",
    "OfferingDrafted",
    "OfferingPublished",
    "OfferingRetired",
    "OfferingRevised",
    "Progress",
    "Publication",
    "PublicationRejected",
    "PublicationRequested",
    "Status",
    "allowed",
]
