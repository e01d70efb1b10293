"""The store of offerings: one suite, on memory and on PostgreSQL.

What the store of aggregates promises whatever they are is in test_characteristics, and what the one of
publications promises in test_publications.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from kernel.auth import Principal
from kernel.domain import new_id
from kernel.errors import Conflict, NotFound, Problem, Stale
from kernel.query import Filter, Query, Sort
from kernel.validity import Validity
from offering.domain import Content, Failure, Offering, Status
from offering.memory import Memory
from offering.ports import Work
from offering_app.postgres import OFFERINGS, Postgres
from tests.contract import stores
from tests.contract.stores import AUTHOR, OTHER

Store = stores.Store[Work]
DATABASE = "offering"
FULL = Content(
    name="Galaxy “S”",
    description="A phone.\nWith two lines.",
    category="phones/android",
    specification_id=new_id(),
    price_ids=(new_id(), new_id()),
    values={
        **{"ram": 8, "weight": 0.125, "tiny": 1e-7, "large": 10**39, "wireless": True, "foldable": False},
        **{"colour": ["red", "blue"], "mixed": [1, 2.5, "x", True], "none": [], "blank": "", "text": "ä\n😀"},
    },
    valid_for=Validity(
        from_=datetime(2026, 1, 31, 12, 30, 15, 123456, tzinfo=UTC), to=datetime(2027, 1, 31, tzinfo=UTC)
    ),
    image_url="https://images.example/galaxy.png?size=2&of=x",
)


@pytest.fixture
async def store(place: str) -> AsyncIterator[Store]:
    async with Store.at(
        place, memory=Memory(), postgres=Postgres, table=OFFERINGS, empty=("offering", "publication")
    ) as store:
        yield store


def phone(key: str = "galaxy", name: str = "Galaxy", category: str = "phones") -> Offering:
    """A complete draft."""
    return Offering.drafted(replace(FULL, name=name, category=category), key=key)


async def saved(store: Store, *offerings: Offering, by: Principal = AUTHOR) -> None:
    """Save them, each in a work of its own."""
    for one in offerings:
        async with store.begin(by) as work:
            await work.offerings.save(one)


async def found(store: Store, id: UUID) -> Offering:
    """The offering as it is kept."""
    async with store.begin(AUTHOR) as work:
        return await work.offerings.get(id)


async def published(store: Store, offering: Offering) -> None:
    """Publish a draft that is saved."""
    offering.request_publication(new_id())
    await saved(store, offering)
    offering.confirm(offering.publication_id or new_id())
    await saved(store, offering)


def renamed(offering: Offering, name: str) -> None:
    """Give the draft another name."""
    offering.revise(replace(offering.content, name=name))


async def test_every_field_is_found_as_it_was(store: Store) -> None:
    one = Offering.drafted(FULL)
    await saved(store, one)
    await published(store, one)
    one.revise(replace(FULL, name="Galaxy Plus", values={}, valid_for=Validity(), image_url=None))
    await saved(store, one)
    one.request_publication(new_id())
    await saved(store, one)
    problems = [Problem("max", "8 or less is accepted here.", "/draft/values/ram")]
    one.reject(Failure.of(one.publication_id or new_id(), "SPECIFICATION_INVALID", "Does not fit.", problems))
    await saved(store, one, by=OTHER)
    again = await found(store, one.id)
    assert again == one
    assert again.live == FULL
    assert again.live.says_the_same_as(FULL)
    assert {key: type(value) for key, value in again.live.values.items()} == {
        key: type(value) for key, value in FULL.values.items()
    }
    assert (again.status, again.version) == (Status.PUBLISHED, 6)
    assert (again.created_by, again.modified_by) == ("author", "other")
    assert (await store.published())[-1][2] == json.loads(OFFERINGS.write(again))
    assert await store.types() == [
        ("offering.drafted.v1", 1),
        ("publication.requested.v1", 2),
        ("offering.published.v1", 3),
        ("offering.revised.v1", 4),
        ("publication.requested.v1", 5),
        ("publication.rejected.v1", 6),
    ]


async def test_an_unknown_id_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound, match="There is no offering with the id"):
        await found(store, new_id())


async def test_who_saves_an_old_version_is_refused(store: Store) -> None:
    one = phone()
    await saved(store, one)
    first, second = await found(store, one.id), await found(store, one.id)
    renamed(first, "First")
    await saved(store, first)
    renamed(second, "Second")
    with pytest.raises(Stale):
        await saved(store, second)
    assert (await found(store, one.id)).name == "First"
    assert len(await store.types()) == 2


async def test_a_key_belongs_to_one(store: Store) -> None:
    await saved(store, phone())
    rival = phone()
    with pytest.raises(Conflict) as refused:
        await saved(store, rival)
    assert (refused.value.code, refused.value.problems[0].pointer) == ("key_taken", "/key")
    with pytest.raises(NotFound):
        await found(store, rival.id)
    assert len(await store.types()) == 1


async def test_what_is_deleted_is_gone_and_its_key_is_free(store: Store) -> None:
    one = phone()
    await saved(store, one)
    one.delete()
    async with store.begin(OTHER) as work:
        await work.offerings.delete(one)
    with pytest.raises(NotFound):
        await found(store, one.id)
    type, version, state = (await store.published())[-1]
    assert (type, version) == ("offering.deleted.v1", 2)
    assert (state["draft"]["name"], state["version"], state["modifiedBy"]) == ("Galaxy", 2, "other")
    await saved(store, phone())


NAMES = ["alpha", "Beta", "beta 100%", "be_ta", "gamma"]
CATEGORIES = ["", "phones", "phones/android", "phones-and-more", "tv"]


async def listed(store: Store, query: Query) -> list[str]:
    """The keys of a page."""
    async with store.begin(AUTHOR) as work:
        page = await work.offerings.page(query)
    assert page.total >= len(page.items)
    return [one.key for one in page.items]


@pytest.fixture
async def five(store: Store) -> list[Offering]:
    """Five offerings: the last is retired, the one before it is live with another draft beside it."""
    some = [
        phone(f"key-{number}", name, category)
        for number, (name, category) in enumerate(zip(NAMES, CATEGORIES, strict=True))
    ]
    await saved(store, *some)
    *_, beside, retired = some
    await published(store, beside)
    beside.revise(replace(beside.content, name="delta", category="laptops"))
    await published(store, retired)
    retired.retire()
    await saved(store, beside, retired)
    return some


@pytest.mark.parametrize(
    ("condition", "keys"),
    [
        (Filter("name", ("beta",), contains=True), {"key-1", "key-2"}),
        (Filter("name", ("100%",), contains=True), {"key-2"}),
        (Filter("name", ("beta",)), set()),
        (Filter("name", ("Beta", "gamma")), {"key-1", "key-4"}),
        (Filter("name", ("delta",)), {"key-3"}),
        (Filter("name", ("be_ta",)), set()),
        (Filter("key", ("key-0",)), {"key-0"}),
        (Filter("category", ("phones",)), {"key-1"}),
        (Filter("category", ("phones",), contains=True), {"key-1", "key-2"}),
        (Filter("category", ("phones/",), contains=True), {"key-2"}),
        (Filter("category", ("",)), {"key-0"}),
        (Filter("category", ("laptops", "tv")), {"key-3", "key-4"}),
        (Filter("status", ("DRAFT",)), {"key-0", "key-1", "key-2"}),
        (Filter("status", ("PUBLISHED", "RETIRED")), {"key-3", "key-4"}),
    ],
)
async def test_a_list_is_filtered(
    store: Store, five: list[Offering], condition: Filter, keys: set[str]
) -> None:
    assert set(await listed(store, Query(filters=[condition]))) == keys


@pytest.mark.parametrize(
    ("field", "order"),
    [
        ("key", "01234"),
        ("name", "10234"),
        ("status", "01234"),
        ("category", "03124"),
        ("created_at", "01234"),
        ("modified_at", "01234"),
    ],
)
async def test_a_list_is_sorted(store: Store, five: list[Offering], field: str, order: str) -> None:
    keys = [f"key-{number}" for number in order]
    assert await listed(store, Query(sort=[Sort(field)])) == keys
    down = await listed(store, Query(sort=[Sort(field, descending=True), Sort("key", descending=True)]))
    assert down == keys[::-1]


async def test_ties_are_broken_by_age_and_pages_together_are_the_list(store: Store) -> None:
    await saved(store, *(phone(f"key-{number}", "same") for number in range(5)))
    pages = [await listed(store, Query(sort=[Sort("name")], page=page, size=2)) for page in (1, 2, 3, 4)]
    assert pages == [["key-0", "key-1"], ["key-2", "key-3"], ["key-4"], []]
