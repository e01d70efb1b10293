"""Random catalogues, and random questions: MongoDB answers as memory does."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import integers

from store.domain.search import Found, Search
from store.memory import MemoryStore
from store.ports import Catalogue as Readable
from store.ports import Copies
from store_app.mongo.editions import MongoStore
from tests.contract.catalogues import NOW, Catalogue, dice, disordered, newest, search
from tests.resilience.harness.sizes import sized

QUESTIONS = 15


async def refreshed(store: Copies) -> None:
    while (await store.refresh(NOW)).composed:
        pass


async def pages(store: Readable, wanted: Search) -> list[Found]:
    """All pages that answer a question."""
    found = [await store.search(wanted, NOW)]
    while found[-1].next is not None:
        found.append(await store.search(replace(wanted, after=found[-1].next), NOW))
    return found


@settings(max_examples=sized(15), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=integers(0, 2**32), offerings=integers(0, 25))
async def test_mongodb_answers_as_memory_does(mongo: MongoStore, seed: int, offerings: int) -> None:
    random, memory, edition = dice(seed), MemoryStore(), await mongo.present()
    for documents in (edition.copies, edition.entries):
        await documents.delete_many({})
    history = Catalogue(random, offerings).history
    for copy in history:
        await memory.keep(copy)
    await edition.keep_all(disordered(random, history))
    await refreshed(memory)
    await refreshed(mongo)
    assert await mongo.size() == await memory.size()
    for _ in range(QUESTIONS):
        wanted = search(random)
        assert await pages(mongo, wanted) == await pages(memory, wanted), wanted
    for key in {copy.source.key for copy in history}:
        assert await mongo.find(key) == await memory.find(key)
    assert await edition.audit([*newest(history).values()], NOW) == []
