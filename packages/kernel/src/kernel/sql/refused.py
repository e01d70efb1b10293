"""The events of one database that somebody will never take: the dead letters of the in-process bus."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import text

from kernel.dead_letters import DeadLetter
from kernel.metrics import Gauge, Reading
from kernel.sql.bell import CHANNEL
from kernel.sql.database import Database
from kernel.sql.log import LOGGED, envelope_of

_LOOK = text(f"""
    select refused.seq as refused_seq, consumer, reason, attempts, refused_at, {LOGGED}
    from outbox_refused refused join event_log log using (seq)
    where (cast(:consumer as text) is null or consumer = :consumer)
    and (seq, consumer) > (:after, cast(:last as text))
    order by seq, consumer limit 100
""")  # noqa: S608  # our own columns
_FIRST = text("""
    select seq from outbox_refused refused join event_log using (seq)
    where consumer = :consumer and refused_at <= :until
    and (cast(:ids as uuid[]) is null or event_id = any(:ids))
    order by seq limit 1 for update of refused skip locked
""")
_NOW = text("select clock_timestamp()")
_AGAIN = text("""
    with gone as (delete from outbox_refused where consumer = :consumer and seq = :seq returning seq)
    insert into outbox_pending (seq, aggregate_id)
    select seq, aggregate_id from gone join event_log using (seq)
    on conflict (seq) do nothing
""")
_COUNT = text("select consumer, count(*) from outbox_refused group by consumer")
_REFUSED = Gauge("catalog.outbox.refused", "{event}", "Events that a consumer will never take.")
_DROP = text("""
    delete from outbox_refused refused using event_log log
    where log.seq = refused.seq and consumer = :consumer
    and (cast(:ids as uuid[]) is null or event_id = any(:ids))
""")


class RefusedEvents:
    """The port `DeadLetters` in the table `outbox_refused`.

    Replaying puts the event in line again: the relay gives it to every consumer, and those that have handled
    it know it by their inbox.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def measured(self) -> Iterable[Reading]:
        """How many there are, by consumer. Raises Unavailable."""
        async with self._database.begin() as connection:
            rows = (await connection.execute(_COUNT)).all()
        return [(_REFUSED, count, {"consumer": consumer}) for consumer, count in rows]

    async def look(self, consumer: str | None = None) -> AsyncIterator[DeadLetter]:
        """See `DeadLetters`."""
        after, last = -1, ""
        while True:
            named = {"consumer": consumer, "after": after, "last": last}
            async with self._database.begin() as connection:
                rows = (await connection.execute(_LOOK, named)).all()
            for row in rows:
                after, last = row.refused_seq, row.consumer
                yield DeadLetter(
                    id=row.event_id,
                    type=row.type,
                    consumer=row.consumer,
                    reason=row.reason,
                    attempts=row.attempts,
                    parked_at=row.refused_at,
                    body=_body(row._asdict()),
                )
            if not rows:
                return

    async def replay(
        self,
        consumer: str,
        ids: Collection[UUID] | None,
        *,
        rate: float,
        said: Callable[[int], None] = lambda _: None,
    ) -> int:
        """See `DeadLetters`. Each event is a transaction: it waits in one table or in the other."""
        count, loop = 0, asyncio.get_running_loop()
        async with self._database.begin() as connection:
            until = await connection.scalar(_NOW)
        named = {"consumer": consumer, "ids": list(ids) if ids is not None else None, "until": until}
        began = loop.time()
        while True:
            async with self._database.begin() as connection:
                seq = await connection.scalar(_FIRST, named)
                if seq is None:
                    return count
                await connection.execute(_AGAIN, {"consumer": consumer, "seq": seq})
            async with self._database.begin() as connection:
                await connection.execute(text(f"notify {CHANNEL}"))
            count += 1
            said(count)
            await asyncio.sleep(began + count / rate - loop.time())

    async def drop(self, consumer: str, ids: Collection[UUID] | None) -> int:
        """See `DeadLetters`."""
        named = {"consumer": consumer, "ids": list(ids) if ids is not None else None}
        async with self._database.begin() as connection:
            return (await connection.execute(_DROP, named)).rowcount


def _body(row: dict[str, Any]) -> bytes:
    """What was published; of an event that makes no envelope, which is why it was refused, its state."""
    try:
        return envelope_of(row).encode()
    except ValueError:
        return str(row["payload"]).encode()
