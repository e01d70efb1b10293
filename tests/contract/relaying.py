"""What the suites of the relay have around it: somebody who writes, and somebody who listens."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import text

from characteristic.domain import Characteristic, Definition, ValueType
from characteristic_app.postgres import Postgres
from kernel.auth import Principal, Role
from kernel.messaging import Envelope, Message
from kernel.relay import Relay
from kernel.sql import Database

AUTHOR = Principal(subject="subject", name="author", roles=frozenset({Role.AUTHOR}))
Start = Callable[[], AbstractAsyncContextManager[Relay]]
"""Makes a relay of the database to the listener."""


@dataclass
class Listener:
    """A publisher that remembers what it was given, and answers as it is told to."""

    heard: list[tuple[str, int]] = field(default_factory=list)
    answer: Callable[[Envelope], Awaitable[None]] | None = None

    async def check(self) -> None:
        """See `Publisher`."""

    async def publish(self, message: Message) -> None:
        """See `Publisher`."""
        envelope = Envelope.decode(message.body)
        if self.answer is not None:
            await self.answer(envelope)
        self.heard.append((envelope.data["name"], envelope.aggregateversion))


@dataclass
class Writer:
    """Writes events into the database, and looks at the outbox."""

    database: Database
    begin: Postgres

    async def define(self, name: str) -> Characteristic:
        one = Characteristic.define(Definition(name=name, value_type=ValueType.TEXT))
        async with self.begin(AUTHOR) as work:
            await work.characteristics.save(one)
        return one

    async def revise(self, id: UUID, description: str) -> None:
        async with self.begin(AUTHOR) as work:
            one = await work.characteristics.get(id)
            wanted = Definition(name=one.name, description=description, value_type=one.value_type)
            one.revise(wanted, ())
            await work.characteristics.save(one)

    async def rows(self, query: str) -> list[Any]:
        async with self.database.begin() as connection:
            return list((await connection.execute(text(query))).all())

    async def statuses(self) -> list[str]:
        return [row.status for row in await self.rows("select status from outbox order by seq")]


async def sent(writer: Writer) -> bool:
    return set(await writer.statuses()) <= {"SENT"}
