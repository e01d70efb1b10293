"""Stores under test: the same one in memory and on PostgreSQL, and what it has published."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Generic, Protocol, Self, TypeVar

from sqlalchemy import text

from kernel.auth import Principal, Role
from kernel.memory import Recorded
from kernel.sql import AggregateTable, Bell, Database

AUTHOR = Principal(subject="subject-of-author", name="author", roles=frozenset({Role.AUTHOR}))
OTHER = Principal(subject="subject-of-other", name="other", roles=frozenset({Role.AUTHOR}))

W = TypeVar("W")
W_co = TypeVar("W_co", covariant=True)
Published = Callable[[], Awaitable[list[tuple[str, int, dict[str, Any]]]]]


class Begin(Protocol[W_co]):
    """Any context's `Begin`."""

    def __call__(self, by: Principal, /) -> AbstractAsyncContextManager[W_co]: ...


class Memory(Begin[W_co], Protocol[W_co]):
    """Any context's `Memory`."""

    @property
    def published(self) -> Sequence[Recorded]: ...


Postgres = Callable[[Database, Bell], AbstractAsyncContextManager[Begin[W]]]


@dataclass(frozen=True)
class Store(Generic[W]):
    """A store under test, and what it has published: type, version and state of each event, oldest first."""

    begin: Begin[W]
    published: Published

    async def types(self) -> list[tuple[str, int]]:
        """Type and version of each event."""
        return [(type, version) for type, version, _ in await self.published()]

    @classmethod
    @asynccontextmanager
    async def at(
        cls,
        place: str,
        *,
        memory: Memory[W],
        postgres: Postgres[W],
        table: AggregateTable[Any],
        empty: Sequence[str],
    ) -> AsyncIterator[Self]:
        """The store in `memory` (`place` is ""), or on PostgreSQL at an address.

        There the tables `empty` and those of events are emptied afterwards.
        """
        if not place:
            yield cls(memory, _recorded(memory, table))
            return
        async with Database(place, service="tests") as database:
            async with postgres(database, Bell(database)) as begin:
                yield cls(begin, _logged(database))
            async with database.begin() as connection:
                await connection.execute(text(f"truncate {', '.join(empty)}, event_log, outbox_pending"))


def _recorded(memory: Memory[Any], table: AggregateTable[Any]) -> Published:
    async def recorded() -> list[tuple[str, int, dict[str, Any]]]:
        return [
            (one.event.type, one.aggregate.version, json.loads(table.write(one.aggregate)))
            for one in memory.published
        ]

    return recorded


def _logged(database: Database) -> Published:
    async def logged() -> list[tuple[str, int, dict[str, Any]]]:
        async with database.begin() as connection:
            rows = await connection.execute(
                text("select type, aggregate_version, payload from event_log order by seq")
            )
            return [(type, version, payload) for type, version, payload in rows]

    return logged
