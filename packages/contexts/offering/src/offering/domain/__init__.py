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
from offering.domain.publication import CANCELLED, Cause, Progress, Publication
from offering.domain.steps import Step, StepState
from offering.domain.timeline import Account, account_of, account_without, steps_of

__all__ = [
    "CANCELLED",
    "Account",
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
    "Step",
    "StepState",
    "account_of",
    "account_without",
    "allowed",
    "steps_of",
]
