"""The relay: publishes what the event log has and nobody has got yet (reliability decisions D2, D3, D4)."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal, Self, get_args
from uuid import UUID

import asyncpg

from kernel.background import Interrupted, kept_running, unless_cancelled
from kernel.errors import Unavailable
from kernel.logging import get_logger
from kernel.messaging import Message, Publisher, Refusal, Refused, Undelivered
from kernel.metrics import Gauge, Reading
from kernel.redaction import reason_of
from kernel.sql import Database
from kernel.sql.bell import CHANNEL
from kernel.sql.log import LOGGED, envelope_of
from kernel.tracing import MESSAGE_ID, Tracing

BATCH = 200
"""The most events in flight."""
MOST_COUNTED = 10_000
"""How far what is pending is counted, every second: counting a million would keep them waiting."""
POLL = 1.0
"""Seconds between two looks when nobody rings."""
MOST_SECONDS = 60.0
"""An event that has waited for longer shows in the readiness of the app."""
Mode = Literal["notify", "poll", "standby", "away", "blocked"]
MODE = Gauge(
    "catalog.relay.mode", "", "1 for the mode in which the relay is, 0 for those in which it is not."
)
_BACKLOG_GAUGES = {
    "pending": Gauge(
        "catalog.outbox.pending", "{event}", f"Events not published yet, counted up to {MOST_COUNTED}."
    ),
    "failing": Gauge(
        "catalog.outbox.failing", "{event}", f"Events that were tried in vain, counted up to {MOST_COUNTED}."
    ),
    "oldestSeconds": Gauge("catalog.outbox.oldest.age", "s", "For how long the oldest of them has waited."),
}
_PATIENCE = 5.0  # seconds for a statement; each look is also the proof that the connection lives
_LONGEST = 60.0  # seconds until an event that nobody took is tried again
_LEADER = 0x72656C6179  # "relay": the advisory lock of whoever publishes the events of a database

# What is pending is a set, not a position: an event whose transaction commits late is simply there at the
# next look. An event waits while an earlier one of its aggregate waits to be tried again.
_PENDING = f"""
    select pending.attempts, {LOGGED}
    from outbox_pending pending join event_log log using (seq)
    where pending.next_at <= statement_timestamp() and not exists (
        select from outbox_pending earlier
        where earlier.aggregate_id = pending.aggregate_id and earlier.seq < pending.seq
        and earlier.next_at > statement_timestamp()
    )
    order by seq limit $1
"""  # noqa: S608  # our own columns
_SENT = "delete from outbox_pending where seq = any($1::bigint[])"
_FAILED = """
    update outbox_pending set attempts = attempts + 1, last_error = $2,
    next_at = clock_timestamp() + make_interval(secs => $3) where seq = $1
"""
_LATER = """
    update outbox_pending set next_at = clock_timestamp() + make_interval(secs => $2)
    where seq = any($1::bigint[])
"""
_REFUSED = """
    with gone as (delete from outbox_pending where seq = $1 returning seq, attempts)
    insert into outbox_refused (seq, consumer, reason, attempts)
    select seq, who, reason, attempts + 1 from gone, unnest($2::text[], $3::text[]) as said (who, reason)
    on conflict (consumer, seq) do update set reason = excluded.reason, attempts = excluded.attempts,
    refused_at = excluded.refused_at
"""
_BACKLOG = """
    select
        (select count(*) from (select from outbox_pending limit $1) counted) as pending,
        (select count(*) from (select from outbox_pending where attempts > 0 limit $1) counted) as failing,
        coalesce(extract(epoch from clock_timestamp() - (
            select occurred_at from event_log where seq = (select min(seq) from outbox_pending)
        )), 0)::float8 as "oldestSeconds"
