"""The port `EventLogs` on the databases of the write sides: their table `event_log` is read, nothing else.

The rows are what is published as messages, and the platform grants the store no more than reading them. An
event carries the whole state, so of each aggregate the newest is enough.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
from pydantic import TypeAdapter
from pydantic_core import from_json

from kernel.errors import Unavailable
from store.domain.sources import Characteristic, Copy, Kind, Offering, Price, Source, Specification

BATCH = 500
"""Aggregates that are read at a time."""
_PATIENCE = 30.0
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
_COUNT = "select count(distinct aggregate_id) from event_log where aggregate_type = $1"


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
                    yield source.of, [_copy(source, row) for row in rows]

    async def of(self, kind: Kind, ids: Collection[UUID]) -> Sequence[Copy]:
        """See `EventLogs`."""
        found = list[Copy]()
        for name, source in _LOGS.items():
            if source.of is kind and name in self._urls:
                async with self._connected(name) as connection:
                    rows = await connection.fetch(_OF, kind.value, list(ids))
                found += [_copy(source, row) for row in rows]
        return found

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
        try:
            connection = await asyncpg.connect(
                self._urls[name],
                timeout=5,
                command_timeout=_PATIENCE,
                server_settings={"application_name": "store reads events"},
            )
        except (OSError, asyncpg.PostgresError) as error:
            raise Unavailable(f"The event log of {name} cannot be read: {type(error).__name__}.") from error
        try:
            yield connection
        finally:
            connection.terminate()


def _copy(kind: type[Source], row: Mapping[str, Any]) -> Copy:
    source = _READ[kind].validate_python(from_json(row["payload"]))
    return Copy(source=source, deleted=row["type"].endswith(".deleted.v1"))
