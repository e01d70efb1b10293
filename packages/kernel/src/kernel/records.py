"""What was written down of an aggregate besides itself: who has changed it, and who uses it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from kernel.query import Page
from kernel.uses import Use


@dataclass(frozen=True, kw_only=True)
class Change:
    """What happened to an aggregate at a version (`what` is the type of the event), when and by whom.

    `changes` has the fields that differ, as [before, after]; of a new one those that say something.
    """

    version: int
    at: datetime
    by: str
    what: str
    changes: Mapping[str, Sequence[Any]]


class Records(Protocol):
    """The records of the aggregates of one kind."""

    async def history(self, id: UUID, *, page: int, size: int) -> Page[Change]:
        """The changes, the latest first, also of what was deleted.

        Raises:
            NotFound: when there has never been such an aggregate.
        """

    async def users(self, id: UUID) -> Sequence[Use]:
        """What uses it, as far as was heard, by kind and key."""
