"""The relay over a real database: order, patience with each kind of trouble, and one leader."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from characteristic.domain import Characteristic, Definition, ValueType
from characteristic_app.postgres import Postgres
from kernel.auth import Principal, Role
from kernel.domain import EVENT_TYPE
from kernel.errors import Unavailable
from kernel.messaging import Envelope, Message, Refusal, Refused, Undelivered
from kernel.relay import _LEADER, Relay
from kernel.settings import TraceSettings
from kernel.sql import Bell, Database, RefusedEvents
from kernel.tracing import Tracing
from tests.servers import RunningPostgres, postgres

AUTHOR = Principal(subject="subject", name="author", roles=frozenset({Role.AUTHOR}))


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


@pytest.fixture(scope="module")
def server() -> Iterator[RunningPostgres]:
    with postgres("characteristic") as running:
        yield running


@pytest.fixture
async def database(server: RunningPostgres) -> AsyncIterator[Database]:
    async with Database(server.url("characteristic"), service="tests") as database:
        await database.migrate("characteristic_app", "base")
        await database.migrate("characteristic_app")
        yield database


@pytest.fixture
async def bell(database: Database) -> AsyncIterator[Bell]:
    async with Bell(database) as bell:
        yield bell


@pytest.fixture
def writer(database: Database, bell: Bell) -> Writer:
    return Writer(database, Postgres(database, bell))


@pytest.fixture
def listener() -> Listener:
    return Listener()


Start = Callable[[], AbstractAsyncContextManager[Relay]]


@pytest.fixture
def relay(database: Database, listener: Listener) -> Start:
    """Makes a relay of the database to the listener."""
    return lambda: Relay(database, listener, Tracing("tests", TraceSettings()))


async def eventually(check: Callable[[], Awaitable[bool]], within: float = 10.0) -> None:
    deadline = time.monotonic() + within
    while not await check():
        assert time.monotonic() < deadline, f"not so within {within} s"
        await asyncio.sleep(0.02)


async def sent(writer: Writer) -> bool:
    return set(await writer.statuses()) <= {"SENT"}


async def test_what_was_written_before_the_start_is_sent(
    writer: Writer, listener: Listener, relay: Start
) -> None:
    await writer.define("First")
    assert await writer.statuses() == ["PENDING"]
    async with relay():
        await eventually(lambda: sent(writer))
    assert listener.heard == [("First", 1)]


async def test_the_bell_wakes_it(writer: Writer, listener: Listener, relay: Start) -> None:
    async with relay() as running:
        await asyncio.sleep(1.5)  # it has found nothing, and waits
        began = time.monotonic()
        await writer.define("First")

        async def heard() -> bool:
            return bool(listener.heard)

        await eventually(heard)
        assert time.monotonic() - began < 0.7  # the next look would be no sooner than 0.8 s
        await eventually(lambda: sent(writer))
        assert running.mode == "notify"


async def test_without_a_bell_it_looks(writer: Writer, listener: Listener, relay: Start) -> None:
    silent = Writer(writer.database, Postgres(writer.database, Bell(writer.database)))  # never opened
    async with relay() as running:
        await asyncio.sleep(1.5)
        await silent.define("First")
        await eventually(lambda: sent(writer), within=3)
        assert running.mode == "poll"
    assert listener.heard == [("First", 1)]


async def test_an_aggregate_in_trouble_waits_and_others_do_not(
    writer: Writer, listener: Listener, relay: Start
) -> None:
    troubled = [True]

    async def answer(envelope: Envelope) -> None:
        if envelope.data["name"] == "Troubled" and troubled:
            raise Undelivered("not now")

    listener.answer = answer
    one, other = await writer.define("Troubled"), await writer.define("Fine")
    for number in range(3):
        await writer.revise(one.id, f"{number}")
        await writer.revise(other.id, f"{number}")
    async with relay():

        async def others_are_sent() -> bool:
            """Noted as sent, which comes after being heard."""
            return (await writer.statuses()).count("SENT") == 4

        await eventually(others_are_sent)
        assert {name for name, _ in listener.heard} == {"Fine"}

        async def trouble_is_noted() -> bool:
            return bool(await writer.rows("select seq from outbox_pending where attempts > 0"))

        await eventually(trouble_is_noted)
        pending = await writer.rows("select attempts, last_error from outbox_pending order by seq")
        assert len(pending) == 4
        assert pending[0].attempts >= 1
        assert "not now" in pending[0].last_error
        assert [row.attempts for row in pending[1:]] == [0, 0, 0]
        troubled.clear()
        await eventually(lambda: sent(writer))
    assert [version for name, version in listener.heard if name == "Troubled"] == [1, 2, 3, 4]


async def test_without_anybody_to_publish_to_nothing_is_held_against_an_event(
    writer: Writer, listener: Listener, relay: Start
) -> None:
    away = [True]

    async def answer(_: Envelope) -> None:
        if away:
            raise Unavailable("no broker")

    listener.answer = answer
    for number in range(5):
        await writer.define(f"Name {number}")
    async with relay() as running:

        async def blocked() -> bool:
            return running.mode == "blocked"

        await eventually(blocked)
        with pytest.raises(Unavailable, match="the relay is blocked"):
            await running.check()
        await asyncio.sleep(1)
        assert [row.attempts for row in await writer.rows("select attempts from outbox_pending")] == [0] * 5
        away.clear()
        await eventually(lambda: sent(writer), within=2)
        assert (await running.check())["mode"] in ("notify", "poll")
    assert len(listener.heard) == 5


async def test_silence_about_some_is_no_silence_about_all(
    writer: Writer, listener: Listener, relay: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kernel.relay.BATCH", 5)

    async def answer(envelope: Envelope) -> None:
        if envelope.data["name"].startswith("Silent"):
            await asyncio.sleep(0.1)
            raise Unavailable("not confirmed within 5 s")

    listener.answer = answer
    for number in range(10):  # two batches, before anybody else
        await writer.define(f"Silent {number}")
    for number in range(10):
        await writer.define(f"Healthy {number}")
    async with relay():

        async def healthy_are_sent() -> bool:
            return len(listener.heard) == 10

        await eventually(healthy_are_sent)
    assert {name.split()[0] for name, _ in listener.heard} == {"Healthy"}
    assert len(await writer.rows("select * from outbox_pending")) == 10


async def test_after_a_thousand_tries_it_still_tries(
    writer: Writer, listener: Listener, relay: Start
) -> None:
    async def answer(envelope: Envelope) -> None:
        if envelope.data["name"] == "Unroutable":
            raise Undelivered("nobody wants it")

    listener.answer = answer
    await writer.define("Unroutable")
    async with writer.database.begin() as connection:
        await connection.execute(text("update outbox_pending set attempts = 5000"))
    await writer.define("Fine")
    async with relay():

        async def tried() -> bool:
            rows = await writer.rows("select attempts from outbox_pending")
            return [row.attempts for row in rows] == [5001] and listener.heard == [("Fine", 1)]

        await eventually(tried)


async def test_an_event_that_waits_for_long_shows(writer: Writer, listener: Listener, relay: Start) -> None:
    async def answer(_: Envelope) -> None:
        raise Undelivered("not now")

    listener.answer = answer
    await writer.define("Name")
    async with writer.database.begin() as connection:
        await connection.execute(text("update event_log set occurred_at = now() - interval '2 minutes'"))
    async with relay() as running:

        async def shown() -> bool:
            try:
                await running.check()
            except Unavailable as error:
                return "waiting for more than 60 s" in error.message
            return False

        await eventually(shown)


async def test_all_refusals_are_looked_at_page_by_page(writer: Writer) -> None:
    for number in range(90):
        await writer.define(f"Name {number}")
    async with writer.database.begin() as connection:
        await connection.execute(
            text("""
                insert into outbox_refused (seq, consumer, reason, attempts)
                select seq, who, 'no', 1 from event_log, unnest(array['one', 'two', 'three']) who
            """)
        )
    found = [(one.id, one.consumer) async for one in RefusedEvents(writer.database).look()]
    assert len(found) == len(set(found)) == 270
    assert len([one async for one in RefusedEvents(writer.database).look("two")]) == 90


async def test_what_makes_no_envelope_is_refused_and_can_be_looked_at(
    writer: Writer, listener: Listener, relay: Start
) -> None:
    await writer.define("Name")
    async with writer.database.begin() as connection:
        await connection.execute(text("update event_log set type = 'no type at all'"))
    async with relay():

        async def refused() -> bool:
            return await writer.statuses() == ["REFUSED"]

        await eventually(refused)
    (one,) = [one async for one in RefusedEvents(writer.database).look()]
    assert (one.consumer, one.type) == ("relay", "no type at all")
    assert one.reason == "ValidationError: type: string should match pattern '" + EVENT_TYPE.lower() + "'"
    assert b'"name": "Name"' in one.body
    assert listener.heard == []


async def test_what_somebody_will_never_take_is_kept_with_the_reason(
    writer: Writer, listener: Listener, relay: Start
) -> None:
    poison = [True]

    async def answer(envelope: Envelope) -> None:
        if envelope.data["description"] == "poison" and poison:
            raise Refused(Refusal("store", "cannot read it"), Refusal("other", "nor can I"))

    listener.answer = answer
    one = await writer.define("Name")
    await writer.revise(one.id, "poison")
    await writer.revise(one.id, "cure")
    letters = RefusedEvents(writer.database)
    async with relay():

        async def nothing_pending() -> bool:
            return await writer.rows("select * from outbox_pending") == []

        await eventually(nothing_pending)
        assert await writer.statuses() == ["SENT", "REFUSED", "SENT"]
        assert [version for _, version in listener.heard] == [1, 3]
        found = [one async for one in letters.look()]
        assert {(one.consumer, one.reason, one.type, one.attempts) for one in found} == {
            ("store", "cannot read it", "characteristic.revised.v1", 1),
            ("other", "nor can I", "characteristic.revised.v1", 1),
        }
        (kept,) = [one async for one in letters.look("store")]
        assert Envelope.decode(kept.body).data["description"] == "poison"
        assert kept.id is not None
        assert await letters.drop("other", None) == 1
        poison.clear()
        assert await letters.replay("store", [one.id], rate=100) == 0  # another event's id
        assert await letters.replay("store", [kept.id], rate=100) == 1
        await eventually(lambda: sent(writer))
        assert await letters.replay("store", None, rate=100) == 0
    assert [version for _, version in listener.heard] == [1, 3, 2]
    assert [one async for one in letters.look()] == []


async def test_replaying_keeps_its_rate(writer: Writer, listener: Listener, relay: Start) -> None:
    async def answer(_: Envelope) -> None:
        raise Refused(Refusal("store", "no"))

    listener.answer = answer
    for number in range(20):
        await writer.define(f"Name {number}")
    letters = RefusedEvents(writer.database)
    async with relay():

        async def all_refused() -> bool:
            return set(await writer.statuses()) == {"REFUSED"}

        await eventually(all_refused)
    began, seen = time.monotonic(), list[int]()
    assert await letters.replay("store", None, rate=20, said=seen.append) == 20
    assert 0.9 <= time.monotonic() - began <= 1.3
    assert seen == list(range(1, 21))
    assert set(await writer.statuses()) == {"PENDING"}


async def test_a_cancellation_that_nobody_asked_for_costs_a_try(
    writer: Writer, listener: Listener, relay: Start
) -> None:
    silent = [True]

    async def answer(_: Envelope) -> None:
        if silent:
            silent.clear()
            raise asyncio.CancelledError  # as aio-pika does on a link that has gone silent

    listener.answer = answer
    await writer.define("Name")
    async with relay():
        await eventually(lambda: sent(writer))
    assert listener.heard == [("Name", 1)]


async def test_what_commits_late_is_sent_late_and_not_lost(
    writer: Writer, listener: Listener, relay: Start
) -> None:
    late = Characteristic.define(Definition(name="Late", value_type=ValueType.TEXT))
    async with relay():
        async with writer.begin(AUTHOR) as work:
            await work.characteristics.save(late)
            for number in range(3):
                await writer.define(f"Early {number}")

            async def early_are_sent() -> bool:
                return len(listener.heard) == 3

            await eventually(early_are_sent, within=3)
        await eventually(lambda: sent(writer))
    assert listener.heard == [("Early 0", 1), ("Early 1", 1), ("Early 2", 1), ("Late", 1)]
    first = await writer.rows("select payload ->> 'name' as name from event_log where seq = 1")
    assert [row.name for row in first] == ["Late"]


async def test_one_leads_and_another_stands_by(writer: Writer, listener: Listener, relay: Start) -> None:
    async with relay() as standby:
        async with relay() as first:

            async def settled() -> bool:
                return {first.mode, standby.mode} <= {"notify", "poll", "standby"} and (
                    "standby" in (first.mode, standby.mode)
                )

            await eventually(settled)
            assert first.mode != standby.mode
            await writer.define("One")
            await eventually(lambda: sent(writer))
            assert listener.heard == [("One", 1)]

        async def leads() -> bool:
            return standby.mode in ("notify", "poll")

        await eventually(leads, within=3)
        await writer.define("Two")
        await eventually(lambda: sent(writer))
    assert listener.heard == [("One", 1), ("Two", 1)]


async def test_who_leads_no_more_says_nothing_of_what_waited_then(
    writer: Writer, listener: Listener, relay: Start
) -> None:
    async def answer(_: Envelope) -> None:
        raise Undelivered("not now")

    listener.answer = answer
    await writer.define("One")
    async with relay() as running, writer.database.begin() as other:

        async def failing() -> bool:
            return (await running.check()).get("failing") == 1 if running.mode != "away" else False

        async def stands_by() -> bool:
            return running.mode == "standby"

        await eventually(failing)
        # Whoever waits for the lock gets it at once when its holder is gone.
        waiting = asyncio.create_task(other.execute(text("select pg_advisory_lock(:it)"), {"it": _LEADER}))
        await writer.rows(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tests relay'"
        )
        await waiting
        await eventually(stands_by)
        assert await running.check() == {"mode": "standby"}
        await other.execute(text("select pg_advisory_unlock(:it)"), {"it": _LEADER})


async def test_it_finds_the_database_again(
    server: RunningPostgres, writer: Writer, listener: Listener, relay: Start
) -> None:
    async with relay() as running:
        await writer.define("Before")
        await eventually(lambda: sent(writer))
        await asyncio.to_thread(server.kill)

        async def away() -> bool:
            return running.mode == "away"

        await eventually(away)
        with pytest.raises(Unavailable, match="the relay is away"):
            await running.check()
        with pytest.raises(Unavailable):
            await writer.define("During")
        await asyncio.to_thread(server.start)
        await writer.define("After")
        await eventually(lambda: sent(writer))
    assert ("After", 1) in listener.heard


async def test_it_stops_between_two_rounds(writer: Writer, listener: Listener, relay: Start) -> None:
    begun = asyncio.Event()

    async def answer(_: Envelope) -> None:
        begun.set()
        await asyncio.sleep(0.5)

    listener.answer = answer
    await writer.define("Name")
    async with relay():
        await begun.wait()
    assert listener.heard == [("Name", 1)]
    assert await writer.statuses() == ["SENT"]
