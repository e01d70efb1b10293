"""The port Inbox: one suite, on memory and on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from kernel.domain import new_id
from kernel.inbox import MemoryInbox
from kernel.messaging import Inbox
from kernel.sql import Database, SqlInbox


@pytest.fixture
async def inbox(place: str) -> AsyncIterator[Inbox]:
    if not place:
        yield MemoryInbox()
        return
    async with Database(place, service="tests") as database:
        await database.migrate("characteristic_app")
        yield SqlInbox(database)


async def test_an_event_is_new_once_for_each_consumer(inbox: Inbox) -> None:
    event = new_id()
    for consumer, fresh in (("store", True), ("store", False), ("other", True), ("store", False)):
        async with inbox.once(consumer, event) as found:
            assert found is fresh


async def test_what_failed_is_still_new(inbox: Inbox) -> None:
    event = new_id()

    async def fail() -> None:
        async with inbox.once("store", event) as fresh:
            assert fresh
            raise LookupError

    for _ in range(2):
        with pytest.raises(LookupError):
            await fail()
    async with inbox.once("store", event) as fresh:
        assert fresh


async def test_of_many_at_once_one_finds_it_new(inbox: Inbox) -> None:
    event, found = new_id(), list[bool]()

    async def handle() -> None:
        async with inbox.once("store", event) as fresh:
            await asyncio.sleep(0.01)
            found.append(fresh)

    await asyncio.gather(*(handle() for _ in range(8)))
    assert sorted(found) == [False] * 7 + [True]


async def test_beginnings_without_an_end_are_counted_until_there_is_one(inbox: Inbox) -> None:
    event = new_id()
    assert [await inbox.suspect("store", event) for _ in range(3)] == [0, 1, 2]
    assert await inbox.suspect("other", event) == 0
    async with inbox.once("store", event) as fresh:
        assert fresh
    assert [await inbox.suspect("store", event) for _ in range(3)] == [0, 0, 0]
    async with inbox.once("store", event) as fresh:
        assert not fresh


async def test_a_handling_that_failed_is_no_crash(inbox: Inbox) -> None:
    event = new_id()
    for _ in range(3):
        assert await inbox.suspect("store", event) == 0
        await inbox.acquit("store", event)
    await inbox.suspect("other", event)
    await inbox.acquit("store", event)
    assert await inbox.suspect("other", event) == 1
    async with inbox.once("store", event) as fresh:
        assert fresh
    await inbox.acquit("store", event)
    async with inbox.once("store", event) as fresh:
        assert not fresh


async def test_the_effect_and_the_note_are_one_transaction(url: str) -> None:
    event = new_id()
    async with Database(url, service="tests") as database:
        await database.migrate("characteristic_app")
        async with database.begin() as connection:
            await connection.execute(text("create table if not exists effect (event uuid)"))
        inbox = SqlInbox(database)

        async def handle(*, fail: bool) -> None:
            async with inbox.once("store", event) as fresh:
                async with database.begin() as connection:  # as a use case does, which knows of no inbox
                    await connection.execute(text("insert into effect values (:event)"), {"event": event})
                assert fresh
                if fail:
                    raise LookupError

        with pytest.raises(LookupError):
            await handle(fail=True)
        async with database.begin() as connection:
            assert await connection.scalar(text("select count(*) from effect")) == 0
        await handle(fail=False)
        async with database.begin() as connection:
            assert await connection.scalar(text("select count(*) from effect")) == 1


async def test_what_is_old_is_forgotten_faster_than_new_comes(url: str) -> None:
    async with Database(url, service="tests") as database:
        await database.migrate("characteristic_app")
        async with database.begin() as connection:
            await connection.execute(text("truncate inbox"))
            await connection.execute(
                text("""
                    insert into inbox (consumer, event_id, done_at)
                    select 'store', gen_random_uuid(), now() - interval '31 days' from generate_series(1, 100)
                """)
            )
        inbox = SqlInbox(database)
        for _ in range(200):
            async with inbox.once("store", new_id()):
                pass
        async with database.begin() as connection:
            left = await connection.scalar(
                text("select count(*) from inbox where done_at < now() - interval '1 day'")
            )
    assert left == 0
