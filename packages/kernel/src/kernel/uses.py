"""Who uses what, as far as a context has heard from the others: what is used is not deleted.

Each context keeps this for its own things, fed by the events of those who refer to them. It is as late as
the events are: something can be deleted in the moment in which another context begins to use it. Whoever
refers to it finds that out when it is needed, at the latest on publication.
"""

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from kernel.auth import PLATFORM, Principal
from kernel.errors import RuleBroken

_MOST_NAMED = 10
"""Users that a refusal names; the others are counted."""


@dataclass(frozen=True, kw_only=True)
class Use:
    """Something that uses: its kind ("specification"), its id, and the key that people know it by."""

    kind: str
    id: UUID
    key: str


class Uses(Protocol):
    """Who uses what."""

    async def of(self, id: UUID) -> list[Use]:
        """What uses the thing with this id, in no particular order."""

    async def note(self, user: Use, version: int, used: Collection[UUID]) -> None:
        """At this version the user uses these and nothing else; a version older than one noted says nothing.

        Who is deleted uses nothing any more, and is remembered for the sake of events that come late.
        """


class UsesWork(Protocol):
    """A work that may touch who uses what."""

    @property
    def uses(self) -> Uses: ...


BeginUses = Callable[[Principal], AbstractAsyncContextManager[UsesWork]]


class Referring(Protocol):
    """What a context has heard of somebody who refers to its things."""

    @property
    def user(self) -> Use: ...
    @property
    def version(self) -> int: ...
    @property
    def used(self) -> Collection[UUID]: ...


@dataclass(frozen=True)
class NoteUses:
    """A context hears that somebody who refers to its things has come to be, or has changed."""

    begin: BeginUses

    async def __call__(self, heard: Referring) -> None:
        """Note what they use; whatever is older than what is known changes nothing."""
        async with self.begin(PLATFORM) as work:
            await work.uses.note(heard.user, heard.version, heard.used)


@dataclass(frozen=True)
class ForgetUses:
    """A context hears that there is no such user any more."""

    begin: BeginUses

    async def __call__(self, heard: Referring) -> None:
        """Note that they use nothing."""
        async with self.begin(PLATFORM) as work:
            await work.uses.note(heard.user, heard.version, ())


def used_by(name: str, uses: Sequence[Use]) -> str:
    """Who uses it, as the beginning of a sentence; of many, the first few by key."""
    keys = sorted(use.key for use in uses)
    more = f" and {len(keys) - _MOST_NAMED} more" if len(keys) > _MOST_NAMED else ""
    return f"{name} is used by {', '.join(keys[:_MOST_NAMED])}{more}"


def require_unused(name: str, uses: Sequence[Use], instead: str) -> None:
    """Refuse a deletion, and say what can be done `instead` ("retire it").

    Raises:
        RuleBroken: naming the users, when there are any.
    """
    if uses:
        raise RuleBroken(f"{used_by(name, uses)}: {instead} instead.", code="in_use")
