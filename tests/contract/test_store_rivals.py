"""Those who keep and those who compose at the same time: every entry is made of the newest in the end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from store.domain.entry import Entry
from store.domain.search import Search
from store.domain.sources import Copy, Kind, Source
from store_app.mongo.documents import written_copy
from store_app.mongo.edition import MongoEdition
from store_app.mongo.editions import MongoStore
from store_app.mongo.refresh import Composing
from tests.contract.carriers import eventually
from tests.contract.catalogues import (
    NOW,
    Catalogue,
    characteristic,
    composed,
    dice,
    disordered,
    newest,
    offering,
    price,
    specification,
)
from tests.contract.shops import mongo_store
from tests.resilience.harness.sizes import sized
from tests.servers import RunningMongod

ROUNDS, WRITERS, REFRESHERS = 25, 16, 3


@pytest.fixture
async def processes(mongod_server: RunningMongod) -> AsyncIterator[list[MongoStore]]:
    """Two processes' stores in one database."""
    name = f"rivals_{uuid4().hex}"
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(mongo_store(mongod_server.url, name)) for _ in range(2)]


async def test_rivals_leave_every_entry_made_of_the_newest(processes: list[MongoStore]) -> None:
    """In each round a new version of everything comes, in disorder and repeatedly, with some older ones.

    All is composed all the time, and what was composed is looked at as soon as nothing is left to be done.
    """
    random, store = dice(11), processes[0]
    history = Catalogue(random, 12, versions=(sized(ROUNDS),)).history
    heard, edition, shown = list[Copy](), await store.present(), list[Entry]()
    done = asyncio.Event()

    async def compose(store: MongoStore) -> None:
        while not done.is_set():
            shown.extend((await store.refresh(NOW)).shown)
            await asyncio.sleep(0)

    async def write(store: MongoStore, events: Iterator[Copy]) -> None:
        for copy in events:
            await store.keep(copy)

    async def all_composed() -> bool:
        return not (await edition.size())["stale"]

    refreshers = [asyncio.create_task(compose(processes[index % 2])) for index in range(REFRESHERS)]
    for number in range(1, sized(ROUNDS) + 1):
        old = random.sample(heard, min(len(heard), 20))
        new = [copy for copy in history if copy.version == number]
        events = iter(disordered(random, [*old, *new]))
        heard += new
        await asyncio.gather(*(write(processes[index % 2], events) for index in range(WRITERS)))
        await eventually(all_composed)
        assert await edition.audit([*newest(heard).values()], NOW) == []
    done.set()
    await asyncio.gather(*refreshers)
    expected = composed(history)
    for key in {copy.source.key for copy in history}:
        found = await store.find(key)
        assert (found and replace(found, visible_at=None)) == expected.get(key)
    newly = {(entry.key, entry.version) for entry in shown}
    assert newly >= {(key, one.version) for key, one in expected.items()}


