"""A database in memory: the plainest statement of what a store promises, for tests and for looking at.

One transaction at a time, and a transaction that raises leaves everything as it was.
"""

import asyncio
import copy
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from uuid import UUID

from kernel.auth import Principal
from kernel.domain import Aggregate, Event
from kernel.errors import changed_meanwhile, key_taken, not_found
from kernel.query import Filter, Page, Query
from kernel.uses import Use

A = TypeVar("A", bound=Aggregate)
W = TypeVar("W")


@dataclass(frozen=True)
class Recorded:
    """An event that a commit has published: what happened to which version, and by whom."""

    event: Event
    aggregate: Aggregate
    by: Principal


@dataclass(frozen=True)
class Usage:
    """What somebody uses, as of a version of theirs."""

    user: Use
    version: int
    used: frozenset[UUID]


@dataclass
class MemoryDatabase:
    """The rows of every kind by id, all that was published, oldest first, and who uses what.

    What is no aggregate, and has no events, may have rows as well: they belong to the transaction.
    """

    rows: dict[str, dict[UUID, Any]] = field(default_factory=dict)
    published: list[Recorded] = field(default_factory=list)
    usage: dict[tuple[str, UUID], Usage] = field(default_factory=dict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    def rows_of(self, kind: str) -> dict[UUID, Any]:
        """The rows of a kind, to be read and written."""
        return self.rows.setdefault(kind, {})

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[None]:
        """One transaction: kept at the end of the block, undone when it raises."""
        async with self._turn:
            rows, published = {kind: dict(rows) for kind, rows in self.rows.items()}, len(self.published)
            usage = dict(self.usage)
            try:
                yield
            except BaseException:
                self.rows.clear()
                self.rows.update(rows)
                self.usage.clear()
                self.usage.update(usage)
                del self.published[published:]
                raise


@dataclass(frozen=True)
class MemoryStore(Generic[A]):
    """One kind of aggregate in a transaction; `kind` is its name ("price"), `by` who changes it."""

    database: MemoryDatabase
    kind: str
    by: Principal

    @property
    def _rows(self) -> dict[UUID, A]:
        return self.database.rows_of(self.kind)

    async def get(self, id: UUID) -> A:
        """The aggregate with this id. Raises NotFound."""
        try:
            return copy.deepcopy(self._rows[id])
        except KeyError:
            raise not_found(self.kind, id) from None

    async def many(self, ids: Collection[UUID]) -> list[A]:
        """Those of these ids that exist, in no particular order."""
        return [copy.deepcopy(self._rows[id]) for id in set(ids) if id in self._rows]

    async def page(self, query: Query) -> Page[A]:
        """The part of the list that `query` asks for."""
        found = [row for row in self._rows.values() if all(_fits(row, one) for one in query.filters)]
        found.sort(key=lambda row: row.id)
        for one in reversed(query.sort):
            name = one.field
            found.sort(key=lambda row: _sortable(getattr(row, name)), reverse=one.descending)
        first = (query.page - 1) * query.size
        return Page.of(copy.deepcopy(found[first : first + query.size]), len(found), query)

    async def save(self, aggregate: A) -> None:
        """Keep the aggregate and publish what happened to it. Raises Stale, or Conflict for a taken key."""
        event = aggregate.pull_event()
        if event is None:
            return
        self._require_read(aggregate)
        if any(
            getattr(row, "key", None) == getattr(aggregate, "key", id(row)) for row in self._others(aggregate)
        ):
            raise key_taken(self.kind, getattr(aggregate, "key", ""))
        aggregate.stamp(self.by.name)
        self._rows[aggregate.id] = copy.deepcopy(aggregate)
        self._publish(event, aggregate)

    async def delete(self, aggregate: A) -> None:
        """Remove the aggregate and publish what happened to it. Raises Stale."""
        event = aggregate.pull_event()
        if event is None:
            raise ValueError(f"nothing was recorded of the deletion of {aggregate.id}")
        self._require_read(aggregate)
        aggregate.stamp(self.by.name)
        del self._rows[aggregate.id]
        self._publish(event, aggregate)

    def _publish(self, event: Event, aggregate: A) -> None:
        self.database.published.append(Recorded(event, copy.deepcopy(aggregate), self.by))

    def _others(self, aggregate: A) -> Iterable[A]:
        return (row for id, row in self._rows.items() if id != aggregate.id)

    def _require_read(self, aggregate: A) -> None:
        kept = self._rows.get(aggregate.id)
        if (kept.version if kept else 0) != aggregate.version:
            raise changed_meanwhile(self.kind)


@dataclass(frozen=True)
class MemoryWorks(Generic[W]):
    """Begins works on a database in memory, as `kernel.sql.SqlWorks` does on Postgres.

    A subclass makes the `work`.
    """

    database: MemoryDatabase = field(default_factory=MemoryDatabase)

    def work(self, by: Principal) -> W:
        """What a transaction by this principal may touch."""
        raise NotImplementedError

    @property
    def published(self) -> Sequence[Recorded]:
        """All that was published, oldest first."""
        return self.database.published

    @asynccontextmanager
    async def __call__(self, by: Principal, /) -> AsyncIterator[W]:
        """Open a work: kept at the end of the block, undone when it raises."""
        async with self.database.begin():
            yield self.work(by)


@dataclass(frozen=True)
class MemoryUses:
    """See `kernel.uses.Uses`."""

    database: MemoryDatabase

    async def of(self, id: UUID) -> list[Use]:
        """See `Uses`."""
        return [usage.user for usage in self.database.usage.values() if id in usage.used]

    async def note(self, user: Use, version: int, used: Collection[UUID]) -> None:
        """See `Uses`."""
        named = (user.kind, user.id)
        known = self.database.usage.get(named)
        if known is None or known.version < version:
            self.database.usage[named] = Usage(user, version, frozenset(used))


def _fits(row: Aggregate, condition: Filter) -> bool:
    text = str(getattr(row, condition.field, ""))
    if condition.contains:
        return any(value.casefold() in text.casefold() for value in condition.values)
    return text in condition.values


def _sortable(value: Any) -> Any:
    return (value is None, value)  # what is missing comes last, as in SQL
