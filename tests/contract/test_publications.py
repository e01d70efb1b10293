"""The store of publications: one suite, on memory and on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from kernel.domain import new_id
from kernel.errors import NotFound, Problem
from kernel.query import Filter, Query, Sort
from offering.domain import (
    Cause,
    Content,
    Failure,
    Offering,
    Progress,
    Publication,
    Status,
    Step,
    StepState,
)
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


async def drafted(store: Store, key: str = "galaxy") -> Offering:
    """A complete draft that is saved."""
    one = Offering.drafted(GALAXY, key)
    async with store.begin(AUTHOR) as work:
        await work.offerings.save(one)
    return one


async def requested(store: Store, key: str = "galaxy") -> Publication:
    """A publication, saved together with its offering."""
    one = await drafted(store, key)
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
    late = Problem("PRICE_EXPIRED", "Until yesterday.", "/priceIds/0")
    publication.fail(Failure.of(publication.id, "PRICE_EXPIRED", "Too late: “yesterday”.", [late]))
    begun = publication.requested_at
    step = Step(name="confirm", title="Confirm", state=StepState.FAILED, attempts=2, started_at=begun)
    publication.keep((step, replace(step, problem="“No.”", ended_at=begun)))
    async with store.begin(AUTHOR) as work:
        await work.publications.save(publication)
    again = await kept(store, publication.id)
    assert again == publication
    assert again.cause == Cause(code="PRICE_EXPIRED", message="Too late: “yesterday”.")
    assert again.ended_at is not None
    assert again.problems == (late,)
    assert again.steps is not None
    assert (again.steps[0], again.steps[1].problem) == (step, "“No.”")
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


@pytest.fixture
async def four(store: Store) -> list[Publication]:
    """Four publications: requested, stuck, published, rejected, the last two since these moments."""
    some = [await requested(store, f"key-{number}") for number in range(4)]
    _, stuck, published, rejected = some
    stuck.stick()
    published.succeed()
    rejected.fail(Failure.of(rejected.id, "PRICE_EXPIRED", "Too late.", []))
    async with store.begin(AUTHOR) as work:
        for one in (stuck, published, rejected):
            await work.publications.save(one)
    return some


async def listed(store: Store, query: Query) -> str:
    """The keys of a page, each by its number."""
    async with store.begin(AUTHOR) as work:
        page = await work.publications.page(query)
    return "".join(one.offering_key[-1] for one in page.items)


@pytest.mark.parametrize(
    ("condition", "numbers"),
    [
        (Filter("status", ("STUCK",)), "1"),
        (Filter("status", ("PUBLISHED", "REJECTED")), "23"),
        (Filter("status", ("RUNNING",)), ""),
        (Filter("offering_key", ("key-0", "key-3", "none")), "03"),
        (Filter("offering_key", ("KEY-",), contains=True), "0123"),
        (Filter("offering_key", ("key_",), contains=True), ""),
        (Filter("offering_id", (str(new_id()),)), ""),
    ],
)
async def test_a_list_is_filtered(
    store: Store, four: list[Publication], condition: Filter, numbers: str
) -> None:
    assert await listed(store, Query(filters=[condition])) == numbers


async def test_a_list_of_an_offering(store: Store, four: list[Publication]) -> None:
    of_one = Filter("offering_id", (str(four[2].offering_id),))
    async with store.begin(AUTHOR) as work:
        page = await work.publications.page(Query(filters=[of_one]))
    assert (list(page.items), page.total, page.next) == ([four[2]], 1, None)


@pytest.mark.parametrize(
    ("field", "up", "down"),
    [
        ("requested_at", "0123", "3210"),
        ("ended_at", "2301", "0132"),
        ("offering_key", "0123", "3210"),
        ("status", "2301", "1032"),
    ],
)
async def test_a_list_is_sorted(
    store: Store, four: list[Publication], field: str, up: str, down: str
) -> None:
    assert await listed(store, Query(sort=[Sort(field)])) == up
    assert await listed(store, Query(sort=[Sort(field, descending=True)])) == down


async def test_pages_together_are_the_list(store: Store, four: list[Publication]) -> None:
    newest = [Sort("requested_at", descending=True)]
    pages = [await listed(store, Query(sort=newest, page=page, size=3)) for page in (1, 2, 3)]
    assert pages == ["321", "0", ""]


async def test_which_have_ended_without_their_steps(store: Store, four: list[Publication]) -> None:
    *_, published, rejected = four

    async def without(most: int = 10) -> list[UUID]:
        async with store.begin(AUTHOR) as work:
            return list(await work.publications.without_steps(most))

    assert set(await without()) == {published.id, rejected.id}
    assert len(await without(1)) == 1
    published.keep(())
    async with store.begin(AUTHOR) as work:
        await work.publications.save(published)
    assert await without() == [rejected.id]


async def test_which_run_and_which_wait(store: Store, four: list[Publication]) -> None:
    requested, stuck, *_ = four

    async def seen(most: int = 10) -> tuple[int, list[UUID]]:
        async with store.begin(AUTHOR) as work:
            return await work.publications.running(), list(await work.publications.waiting(most))

    async def keep(*changed: Publication) -> None:
        async with store.begin(AUTHOR) as work:
            for one in changed:
                await work.publications.save(one)

    assert await seen() == (0, [])
    later = replace(requested, id=new_id(), requested_at=requested.requested_at + timedelta(seconds=1))
    for one in (later, requested):
        one.wait({"correlationId": "c"})
    await keep(later, requested)
    assert await seen() == (0, [requested.id, later.id])
    assert await seen(1) == (0, [requested.id])
    requested.run()
    stuck.run()
    later.fail(Failure.of(later.id, "CANCELLED", "No more.", []))
    await keep(requested, stuck, later)
    assert await seen() == (2, [])


async def test_which_go_on_and_were_requested_before(store: Store, four: list[Publication]) -> None:
    requested, *_ = four
    second = timedelta(seconds=1)
    running = replace(requested, id=new_id(), requested_at=requested.requested_at - second)
    running.run()
    waiting = replace(requested, id=new_id())
    waiting.wait({"correlationId": "c"})
    async with store.begin(AUTHOR) as work:
        for one in (running, waiting):
            await work.publications.save(one)

    async def seen(before: datetime, most: int = 10) -> list[Publication]:
        async with store.begin(AUTHOR) as work:
            return list(await work.publications.going(before, most))

    late = requested.requested_at + timedelta(hours=1)
    assert await seen(late) == [running, requested]
    assert await seen(late, 1) == [running]
    assert await seen(requested.requested_at) == [running]
    assert await seen(running.requested_at) == []