async def test_what_is_kept_at_the_same_time_is_kept_in_few_round_trips(
    mongo: MongoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that cannot be written keeps no other from it."""
    edition, trips = await mongo.present(), list[int]()
    keep_all = edition.keep_all

    async def counted(copies: Sequence[Copy]) -> None:
        trips.append(len(copies))
        await keep_all(copies)

    monkeypatch.setattr(edition, "keep_all", counted)
    phones = [offering(f"phone-{number}") for number in range(30)]
    copies = [Copy(source=one) for one in (*phones, PHONE, FEE, COLOUR)]
    await asyncio.gather(*map(mongo.keep, copies))
    assert trips == [len(copies)]
    await refreshed(edition)
    assert await edition.size() == {"entries": 30, "stale": 0}
    spoiled = Copy(source=replace(phones[0], key="half a letter: \ud800", version=3))
    newer = [Copy(source=replace(one, version=2)) for one in phones[1:]]
    done = await asyncio.gather(*map(mongo.keep, [*newer, spoiled]), return_exceptions=True)
    assert [one is None for one in done] == [True] * 29 + [False]
    await refreshed(edition)
    found = await edition.search(Search(limit=100), NOW)
    assert sorted(one.version for one in found.items) == [1] + [2] * 29


async def test_of_what_is_kept_together_only_news_are_composed_of(mongo: MongoStore) -> None:
    edition = await mongo.present()
    new, old = price("fee", "3", version=2), price("other", version=2)
    both = replace(RED, live=replace(RED.live, price_ids=(FEE.id, old.id)))  # type: ignore[type-var]
    await edition.keep_all([Copy(source=one) for one in (COLOUR, PHONE, FEE, old, both)])
    await refreshed(edition)
    await edition.keep_all([Copy(source=one) for one in (FEE, price("other"))])
    assert (await edition.size())["stale"] == 1  # the same again: who kept it may have died before marking
    await refreshed(edition)
    await edition.keep_all([Copy(source=price("other"))])
    assert (await edition.size())["stale"] == 0
    await edition.keep_all([Copy(source=price("other")), Copy(source=new), Copy(source=FEE)])
    assert (await edition.size())["stale"] == 1
    await refreshed(edition)
    assert await made_of(edition) == {COLOUR.id: 1, PHONE.id: 1, FEE.id: 2, old.id: 2, RED.id: 1}


async def test_what_was_not_marked_is_marked_when_it_comes_again_though_it_was_held_since(
    mongo: MongoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever kept the new amount died before marking; somebody else has kept a hold since."""
    edition = await mongo.present()
    await filled(edition)
    new = price("fee", "3", version=2)
    with monkeypatch.context() as dying:

        async def die(*_: object) -> None:
            raise ConnectionError

        dying.setattr(edition.entries, "update_many", die)
        for keep in (edition.keep, lambda copy: edition.keep_all([copy])):
            with pytest.raises(ConnectionError):
                await keep(Copy(source=new))
    await edition.keep_all([Copy(source=replace(new, version=3)), Copy(source=FEE)])
    assert (await edition.size())["stale"] == 0
    await edition.keep_all([Copy(source=new)])
    assert (await edition.size())["stale"] == 1
    await refreshed(edition)
    assert (await made_of(edition))[FEE.id] == 3
    await edition.keep_all([Copy(source=replace(new, version=3))])  # of that nothing was to be marked
    assert (await edition.size())["stale"] == 0


@pytest.mark.parametrize("amount", ["10", "3"])
async def test_what_an_older_release_has_kept_is_taken_for_a_change(mongo: MongoStore, amount: str) -> None:
    """It keeps no note of what is shown, and leaves the one of before where it is."""
    edition = await mongo.present()
    await filled(edition)
    older = written_copy(Copy(source=price("fee", amount, version=2)))
    await edition.copies.update_one({"_id": str(FEE.id)}, {"$set": older})
    await edition.keep_all([Copy(source=price("fee", amount, version=2))])  # it may have died
    assert (await edition.size())["stale"] == 1
    await refreshed(edition)
    await edition.keep(Copy(source=replace(FEE, version=3)))
    assert (await edition.size())["stale"] == 1
    await refreshed(edition)
    await edition.keep(Copy(source=replace(FEE, version=4)))
    assert (await edition.size())["stale"] == 0


COLOUR, PHONE, FEE = characteristic("colour"), specification("phone", "colour"), price("fee")
RED = offering("fibre", values={"colour": "red"})
CHANGES: Sequence[Source] = [
    characteristic("colour", version=2, name="Hue"),
    specification("phone", "colour", version=2, name="Telephone"),
    price("fee", "3", version=2),
    replace(RED, version=2),
]


async def filled(edition: MongoEdition) -> None:
    await edition.keep_all([Copy(source=one) for one in (COLOUR, PHONE, FEE, RED)])
    await refreshed(edition)


async def refreshed(edition: MongoEdition) -> None:
    while (await edition.refresh(NOW)).composed:
        pass


async def made_of(edition: MongoEdition) -> dict[UUID, int]:
    found = await edition.find("fibre")
    return {} if found is None else dict(found.sources)


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: one.of)
async def test_what_is_kept_between_reading_and_writing_is_composed_again(
    mongo: MongoStore, change: Source
) -> None:
    edition = await mongo.present()
    await filled(edition)
    await edition.keep(Copy(source=price("fee", "2", version=2 if change.of is not Kind.PRICE else 1)))

    async def keep(_: Iterable[str]) -> None:
        await edition.keep(Copy(source=change))

    if change.of is Kind.PRICE:
        await edition.keep(Copy(source=replace(PHONE, version=2)))
    done = await Composing(edition.copies, edition.entries, keep)(NOW)
    assert (done.composed, [*done.shown]) == (1, [])
    assert (await edition.size())["stale"] == 1
    await refreshed(edition)
    assert (await made_of(edition))[change.id] == 2


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: one.of)
async def test_what_is_composed_as_soon_as_it_is_marked_is_made_of_the_newest(
    mongo: MongoStore, change: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever marks has written before: a refresher that is as quick as can be finds the newest."""
    edition = await mongo.present()
    await filled(edition)
    refresh_at_once(edition, monkeypatch)
    await edition.keep(Copy(source=change))
    await refreshed(edition)
    assert (await made_of(edition))[change.id] == 2


def refresh_at_once(edition: MongoEdition, monkeypatch: pytest.MonkeyPatch) -> None:
    """After each write to the edition everything is composed before its writer goes on."""
    for documents in (edition.copies, edition.entries):
        for name in ("update_one", "update_many"):
            monkeypatch.setattr(documents, name, _then(getattr(documents, name), edition))


def _then(write: Callable[..., Awaitable[Any]], edition: MongoEdition) -> Callable[..., Awaitable[Any]]:
    async def written(*arguments: Any, **named: Any) -> Any:
        done = await write(*arguments, **named)
        await refreshed(edition)
        return done

    return written


async def test_of_two_who_compose_the_same_one_tells_that_it_is_shown(mongo: MongoStore) -> None:
    edition = await mongo.present()
    await edition.keep_all([Copy(source=one) for one in (COLOUR, PHONE, FEE, RED)])

    async def compose(_: Iterable[str]) -> None:
        done = await edition.refresh(NOW)
        assert [one.key for one in done.shown] == ["fibre"]

    done = await Composing(edition.copies, edition.entries, compose)(NOW.replace(hour=13))
    assert (done.composed, [*done.shown]) == (1, [])
    found = await edition.find("fibre")
    assert found is not None
    assert found.visible_at == NOW


async def test_what_is_deleted_while_it_is_composed_is_not_written(mongo: MongoStore) -> None:
    edition = await mongo.present()
    await edition.keep_all([Copy(source=one) for one in (COLOUR, PHONE, FEE, RED)])

    async def remove(_: Iterable[str]) -> None:
        await edition.remove(Kind.OFFERING, RED.id)

    done = await Composing(edition.copies, edition.entries, remove)(NOW)
    assert [*done.shown] == []
    assert await edition.size() == {"entries": 0, "stale": 0}
    assert await edition.ids(Kind.OFFERING, None, 9) == []
