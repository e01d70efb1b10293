"""The port `EventLogs` on the databases of the write sides: their table `event_log` is read, nothing else.

The rows are what is published as messages, and the platform grants the store no more than reading them. An
event carries the whole state, so of each aggregate the newest is enough.
"""

from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from uuid import UUID

import asyncpg
from pydantic import TypeAdapter
from pydantic_core import from_json

from kernel.errors import Unavailable
from kernel.logging import get_logger
from store.domain.sources import Characteristic, Copy, Kind, Offering, Price, Source, Specification

BATCH = 500
"""Aggregates that are read at a time."""
_PATIENCE = 30.0
_READABLE = ".v1"
"""How the types of those events end whose state the models are of."""
_LOGS: dict[str, type[Source]] = {
    "characteristic": Characteristic,
    "specification": Specification,
    "pricing": Price,
    "offering": Offering,
}
_READ = {kind: TypeAdapter[Source](kind) for kind in _LOGS.values()}
_NEWEST = """
    select distinct on (aggregate_id) aggregate_id, type, cast(payload as text) as payload
    from event_log where aggregate_type = $1 and aggregate_id > $2
    order by aggregate_id, aggregate_version desc limit $3
"""
_OF = """
    select distinct on (aggregate_id) aggregate_id, type, cast(payload as text) as payload
    from event_log where aggregate_type = $1 and aggregate_id = any($2::uuid[])
    order by aggregate_id, aggregate_version desc
"""
_HAS = """
    select distinct aggregate_id from event_log where aggregate_type = $1 and aggregate_id = any($2::uuid[])
"""
_COUNT = "select count(distinct aggregate_id) from event_log where aggregate_type = $1"

_log = get_logger(__name__)


class SqlEventLogs:
    """See `EventLogs`. `urls` are the addresses of the databases by the name of their service."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        self._urls = {name: url.replace("+asyncpg", "") for name, url in urls.items()}

    async def newest(self, after: Mapping[str, UUID]) -> AsyncIterator[tuple[Kind, Sequence[Copy]]]:
        """See `EventLogs`. What others refer to comes first, so that little is composed twice."""
        for name, source in _LOGS.items():
            if name not in self._urls:
                continue
            last = after.get(source.of, UUID(int=0))
            async with self._connected(name) as connection:
                while rows := await connection.fetch(_NEWEST, source.of.value, last, BATCH):
                    last = rows[-1]["aggregate_id"]
                    if copies := [*_copies(source, rows)]:
                        yield source.of, copies

    async def of(self, kind: Kind, ids: Collection[UUID]) -> Sequence[Copy]:
        """See `EventLogs`."""
        found = list[Copy]()
        for source, rows in [one async for one in self._rows(_OF, kind, ids)]:
            found += _copies(source, rows)
        return found

    async def has(self, kind: Kind, ids: Collection[UUID]) -> Collection[UUID]:
        """See `EventLogs`."""
        return {row["aggregate_id"] async for _, rows in self._rows(_HAS, kind, ids) for row in rows}

    async def _rows(
        self, query: str, kind: Kind, ids: Collection[UUID]
    ) -> AsyncIterator[tuple[type[Source], list[asyncpg.Record]]]:
        for name, source in _LOGS.items():
            if source.of is kind and name in self._urls:
                async with self._connected(name) as connection:
                    rows = await connection.fetch(query, kind.value, list(ids))
                yield source, rows

    async def count(self) -> int:
        """See `EventLogs`."""
        total = 0
        for name, source in _LOGS.items():
            if name in self._urls:
                async with self._connected(name) as connection:
                    total += await connection.fetchval(_COUNT, source.of.value)
        return total

    @asynccontextmanager
    async def _connected(self, name: str) -> AsyncIterator[asyncpg.Connection]:
        with _reading(name):
            connection = await asyncpg.connect(
                self._urls[name],
                timeout=5,
                command_timeout=_PATIENCE,
                server_settings={"application_name": "store reads events"},
            )
            try:
                yield connection
            finally:
                connection.terminate()


@contextmanager
def _reading(name: str) -> Iterator[None]:
    try:
        yield
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:  # a timeout is an OSError
        raise Unavailable(f"The event log of {name} cannot be read: {type(error).__name__}.") from error


def _copies(kind: type[Source], rows: Iterable[Mapping[str, Any]]) -> Iterator[Copy]:
    """Those that can be read. One that cannot is left out: neither its like nor the store ends with it."""
    for row in rows:
        type, id = row["type"], row["aggregate_id"]
        if not type.endswith(_READABLE):
            _log.error("event.refuse", type=type, id=str(id), reason="version")
            continue
        try:
            source = _READ[kind].validate_python(from_json(row["payload"]))
        except ValueError as error:
            _log.error("event.refuse", type=type, id=str(id), reason="state", exc_info=error)
            continue
        yield Copy(source=source, deleted=type.endswith(".deleted.v1"))
