"""What the use cases need of the world."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from kernel.errors import RuleBroken
from store.domain.entry import Entry
from store.domain.search import Found, Search
from store.domain.sources import Copy, Kind


@dataclass(frozen=True, kw_only=True)
class Refreshed:
    """What a turn of refreshing has done: entries `composed`, and those of them that show a new version."""

    composed: int
    shown: Sequence[Entry] = ()


class Copies(Protocol):
    """What the store has heard of the write sides, and the entries that come of it."""

    async def keep(self, copy: Copy) -> None:
        """Keep the newest state of an aggregate; an older one, and the same again, change nothing.

        The entries that it is a part of are to be composed anew, unless they show the same of it (see
        `Copy.shown`), and that is remembered with it: whoever dies on the next line has lost nothing.
        """

    async def refresh(self, now: datetime) -> Refreshed:
        """Compose some of the entries that are to be composed anew, and those whose time has come.

        Any number of processes may do so at a time: what changes meanwhile is composed again.
        """


class KnownCopies(Protocol):
    """What the store has heard, to be read."""

    async def known(self, ids: Collection[UUID]) -> Mapping[UUID, Copy]:
        """The copies of these, deleted ones too, without those that nothing was heard of."""


class Staging(Protocol):
    """Entries of publications under way. They stand beside the editions, where no shopper's question looks.

    A publication that has ended stays so: it is remembered for 30 days, in memory for the last 10,000.
    """

    async def stage(self, publication_id: UUID, entry: Entry) -> None:
        """Keep the entry, in the place of one that was staged for the publication before.

        Raises:
            RuleBroken: `publication_ended`, and nothing is staged.
        """

    async def end(self, publication_id: UUID) -> None:
        """Remove what is staged, and let nothing be staged any more, whatever comes at the same time."""

    async def ended(self, publication_id: UUID) -> bool:
        """Whether it has ended."""

    async def staged(self, publication_id: UUID) -> Entry | None:
        """What is staged; None when nothing is."""


def publication_ended(publication_id: UUID) -> RuleBroken:
    """What every store says of a step that comes after the end."""
    said = f"The publication {publication_id} has ended, so nothing is staged for it."
    return RuleBroken(said, code="publication_ended")


class Catalogue(Protocol):
    """The entries, to be read."""

    async def search(self, wanted: Search, now: datetime) -> Found:
        """What can be bought now, in one round trip.

        Raises:
            Unavailable: when the answer takes longer than a second, or the store of record is away.
        """

    async def find(self, key: str) -> Entry | None:
        """The entry of an offering by its key; None when there is none that is sold."""

    async def size(self) -> Mapping[str, int]:
        """How many `entries` there are, and how many are `stale`, which means to be composed anew."""


@dataclass(frozen=True, kw_only=True)
class Drift:
    """That an edition differs from what the event logs say.

    Of an aggregate it has nothing (`missing`) or an older version (`stale`), or something that no log has
    (`extra`), or something else at the same version, in the copy or in the entry made of it (`changed`).
    Changed is also what is newer than any log, whose version is `over`, and an entry that nobody composes.
    """

    of: Kind
    id: UUID
    what: Literal["missing", "stale", "extra", "changed"]
    over: int | None = None


@dataclass(frozen=True, kw_only=True)
class Seen:
    """How a copy is here: its version and, of an offering, whether its entry is `waiting` to be composed.

    `touched` is another number whenever something has become of the entry.
    """

    version: int
    touched: int = 0
    waiting: bool = False


class Edition(Copies, Protocol):
    """A whole store: all copies and entries. A new one is written while another is read."""

    async def keep_all(self, copies: Sequence[Copy]) -> None:
        """The same as `keep` for each, in few round trips."""

    async def audit(self, copies: Sequence[Copy], now: datetime) -> Sequence[Drift]:
        """Which of these newest states, and the entries made of them, are not here as they should be."""

    async def seen(self, of: Kind, ids: Collection[UUID], now: datetime) -> Mapping[UUID, Seen]:
        """How these are here, without those that are not."""

    async def ids(self, of: Kind, after: UUID | None, most: int) -> Sequence[UUID]:
        """The ids of all copies of a kind, deleted ones too, in their order behind `after`."""

    async def restore(self, copy: Copy, over: int | None = None) -> None:
        """Write a copy whatever is there, and have the entries that it is a part of composed anew.

        What is newer stays, unless it is of no higher version than `over`.
        """

    async def remove(self, of: Kind, id: UUID) -> None:
        """Remove what no log has: the copy, and the entry."""


class Editions(Protocol):
    """The editions of the store, and the one pointer that says which is read."""

    async def present(self) -> "Edition":
        """The edition that is read."""

    async def begun(self) -> tuple[int, "Edition", Mapping[str, UUID]]:
        """The edition that is being written, its number, and how far each log was read into it.

        It is begun when there is none. From when this returns, whatever is heard is kept in it, too, by all
        processes.
        """

    async def note(self, number: int, log: str, last: UUID) -> None:
        """Note how far a log was read into an edition that was begun."""

    async def switch(self, number: int) -> None:
        """Read this edition from now on. The one before is kept, and hears all that is heard."""

    async def abandon(self, number: int) -> None:
        """Give up an edition that is being written: the next one is begun from nothing."""

    async def roll_back(self) -> bool:
        """Read the edition before again; False when there is none."""


class EventLogs(Protocol):
    """The event logs of the write sides: all that was ever said to the store."""

    def newest(self, after: Mapping[str, UUID]) -> AsyncIterator[tuple[Kind, Sequence[Copy]]]:
        """The newest state of every aggregate, in batches: log by log, in the order of ids behind `after`.

        `after` is by the kind of what a log is of. What is written meanwhile may be there or not. A state
        that cannot be read is left out, and that is logged.
        """

    async def of(self, kind: Kind, ids: Collection[UUID]) -> Sequence[Copy]:
        """The newest states of these, without those that there are none of, or that cannot be read."""

    async def has(self, kind: Kind, ids: Collection[UUID]) -> Collection[UUID]:
        """Which of these a log has anything of, be it readable or not."""

    async def count(self) -> int:
        """How many aggregates there are."""
