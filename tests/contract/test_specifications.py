"""The store of specifications: one suite, on memory and on PostgreSQL."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from kernel.auth import Principal
from kernel.domain import new_id
from kernel.errors import Conflict, NotFound
from kernel.query import Filter, Query, Sort
from kernel.uses import Use
from specification.domain import Characteristic, CharacteristicUse, Definition, Found, Specification
from specification.memory import Memory
from specification.ports import Work
from specification_app.postgres import SPECIFICATIONS, Postgres
from tests.contract import stores
from tests.contract.stores import AUTHOR, OTHER

DATABASE = "specification"
RAM = Characteristic(id=UUID(int=1), key="ram", name="RAM", value_type="integer")
COLOURS = Characteristic(
    id=UUID(int=2),
    key="colours",
    name="Colours",
    value_type="choice",
    multiple=True,
    codes=("red", "blue"),
)


class Store(stores.Store[Work]):
    """See `stores.Store`, with what is often done to it."""

    async def save(self, *specifications: Specification, by: Principal = AUTHOR) -> None:
        for one in specifications:
            async with self.begin(by) as work:
                await work.specifications.save(one)

    async def get(self, id: UUID) -> Specification:
        async with self.begin(AUTHOR) as work:
            return await work.specifications.get(id)

    async def names(self, query: Query) -> list[str]:
        async with self.begin(AUTHOR) as work:
            page = await work.specifications.page(query)
        assert page.total >= len(page.items)
        return [one.name for one in page.items]

    async def users(self, id: UUID) -> set[str]:
        async with self.begin(AUTHOR) as work:
            return {use.key for use in await work.uses.of(id)}


@pytest.fixture
async def store(place: str) -> AsyncIterator[Store]:
    async with Store.at(
        place, memory=Memory(), postgres=Postgres, table=SPECIFICATIONS, empty=("specification", "usage")
    ) as store:
        yield store


def phone(key: str = "phone", name: str = "Phone", **use: Any) -> Specification:
    """A draft of a phone, with colours that are used in this way."""
    uses = (
        CharacteristicUse(characteristic_id=RAM.id, required=True, default=8),
        CharacteristicUse(characteristic_id=COLOURS.id, **use),
    )
    wanted = Definition(name=name, description="To talk.\nTo write.", uses=uses)
    return Specification.define(wanted, Found(items=[RAM, COLOURS]), key=key)


def renamed(specification: Specification, name: str) -> None:
    wanted = Definition(name=name, uses=specification.uses)
    specification.revise(wanted, Found(items=[RAM, COLOURS]))


@pytest.mark.parametrize(
    "use",
    [
        {},
        {"required": True},
        {"default": ["red"], "allowed_codes": ("red", "blue")},
        *({"default": one} for one in (0, 1.5, "12.50", True, False, "", "é", ["a", 1, False], 2**70)),
    ],
    ids=str,
)
async def test_what_was_saved_is_found_as_it_was(store: Store, use: dict[str, Any]) -> None:
    one = phone(**use)
    await store.save(one)
    again = await store.get(one.id)
    assert again == one
    assert type(again.uses[1].default) is type(one.uses[1].default)
    assert (again.version, again.created_by, again.modified_by) == (1, "author", "author")
    assert again.characteristic_keys == ("ram", "colours")


async def test_each_change_is_a_version_with_one_event_that_has_the_whole_state(store: Store) -> None:
    one = phone(allowed_codes=("red",))
    await store.save(one)
    renamed(one, "Telephone")
    await store.save(one, by=OTHER)
    one.activate(Found(items=[RAM, COLOURS]))
    await store.save(one)
    one.retire()
    await store.save(one)
    await store.save(one)
    again = await store.get(one.id)
    assert (again.version, again.name, again.status) == (4, "Telephone", "RETIRED")
    assert (again.created_by, again.modified_by) == ("author", "author")
    events = await store.published()
    assert [(type, version) for type, version, _ in events] == [
        ("specification.defined.v1", 1),
        ("specification.revised.v1", 2),
        ("specification.activated.v1", 3),
        ("specification.retired.v1", 4),
    ]
    assert [state["status"] for _, _, state in events] == ["DRAFT", "DRAFT", "ACTIVE", "RETIRED"]
    assert events[-1][2] == json.loads(SPECIFICATIONS.write(again))
    assert events[-1][2]["uses"][1] == {
        **{"characteristicId": str(COLOURS.id), "required": False, "default": None},
        "allowedCodes": ["red"],
    }


async def test_a_key_belongs_to_one(store: Store) -> None:
    rival = phone()
    await store.save(phone())
    with pytest.raises(Conflict) as refused:
        await store.save(rival)
    assert (refused.value.code, refused.value.problems[0].pointer) == ("key_taken", "/key")
    with pytest.raises(NotFound, match="There is no specification with the id"):
        await store.get(rival.id)
    assert len(await store.types()) == 1


async def test_what_is_deleted_is_gone_and_its_key_is_free(store: Store) -> None:
    one = phone()
    await store.save(one)
    one.delete(())
    async with store.begin(OTHER) as work:
        await work.specifications.delete(one)
    with pytest.raises(NotFound):
        await store.get(one.id)
    assert await store.types() == [("specification.defined.v1", 1), ("specification.deleted.v1", 2)]
    await store.save(phone())


NAMES = ["alpha", "Beta", "beta 100%", "be_ta", "gamma"]


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        (Filter("name", ("beta",), contains=True), {"Beta", "beta 100%"}),
        (Filter("name", ("e_t",), contains=True), {"be_ta"}),
        (Filter("name", ("beta",)), set()),
        (Filter("key", ("key-0",)), {"alpha"}),
        (Filter("status", ("DRAFT",)), set(NAMES[:-1])),
        (Filter("status", ("ACTIVE", "RETIRED")), {"gamma"}),
    ],
)
async def test_a_list_is_filtered(store: Store, condition: Filter, names: set[str]) -> None:
    some = [phone(f"key-{number}", name) for number, name in enumerate(NAMES)]
    await store.save(*some)
    some[-1].activate(Found(items=[RAM, COLOURS]))
    await store.save(some[-1])
    assert set(await store.names(Query(filters=[condition]))) == names


async def test_a_list_is_sorted_and_ties_are_broken_by_age(store: Store) -> None:
    some = [phone(f"key-{number}", name) for number, name in enumerate(["b", "a", "c", "a"])]
    await store.save(*some)
    some[2].activate(Found(items=[RAM, COLOURS]))
    await store.save(some[2])

    async def keys(*sort: Sort) -> list[str]:
        async with store.begin(AUTHOR) as work:
            return [one.key[-1] for one in (await work.specifications.page(Query(sort=sort))).items]

    assert await keys() == ["0", "1", "2", "3"]
    assert await keys(Sort("name")) == ["1", "3", "0", "2"]
    assert await keys(Sort("name", descending=True)) == ["2", "0", "1", "3"]
    assert await keys(Sort("name"), Sort("key", descending=True)) == ["3", "1", "0", "2"]
    assert await keys(Sort("status")) == ["2", "0", "1", "3"]
    assert await keys(Sort("status", descending=True)) == ["0", "1", "3", "2"]
    assert await keys(Sort("created_at", descending=True)) == ["3", "2", "1", "0"]
    assert await keys(Sort("modified_at", descending=True)) == ["2", "3", "1", "0"]


async def test_who_uses_what_is_noted_by_version(store: Store) -> None:
    one, other, user = new_id(), new_id(), Use(kind="offering", id=new_id(), key="phone-x")
    for version, used in ((2, [one, other]), (1, [other]), (3, [one]), (3, [other])):
        async with store.begin(AUTHOR) as work:
            await work.uses.note(user, version, used)
    assert (await store.users(one), await store.users(other)) == ({"phone-x"}, set())
