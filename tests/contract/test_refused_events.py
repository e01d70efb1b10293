"""What the relay keeps because somebody will never take it: looked at, replayed, dropped."""

import time

from sqlalchemy import text

from kernel.domain import EVENT_TYPE
from kernel.messaging import Envelope, Refusal, Refused
from kernel.sql import RefusedEvents
from tests.contract.carriers import eventually
from tests.contract.relaying import Listener, Start, Writer, sent


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
