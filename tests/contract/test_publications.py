"""The store of publications: one suite, on memory and on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from kernel.domain import new_id
from kernel.errors import NotFound
from offering.domain import Cause, Content, Failure, Offering, Progress, Publication, Status
from offering.memory import Memory
from offering.ports import Work
from offering_app.postgres import OFFERINGS, Postgres
from tests.contract import stores
from tests.contract.stores import AUTHOR, OTHER

Store = stores.Store[Work]
DATABASE = "offering"
GALAXY = Content(name="Galaxy", specification_id=new_id(), price_ids=(new_id(),))


@pytest.fixture
async def store(place: str) -> AsyncIterator[Store]:
    async with Store.at(
        place, memory=Memory(), postgres=Postgres, table=OFFERINGS, empty=("offering", "publication")
    ) as store:
        yield store


async def drafted(store: Store) -> Offering:
    """A complete draft that is saved."""
    one = Offering.drafted(GALAXY)
    async with store.begin(AUTHOR) as work:
        await work.offerings.save(one)
    return one


async def requested(store: Store) -> Publication:
    """A publication, saved together with its offering."""
    one = await drafted(store)
    one.request_publication(new_id())
    async with store.begin(OTHER) as work:
        await work.offerings.save(one)
        publication = Publication.of(one)
        await work.publications.save(publication)
    return publication


async def kept(store: Store, id: UUID) -> Publication:
    """The publication as it is kept."""
    async with store.begin(AUTHOR) as work:
        return await work.publications.get(id)


async def test_a_publication_is_found_as_it_was(store: Store) -> None:
    publication = await requested(store)
    assert (publication.status, publication.requested_by) == (Progress.REQUESTED, "other")
    assert await kept(store, publication.id) == publication
    publication.run()
    publication.fail(Failure.of(publication.id, "PRICE_EXPIRED", "Too late: “yesterday”.", []))
    async with store.begin(AUTHOR) as work:
        await work.publications.save(publication)
    again = await kept(store, publication.id)
    assert again == publication
    assert again.cause == Cause(code="PRICE_EXPIRED", message="Too late: “yesterday”.")
    assert again.ended_at is not None
    assert len(await store.types()) == 2


async def test_an_unknown_publication_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound, match="There is no publication with the id"):
        await kept(store, new_id())
    with pytest.raises(NotFound, match="There is no publication with the id"):
        async with store.begin(AUTHOR) as work:
            await work.publications.take(new_id())


async def test_a_publication_that_was_read_is_a_copy(store: Store) -> None:
    publication = await requested(store)
    (await kept(store, publication.id)).run()
    assert await kept(store, publication.id) == publication


async def test_a_publication_belongs_to_the_work(store: Store) -> None:
    one = await drafted(store)
    one.request_publication(new_id())

    async def fail() -> None:
        async with store.begin(OTHER) as work:
            await work.publications.save(Publication.of(one))
            await work.offerings.save(one)
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    with pytest.raises(NotFound):
        await kept(store, one.publication_id or new_id())
    async with store.begin(AUTHOR) as work:
        assert (await work.offerings.get(one.id)).status is Status.DRAFT
    assert await store.types() == [("offering.drafted.v1", 1)]


async def test_who_takes_a_publication_has_it_alone(store: Store) -> None:
    publication = await requested(store)

    async def count() -> None:
        async with store.begin(AUTHOR) as work:
            mine = await work.publications.take(publication.id)
            await asyncio.sleep(0.01)  # long enough for the others to come
            mine.offering_version += 1
            await work.publications.save(mine)

    await asyncio.gather(*(count() for _ in range(5)))
    assert (await kept(store, publication.id)).offering_version == publication.offering_version + 5
