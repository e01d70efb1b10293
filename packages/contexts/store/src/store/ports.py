"""What the use cases need of the world."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from store.domain.entry import Entry
from store.domain.search import Found, Search
from store.domain.sources import Copy


@dataclass(frozen=True, kw_only=True)
class Refreshed:
    """What a turn of refreshing has done: entries `composed`, and those of them that show a new version."""

    composed: int
    shown: Sequence[Entry] = ()


class Copies(Protocol):
    """What the store has heard of the write sides, and the entries that come of it."""

    async def keep(self, copy: Copy) -> None:
        """Keep the newest state of an aggregate; an older one, and the same again, change nothing.

        The entries that it is a part of are to be composed anew, and that is remembered with it: whoever
        dies on the next line has lost nothing.
        """

    async def refresh(self, now: datetime) -> Refreshed:
        """Compose some of the entries that are to be composed anew, and those whose time has come.

        Any number of processes may do so at a time: what changes meanwhile is composed again.
        """


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
        """How many `entries` there are, and how many of them are `stale`, that is to be composed anew."""


class EventLogs(Protocol):
    """The event logs of the write sides: what was ever said to the store, for as long as they exist."""

    def newest(self, after: Mapping[str, UUID]) -> AsyncIterator[tuple[str, Sequence[Copy]]]:
        """The newest state of every aggregate, in batches, with the name of the log that each is from.

        Each log is read in the order of ids, behind the id in `after`.
        """

    async def count(self) -> int:
        """How many aggregates there are."""
