"""What specifications keep of publications: one suite, on memory and on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID

import pytest

from kernel.domain import new_id
from specification.domain import Draft, Publication
from specification.memory import Memory
from specification.ports import Work
from specification_app.postgres import SPECIFICATIONS, Postgres
from tests.contract import stores
from tests.contract.stores import AUTHOR

DATABASE = "specification"
VALUES: dict[str, object] = {
    "ram": 8,
    "size": 6.1,
    "one": 1.0,
    "far": 1e300,
    "big": 2**70,
    "colours": ["red", "", 1, False],
    "wlan": True,
    "nothing": None,
    "none": [],
    "text": "Größe “7”\n\x00\\",
}


class Store(stores.Store[Work]):
    """See `stores.Store`, with what is often done to it."""

    async def note(self, *publications: Publication) -> None:
        for one in publications:
            async with self.begin(AUTHOR) as work:
                await work.publications.note(one)

    async def of(self, offering_id: UUID) -> Publication | None:
        async with self.begin(AUTHOR) as work:
            return await work.publications.of(offering_id)


@pytest.fixture
async def store(place: str) -> AsyncIterator[Store]:
    async with Store.at(
        place, memory=Memory(), postgres=Postgres, table=SPECIFICATIONS, empty=("publication",)
    ) as store:
        yield store


def requested(version: int = 2, offering_id: UUID | None = None) -> Publication:
    """A publication that goes on."""
    draft = Draft(specification_id=new_id(), values=VALUES)
    return Publication(id=new_id(), offering_id=offering_id or new_id(), version=version, draft=draft)


async def test_what_was_noted_is_found_exactly(store: Store) -> None:
    one, other = requested(), replace(requested(), draft=Draft())
    await store.note(one, other)
    again = await store.of(one.offering_id)
    assert again == one
    assert again is not None
    assert again.draft is not None
    assert [(key, type(value)) for key, value in again.draft.values.items()] == [
        (key, type(value)) for key, value in VALUES.items()
    ]
    assert await store.of(other.offering_id) == other
    assert await store.published() == []


async def test_of_an_offering_nobody_has_heard_of_there_is_nothing(store: Store) -> None:
    await store.note(requested())
    assert await store.of(new_id()) is None


async def test_what_was_noted_is_a_copy(store: Store) -> None:
    values = dict(VALUES)
    one = replace(requested(), draft=Draft(values=values))
    await store.note(one)
    values.clear()
    one = replace(one, draft=Draft(values=VALUES))
    found = await store.of(one.offering_id)
    assert found == one
    assert found is not None
    assert isinstance(found.draft, Draft)
    assert isinstance(found.draft.values, dict)
    found.draft.values.clear()
    assert await store.of(one.offering_id) == one


async def test_what_has_ended_has_no_draft_and_gets_none_by_being_late(store: Store) -> None:
    one = requested()
    ended = replace(one, version=3, draft=None)
    await store.note(one, ended, one, ended)
    assert await store.of(one.offering_id) == ended


async def test_the_end_may_come_first(store: Store) -> None:
    one = requested()
    ended = replace(one, version=3, draft=None)
    await store.note(ended, one)
    assert await store.of(one.offering_id) == ended


async def test_the_same_version_says_nothing_new(store: Store) -> None:
    one = requested()
    await store.note(one, one, replace(one, id=new_id(), draft=None))
    assert await store.of(one.offering_id) == one


async def test_the_next_publication_takes_the_place_of_the_last(store: Store) -> None:
    one, other = requested(), requested()
    following = [requested(version, one.offering_id) for version in range(3, 20)]
    await store.note(one, other, *following)
    assert await store.of(one.offering_id) == following[-1]
    assert await store.of(other.offering_id) == other


async def test_of_many_at_a_time_the_newest_stays(store: Store) -> None:
    offering = new_id()
    some = [requested(version, offering) for version in range(1, 9)]
    await asyncio.gather(*(store.note(one) for one in [*some[::2], *some[1::2]]))
    assert await store.of(offering) == some[-1]


async def test_a_note_belongs_to_the_work(store: Store) -> None:
    one = requested()

    async def fail() -> None:
        async with store.begin(AUTHOR) as work:
            await work.publications.note(replace(one, version=3, draft=None))
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    assert await store.of(one.offering_id) is None
    await store.note(one)
    with pytest.raises(LookupError):
        await fail()
    assert await store.of(one.offering_id) == one
