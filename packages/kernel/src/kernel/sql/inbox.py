"""Which messages a consumer has handled, in the transaction that handled them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy import text

from kernel.sql.database import Database

_KEPT = "30 days"
"""Longer than anything can lie in a queue of dead letters and still be replayed."""

_DONE = text("""
    insert into inbox (consumer, event_id, done_at) values (:consumer, :event, clock_timestamp())
    on conflict (consumer, event_id) do update set done_at = excluded.done_at where inbox.done_at is null
""")
_BEGUN = text("""
    insert into inbox (consumer, event_id, starts) values (:consumer, :event, 1)
    on conflict (consumer, event_id) do update set starts = inbox.starts + 1
    returning case when done_at is null then starts - 1 else 0 end
""")
_ENDED = text("""
    update inbox set starts = 0 where consumer = :consumer and event_id = :event and done_at is null
""")
_FORGET = text(f"""
    delete from inbox where (consumer, event_id) in (
        select consumer, event_id from inbox where done_at < clock_timestamp() - interval '{_KEPT}'
        limit 20 for update skip locked
    )
""")  # noqa: S608  # our own number


class SqlInbox:
    """The port `Inbox` in the table `inbox`. Use cases inside `once` join its transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def once(self, consumer: str, event: UUID) -> AsyncIterator[bool]:
        """See `Inbox`. Whoever handles the same event at the same time waits here, and then finds it done."""
        named = {"consumer": consumer, "event": event}
        async with self._database.shared() as connection:
            fresh = (await connection.execute(_DONE, named)).rowcount == 1
            yield fresh
            if fresh and event.int % 10 == 0:  # twice as many go as come
                await connection.execute(_FORGET)

    async def suspect(self, consumer: str, event: UUID) -> int:
        """See `Inbox`."""
        async with self._database.begin() as connection:
            found = await connection.execute(_BEGUN, {"consumer": consumer, "event": event})
            return int(found.scalar_one())

    async def acquit(self, consumer: str, event: UUID) -> None:
        """See `Inbox`."""
        async with self._database.begin() as connection:
            await connection.execute(_ENDED, {"consumer": consumer, "event": event})
