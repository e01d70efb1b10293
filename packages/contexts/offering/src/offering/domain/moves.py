"""Which moves an offering allows in which state: the state machine as one table."""

from enum import StrEnum


class Status(StrEnum):
    """Where an offering is in its life."""

    DRAFT = "DRAFT"
    PUBLISHING = "PUBLISHING"
    PUBLISHED = "PUBLISHED"
    RETIRED = "RETIRED"


class Move(StrEnum):
    """What can be done with an offering. The publish process confirms and rejects, people do the rest."""

    REVISE = "revise"
    PUBLISH = "publish"
    CONFIRM = "confirm"
    REJECT = "reject"
    DISCARD = "discard"
    RETIRE = "retire"
    DELETE = "delete"


_ALLOWED: dict[tuple[Status, bool], tuple[Move, ...]] = {
    (Status.DRAFT, True): (Move.REVISE, Move.PUBLISH, Move.DELETE),
    (Status.PUBLISHING, True): (Move.CONFIRM, Move.REJECT),
    (Status.PUBLISHED, False): (Move.REVISE, Move.RETIRE),
    (Status.PUBLISHED, True): (Move.REVISE, Move.PUBLISH, Move.DISCARD, Move.RETIRE),
    (Status.RETIRED, False): (),
}


def allowed(status: Status, *, has_draft: bool) -> tuple[Move, ...]:
    """The moves of a state; `has_draft` tells whether there is a draft, beside what is live or alone."""
    return _ALLOWED[status, has_draft]
