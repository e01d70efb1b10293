"""The kinds of refusal. Each carries a sentence that a product manager understands; none knows about HTTP.

Routes turn a kind into a status (`kernel.http.problems` holds the one table), consumers into retry or park.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Problem:
    """One fault in what was sent.

    `code` is stable and for programs, `message` is for people and says what would be accepted,
    `pointer` is an RFC 6901 JSON pointer to the field, or "" for the whole.
    """

    code: str
    message: str
    pointer: str = ""


class CatalogError(Exception):
    """A refusal the platform can explain.

    `code` is stable; `problems` names the fields when there are any.
    """

    code = "error"

    def __init__(self, message: str, *, code: str | None = None, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.problems = tuple(problems)
        if code is not None:
            self.code = code


class NotFound(CatalogError):
    """What was asked for does not exist, or does not exist any more."""

    code = "not_found"


class Invalid(CatalogError):
    """A value or a reference that the domain refuses, though it is well formed."""

    code = "invalid"


class RuleBroken(CatalogError):
    """The move is not allowed in the present state."""

    code = "rule_broken"


class Rejected(CatalogError):
    """A step of a process cannot be done, for a reason that people must know; its diagram says what follows.

    `code` is the one that the diagram has an error event for, such as PRICE_MISSING.
    """

    code = "REJECTED"


class Conflict(CatalogError):
    """Somebody else changed it meanwhile; reading again and retrying may succeed."""

    code = "conflict"


class Stale(Conflict):
    """The caller wants to change a version that is not the present one any more."""

    code = "stale"


class Unauthorized(CatalogError):
    """Nobody knows who is asking: credentials are missing, wrong or expired. The message never says which."""

    code = "unauthorized"


class Forbidden(CatalogError):
    """It is known who is asking, and they may not."""

    code = "forbidden"


class _RetryLater(CatalogError):
    """A refusal that time heals; `retry_after` is in seconds."""

    def __init__(
        self,
        message: str,
        *,
        retry_after: float = 1.0,
        code: str | None = None,
        problems: Sequence[Problem] = (),
    ) -> None:
        super().__init__(message, code=code, problems=problems)
        self.retry_after = retry_after


class TooMany(_RetryLater):
    """The caller asks more often than a limit allows."""

    code = "too_many"


class Unavailable(_RetryLater):
    """Something this needs does not answer now."""

    code = "unavailable"


class NotHeard(Unavailable):
    """What somebody else has done has not been heard here yet: it is on its way, and comes by itself."""

    code = "not_heard"


def refuse(message: str, problems: Sequence[Problem]) -> None:
    """Raise Invalid with all of the problems, when there are any."""
    if problems:
        raise Invalid(message, problems=problems)


def not_found(kind: str, id: UUID) -> NotFound:
    """What every store says of an id it does not have."""
    return NotFound(f"There is no {kind} with the id {id}.")


def key_taken(kind: str, key: str) -> Conflict:
    """What every store says of a key that another aggregate has."""
    said = f"Another {kind} has the key {key} already: choose another one."
    return Conflict(said, code="key_taken", problems=[Problem("key_taken", said, "/key")])


def changed_meanwhile(kind: str) -> Stale:
    """What every store says when an aggregate was changed between reading and saving it."""
    return Stale(f"Somebody else has changed this {kind} meanwhile: read it again, then repeat your change.")