"""
_log = get_logger(__name__)


@dataclass(frozen=True)
class _Outcome:
    """What became of the events of one aggregate: the sent ones, and which one was stopped by what."""

    sent: Sequence[int]
    stopped_at: int = 0
    attempts: int = 0
    error: Exception | None = None


class Relay(AbstractAsyncContextManager["Relay"]):
    """Publishes the events of one database while it is open; constructing it connects to nothing.

    Every process of an app has one, and one of them leads: whoever holds an advisory lock, with the very
    connection that also reads and deletes, so that a leader who has lost its lock can do nothing any more.
    What a process has published and not deleted when it dies is published again.

    `mode` is "notify" while the bell is what wakes it, "poll" when only looking has found something,
    "standby" while another process leads, "away" without a database, "blocked" without anybody to publish to.
    """

    def __init__(self, database: Database, publisher: Publisher, tracing: Tracing) -> None:
        self._url = database.url
        self._publisher = publisher
        self._tracing = tracing
        self._running = AsyncExitStack()
        self._in_round = asyncio.Lock()
        self.mode: Mode = "away"
        self._backlog: Mapping[str, Any] = {}

    async def __aenter__(self) -> Self:
        await self._running.enter_async_context(kept_running("relay", self._relay))
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop between two rounds, so that what was published is also deleted, unless one takes too long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                await self._in_round.acquire()
        await self._running.aclose()

    async def check(self) -> Mapping[str, Any]:
        """Readiness: how it is woken, and what waits.

        Raises:
            Unavailable: when it cannot publish.
        """
        if self.mode in ("away", "blocked"):
            raise Unavailable(f"Events are kept and not published: the relay is {self.mode}.")
        if self._backlog.get("oldestSeconds", 0.0) > MOST_SECONDS:
            raise Unavailable(f"An event has been waiting for more than {MOST_SECONDS:.0f} s.")
        return {"mode": self.mode, **self._backlog}

    async def measured(self) -> Iterable[Reading]:
        """How it is woken, and what waits: only who leads knows that."""
        modes = [(MODE, float(self.mode == one), {"mode": one}) for one in get_args(Mode)]
        backlog = self._backlog
        return modes + [(_BACKLOG_GAUGES[name], float(n), {}) for name, n in backlog.items()]

    async def _relay(self) -> None:
        try:
            async with self._connected() as connection:
                while not await connection.fetchval("select pg_try_advisory_lock($1)", _LEADER):
                    self.mode = "standby"
                    await asyncio.sleep(_around(POLL))
                _log.info("relay.leads", service=self._tracing.service)
                await self._lead(connection)
        finally:
            # What waited then is for the next leader to say.
            self.mode, self._backlog = "away", {}

    async def _lead(self, connection: asyncpg.Connection) -> None:
        rung = asyncio.Event()

        def ring(*_: object) -> None:
            rung.set()

        await connection.add_listener(CHANNEL, ring)
        connection.add_termination_listener(ring)
        self.mode, looked = "notify", 0.0
        loop = asyncio.get_running_loop()
        while True:
            by_bell = rung.is_set()
            rung.clear()
            async with self._in_round:
                found = await self._round(connection)
            if found and self.mode in ("notify", "poll"):
                self.mode = "notify" if by_bell else "poll"
            if loop.time() - looked > POLL:
                looked = loop.time()
                await self._count(connection)
            if found < BATCH:
                await _wait(rung, _around(POLL))

    async def _count(self, connection: asyncpg.Connection) -> None:
        """Note what waits. Nobody stops publishing because that cannot be told."""
        try:
            self._backlog = dict(await connection.fetchrow(_BACKLOG, MOST_COUNTED))
        except (asyncpg.PostgresError, TimeoutError) as error:
            _log.warning("outbox.uncounted", error=error)

    async def _round(self, connection: asyncpg.Connection) -> int:
        """Publish what is due, at most a batch; returns how many were due."""
        rows = await connection.fetch(_PENDING, BATCH)
        if not rows:
            return 0
        lanes: dict[UUID, list[asyncpg.Record]] = {}
        for row in rows:
            lanes.setdefault(row["aggregate_id"], []).append(row)
        outcomes = await asyncio.gather(*map(self._publish, lanes.values()))
        sent = [seq for one in outcomes for seq in one.sent]
        if sent:
            await connection.execute(_SENT, sent)
        stopped = [one for one in outcomes if one.error is not None]
        silent = [one for one in stopped if not isinstance(one.error, Undelivered | Refused)]
        if silent and not sent and len(silent) == len(stopped):
            await self._wait_for_anybody(connection, silent)
            return len(rows)
        if self.mode == "blocked":
            self.mode = "poll"
        for one in stopped:
            if isinstance(one.error, Refused):
                await self._give_up(connection, one.stopped_at, one.error.refusals)
            else:
                await self._try_later(connection, one)
        return len(rows)

    async def _wait_for_anybody(self, connection: asyncpg.Connection, silent: Sequence[_Outcome]) -> None:
        """Nobody takes anything, so nothing is held against these events; others are tried before them."""
        self.mode = "blocked"
        _log.warning("relay.blocked", error=silent[0].error)
        await connection.execute(_LATER, [one.stopped_at for one in silent], _around(POLL))
        await asyncio.sleep(_around(POLL / 2))

    @staticmethod
    async def _try_later(connection: asyncpg.Connection, one: _Outcome) -> None:
        """Others were taken and this one was not: it waits, longer each time, and its successors with it."""
        wait = min(_LONGEST, 0.5 * 2.0 ** min(one.attempts, 10))
        _log.warning("event.undelivered", seq=one.stopped_at, error=one.error)
        reason = reason_of(one.error) if one.error else ""
        await connection.execute(_FAILED, one.stopped_at, reason, _around(wait))

    async def _publish(self, lane: Sequence[asyncpg.Record]) -> _Outcome:
        """Publish the events of one aggregate, each after the one before it is safe, until one is not."""
        sent: list[int] = []
        for row in lane:
            try:
                await self._publish_one(row)
            except (Unavailable, Refused, Interrupted) as error:
                return _Outcome(sent, row["seq"], row["attempts"], error)
            sent.append(row["seq"])
        return _Outcome(sent)

    async def _publish_one(self, row: asyncpg.Record) -> None:
        try:
            envelope = envelope_of(row)
            body = envelope.encode()
        except ValueError as error:
            raise Refused(Refusal("relay", reason_of(error))) from error
        message = Message(
            id=envelope.id,
            type=envelope.type,
            aggregate_id=envelope.aggregateid,
            body=body,
            attempts=row["attempts"],
        )
        with self._tracing.publishing(envelope.type, envelope.trace, {MESSAGE_ID: str(envelope.id)}):
            await unless_cancelled(self._publisher.publish(message))

    @staticmethod
    async def _give_up(connection: asyncpg.Connection, seq: int, refusals: Sequence[Refusal]) -> None:
        _log.error("event.refused", seq=seq, refusals=[f"{one.who}: {one.reason}" for one in refusals])
        await connection.execute(
            _REFUSED, seq, [one.who for one in refusals], [one.reason for one in refusals]
        )

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[asyncpg.Connection]:
        settings = {
            "application_name": f"{self._tracing.service} relay",
            "tcp_keepalives_idle": "10",
            "tcp_keepalives_interval": "5",
            "tcp_keepalives_count": "3",
            "tcp_user_timeout": "20000",
        }
        connection = await asyncpg.connect(
            self._url, timeout=2, command_timeout=_PATIENCE, server_settings=settings
        )
        try:
            yield connection
        finally:
            connection.terminate()  # at once: closing politely would wait for a silent server


def _around(seconds: float) -> float:
    """About so many seconds, so that processes that started together do not stay in step."""
    return seconds * random.uniform(0.8, 1.2)  # noqa: S311  # jitter, not a secret


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
