"""The store's inbox: whoever kills its process is remembered by the next one."""

from kernel.domain import new_id
from store_app.mongo.editions import MongoStore
from store_app.mongo.inbox import MongoInbox


async def test_a_suspicion_outlives_the_process(mongo: MongoStore) -> None:
    event = new_id()
    assert [await MongoInbox(mongo).suspect("store", event) for _ in range(3)] == [0, 1, 2]
    assert await MongoInbox(mongo).suspect("other", event) == 0


async def test_what_has_ended_well_is_suspected_no_longer(mongo: MongoStore) -> None:
    inbox, event = MongoInbox(mongo), new_id()
    await inbox.suspect("store", event)
    async with inbox.once("store", event) as fresh:
        assert fresh
    assert await MongoInbox(mongo).suspect("store", event) == 0


async def test_a_handling_that_failed_is_no_crash(mongo: MongoStore) -> None:
    inbox, event = MongoInbox(mongo), new_id()
    for _ in range(3):
        assert await inbox.suspect("store", event) == 0
        await inbox.acquit("store", event)
