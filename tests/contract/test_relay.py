"""The relay over a real database: order, patience with each kind of trouble, and one leader."""

import asyncio
import time

import pytest
from sqlalchemy import text

from characteristic.domain import Characteristic, Definition, ValueType
from characteristic_app.postgres import Postgres
from kernel.errors import Unavailable
from kernel.messaging import Envelope, Undelivered
from kernel.relay import _LEADER
from kernel.sql import Bell
from tests.contract.carriers import eventually
from tests.contract.relaying import AUTHOR, Listener, Start, Writer, sent
from tests.servers import RunningPostgres


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
    database_server: RunningPostgres, writer: Writer, listener: Listener, relay: Start
) -> None:
    async with relay() as running:
        await writer.define("Before")
        await eventually(lambda: sent(writer))
        await asyncio.to_thread(database_server.kill)

        async def away() -> bool:
            return running.mode == "away"

        await eventually(away)
        with pytest.raises(Unavailable, match="the relay is away"):
            await running.check()
        with pytest.raises(Unavailable):
            await writer.define("During")
        await asyncio.to_thread(database_server.start)
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
