"""The ways to build it wrong. Each must turn a promise red, or the test of that promise proves nothing.

A saboteur is a function that overrides providers of a container; a process applies the one that SABOTEUR
names. To add one, write the wrong adapter as a subclass of the right one, and enter it here.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, cast
from uuid import UUID

import asyncpg
from aio_pika.abc import AbstractIncomingMessage
from dependency_injector.providers import Factory, Singleton
from sqlalchemy.ext.asyncio import AsyncConnection

from characteristic.domain import Characteristic
from characteristic_app.container import Container
from characteristic_app.postgres import CHARACTERISTICS, Postgres, PostgresWork
from kernel.auth import Principal
from kernel.background import kept_running
from kernel.messaging import Consumer
from kernel.rabbit import Queue, RabbitSubscriptions
from kernel.rabbit.sender import Sender
from kernel.rabbit.subscriptions import _Subscription
from kernel.relay import BATCH, Relay
from kernel.sql import AggregateStore, AggregateTable
from kernel.sql.log import LOGGED
from tests.resilience.harness.careless import except_exception, mandatory_off
from tests.resilience.harness.copying import Copy, CopyContainer


class IdCursorRelay(Relay):
    """A relay that remembers the last number it has seen and asks for higher ones (mistake 1)."""

    async def _lead(self, connection: asyncpg.Connection) -> None:
        await super()._lead(_ByCursor(connection))


class _ByCursor:
    """A connection on which whatever the relay fetches is what lies behind the cursor."""

    _BEHIND = f"""
        select pending.attempts, {LOGGED} from outbox_pending pending join event_log log using (seq)
        where seq > $2 order by seq limit $1
    """  # noqa: S608  # our own columns

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self._last = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    async def fetch(self, _: str, most: int) -> list[asyncpg.Record]:
        rows: list[asyncpg.Record] = await self._connection.fetch(self._BEHIND, most, self._last)
        self._last = max([self._last, *(row["seq"] for row in rows)])
        return rows


def id_cursor(container: Container) -> None:
    """Events whose transactions commit late are skipped."""
    container.relay.override(
        Singleton(IdCursorRelay, container.database, container.publisher, container.tracing)
    )


class SkipLockedRelay(Relay):
    """A relay that shares the work with all others instead of leading (mistake 2)."""

    async def _relay(self) -> None:
        async with self._connected() as connection:
            await self._lead(connection)

    async def _round(self, connection: asyncpg.Connection) -> int:
        async with connection.transaction():
            found = await super()._round(_Sharing(connection))
        return BATCH if found else 0  # it goes on while it finds something, however few it takes at a time


class _Sharing:
    """A connection on which the relay fetches a few rows that nobody else has in hand."""

    _FEW = 2

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    async def fetch(self, statement: str, _: int) -> list[asyncpg.Record]:
        locking = f"{statement} for update of pending skip locked"
        rows: list[asyncpg.Record] = await self._connection.fetch(locking, self._FEW)
        return rows


def skip_locked(container: Container) -> None:
    """Several relays publish side by side, and one version overtakes the other."""
    container.relay.override(
        Singleton(SkipLockedRelay, container.database, container.publisher, container.tracing)
    )


class EagerSubscriptions(RabbitSubscriptions):
    """Subscriptions that acknowledge a message before it is handled (mistake 5)."""

    @asynccontextmanager
    async def subscribe(self, consumer: Consumer) -> AsyncIterator[None]:
        queue = Queue(consumer.name, sorted(consumer.types), self._tiers)
        name = f"{consumer.name} hands over"
        async with Sender(self._url, name=name, through=[queue.copies]) as sender:
            one = _EagerSubscription(self._url, consumer, queue, sender)
            async with kept_running(f"{consumer.name} consumes", one.run):
                yield


class _EagerSubscription(_Subscription):
    async def _handle(self, message: AbstractIncomingMessage) -> None:
        await message.ack()
        await super()._handle(cast(AbstractIncomingMessage, _Acknowledged(message)))


class _Acknowledged:
    """A message that needs no further acknowledgement."""

    def __init__(self, message: AbstractIncomingMessage) -> None:
        self._message = message

    def __getattr__(self, name: str) -> Any:
        return getattr(self._message, name)

    async def ack(self) -> None:
        pass


def ack_before_commit(container: CopyContainer) -> None:
    """What is in the hands of a consumer that dies is gone."""
    container.subscriptions.override(
        Singleton(
            EagerSubscriptions,
            container.settings.provided.broker_url.get_secret_value.call(),
            tiers=container.settings.provided.tiers,
        )
    )


class ForgetfulInbox:
    """An inbox to which every message is new (mistake 5)."""

    @asynccontextmanager
    async def once(self, consumer: str, event: UUID) -> AsyncIterator[bool]:
        """See `Inbox`."""
        yield True

    async def suspect(self, consumer: str, event: UUID) -> int:
        """See `Inbox`."""
        return 0

    async def acquit(self, consumer: str, event: UUID) -> None:
        """See `Inbox`."""


def no_inbox(container: CopyContainer) -> None:
    """What comes twice is done twice."""
    container.inbox.override(Singleton(ForgetfulInbox))


class HeedlessCopy(Copy):
    """A projection in which the last write wins, not the newest state (mistake 6)."""

    statement = Copy.statement.partition("where")[0]


def overtaken(container: CopyContainer) -> None:
    """An old state that comes late replaces a newer one."""
    container.copy.override(Factory(HeedlessCopy, container.database, container.settings))


@dataclass(frozen=True)
class HeedlessTable(AggregateTable[Characteristic]):
    """A table whose rows are updated whatever their version is by now, which just goes up."""

    def __post_init__(self) -> None:
        super().__post_init__()
        heedless = self.statements["update"]
        for right, wrong in (
            (" and version = cast($3 as int)", ""),
            ("set version = cast($2 as int)", "set version = characteristic.version + 1"),
            ("returning characteristic.id", "returning characteristic.id, characteristic.version"),
            ("written.id, cast($2 as int)", "written.id, written.version"),
        ):
            if right not in heedless:
                raise ValueError(f"the store does not say {right!r} any more")
            heedless = heedless.replace(right, wrong)
        object.__setattr__(self, "statements", {**self.statements, "update": heedless})


class HeedlessPostgres(Postgres):
    """Works on such a table."""

    _TABLE = HeedlessTable(CHARACTERISTICS.kind, CHARACTERISTICS.model, CHARACTERISTICS.table)

    def work(self, connection: AsyncConnection, by: Principal) -> PostgresWork:
        store = AggregateStore(connection, self._TABLE, by, self.bell)
        return replace(super().work(connection, by), characteristics=store)


def overwritten(container: Container) -> None:
    """Of two authors who have read the same version, the second wipes out what the first has done."""
    container.begin.override(Singleton(HeedlessPostgres, container.database, container.bell))


IN_SERVICE: Mapping[str, Callable[[Container], None]] = {
    "id_cursor": id_cursor,
    "skip_locked": skip_locked,
    "no_version_check": overwritten,
    "mandatory_off": mandatory_off,
    "except_exception": except_exception,
}
IN_CONSUMER: Mapping[str, Callable[[CopyContainer], None]] = {
    "ack_before_commit": ack_before_commit,
    "no_inbox": no_inbox,
    "no_version_check": overtaken,
}
