"""Which events this service has handled, noted behind what they have caused."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy import text

from kernel.sql import SqlInbox

_HANDLED = text(
    "select 1 from inbox where consumer = :consumer and event_id = :event and done_at is not null"
)


class NotedInbox(SqlInbox):
    """See `kernel.messaging.Inbox`, without a transaction around what is done about an event.

    For what guards itself, and asks another server meanwhile: a start asks the engine, which would hold a
    connection of the pool as long as it answers, and keep the steps waiting that it has just begun. Who dies
    before the note does it again.
    """

    @asynccontextmanager
    async def once(self, consumer: str, event: UUID) -> AsyncIterator[bool]:
        """See `Inbox`: True until it is noted; two at the same time may both do it."""
        async with self._database.begin() as connection:
            named = {"consumer": consumer, "event": event}
            fresh = (await connection.execute(_HANDLED, named)).first() is None
        yield fresh
        if fresh:
            async with super().once(consumer, event):
                """The note is all there is to do."""
