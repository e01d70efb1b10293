"""The store of characteristics: one suite, on memory and on PostgreSQL."""

import asyncio
import json
from collections.abc import AsyncIterator
from decimal import Decimal
from uuid import UUID

import pytest

from characteristic.domain import AllowedValue, Characteristic, Constraints, Definition, ValueType
from characteristic.memory import Memory
from characteristic.ports import Work
from characteristic_app.postgres import CHARACTERISTICS, Postgres
from kernel.auth import Principal
from kernel.domain import new_id
from kernel.errors import Conflict, NotFound, Stale
from kernel.query import Filter, Query, Sort
from tests.contract import stores
from tests.contract.stores import AUTHOR, OTHER

Store = stores.Store[Work]


@pytest.fixture
async def store(place: str) -> AsyncIterator[Store]:
    async with Store.at(
        place, memory=Memory(), postgres=Postgres, table=CHARACTERISTICS, empty=("characteristic",)
    ) as store:
        yield store


def colour(key: str = "colour", name: str = "Colour") -> Characteristic:
    wanted = Definition(
        name=name,
        value_type=ValueType.CHOICE,
        allowed_values=(AllowedValue(code="red", label="Red"), AllowedValue(code="blue", label="Blue")),
    )
    return Characteristic.define(wanted, key=key)


async def saved(store: Store, *characteristics: Characteristic, by: Principal = AUTHOR) -> None:
    for one in characteristics:
        async with store.begin(by) as work:
            await work.characteristics.save(one)


async def found(store: Store, id: UUID) -> Characteristic:
    async with store.begin(AUTHOR) as work:
        return await work.characteristics.get(id)


def renamed(characteristic: Characteristic, name: str) -> None:
    before = characteristic.definition
    characteristic.revise(
        Definition(name=name, value_type=before.value_type, allowed_values=before.allowed_values), ()
    )


async def test_what_was_saved_is_found_as_it_was(store: Store) -> None:
    wanted = Definition(
        name="Screen size",
        description="The visible diagonal.",
        value_type=ValueType.DECIMAL,
        unit="cm",
        constraints=Constraints(min=Decimal("0.50"), max=Decimal(300), scale=2),
    )
    screen = Characteristic.define(wanted)
    await saved(store, screen)
    again = await found(store, screen.id)
    assert again == screen
    assert (again.version, again.created_by, again.modified_by) == (1, "author", "author")
    assert again.created_at == again.modified_at


async def test_an_unknown_id_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound, match="There is no characteristic with the id"):
        await found(store, new_id())


async def test_what_was_read_is_a_copy(store: Store) -> None:
    one = colour()
    await saved(store, one)
    (await found(store, one.id)).name = "changed and not saved"
    assert (await found(store, one.id)).name == "Colour"


async def test_each_change_is_a_version_with_one_event_that_has_the_whole_state(store: Store) -> None:
    one = colour()
    await saved(store, one)
    renamed(one, "Case colour")
    await saved(store, one, by=OTHER)
    again = await found(store, one.id)
    assert (again.version, again.name, again.created_by, again.modified_by) == (
        2,
        "Case colour",
        "author",
        "other",
    )
    assert again.created_at <= again.modified_at
    events = await store.published()
    assert [(type, version) for type, version, _ in events] == [
        ("characteristic.defined.v1", 1),
        ("characteristic.revised.v1", 2),
    ]
    assert [state["name"] for _, _, state in events] == ["Colour", "Case colour"]
    assert events[1][2] == json.loads(CHARACTERISTICS.write(again))


async def test_without_an_event_nothing_is_saved(store: Store) -> None:
    one = colour()
    await saved(store, one)
    await saved(store, one)
    assert (await found(store, one.id)).version == 1
    assert await store.types() == [("characteristic.defined.v1", 1)]


async def test_who_saves_an_old_version_is_refused(store: Store) -> None:
    one = colour()
    await saved(store, one)
    first, second = await found(store, one.id), await found(store, one.id)
    renamed(first, "First")
    await saved(store, first)
    renamed(second, "Second")
    with pytest.raises(Stale):
        await saved(store, second)
    assert (await found(store, one.id)).name == "First"
    assert len(await store.types()) == 2


async def test_a_new_one_with_an_id_that_exists_is_refused(store: Store) -> None:
    one, twin = colour(), colour("other-key")
    twin.id = one.id
    await saved(store, one)
    with pytest.raises(Stale):
        await saved(store, twin)
    assert (await found(store, one.id)).key == "colour"
    assert len(await store.types()) == 1


async def test_a_key_belongs_to_one(store: Store) -> None:
    await saved(store, colour())
    rival = colour()
    with pytest.raises(Conflict) as refused:
        await saved(store, rival)
    assert (refused.value.code, refused.value.problems[0].pointer) == ("key_taken", "/key")
    with pytest.raises(NotFound):
        await found(store, rival.id)
    assert len(await store.types()) == 1


async def test_a_work_that_raises_leaves_nothing(store: Store) -> None:
    one = colour()

    async def fail() -> None:
        async with store.begin(AUTHOR) as work:
            await work.characteristics.save(one)
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    with pytest.raises(NotFound):
        await found(store, one.id)
    assert await store.types() == []


async def test_what_is_deleted_is_gone_and_its_key_is_free(store: Store) -> None:
    one = colour()
    await saved(store, one)
    one.delete(())
    async with store.begin(OTHER) as work:
        await work.characteristics.delete(one)
    with pytest.raises(NotFound):
        await found(store, one.id)
    type, version, state = (await store.published())[-1]
    assert (type, version) == ("characteristic.deleted.v1", 2)
    assert (state["name"], state["version"], state["modifiedBy"]) == ("Colour", 2, "other")
    await saved(store, colour())


async def test_who_deletes_an_old_version_is_refused(store: Store) -> None:
    one = colour()
    await saved(store, one)
    old = await found(store, one.id)
    renamed(one, "Newer")
    await saved(store, one)
    old.delete(())
    with pytest.raises(Stale):
        async with store.begin(AUTHOR) as work:
            await work.characteristics.delete(old)
    assert (await found(store, one.id)).name == "Newer"
    assert len(await store.types()) == 2


async def test_a_deletion_without_an_event_is_a_fault(store: Store) -> None:
    one = colour()
    await saved(store, one)
    with pytest.raises(ValueError, match="nothing was recorded"):
        async with store.begin(AUTHOR) as work:
            await work.characteristics.delete(one)
    assert (await found(store, one.id)).version == 1


async def test_many_are_found_at_once(store: Store) -> None:
    some = [colour(f"colour-{number}") for number in range(3)]
    await saved(store, *some)
    async with store.begin(AUTHOR) as work:
        many = await work.characteristics.many([some[0].id, some[2].id, new_id(), some[0].id])
        none = await work.characteristics.many([])
    assert {one.key for one in many} == {"colour-0", "colour-2"}
    assert len(many) == 2
    assert none == []


async def test_of_fifty_rivals_one_wins(store: Store) -> None:
    one = colour()
    await saved(store, one)

    async def revise(number: int) -> str:
        try:
            async with store.begin(AUTHOR) as work:
                mine = await work.characteristics.get(one.id)
                mine.require_version(1)
                renamed(mine, f"Name {number}")
                await work.characteristics.save(mine)
        except Stale:
            return "stale"
        return "won"

    outcomes = await asyncio.gather(*map(revise, range(50)))
    assert sorted(outcomes) == ["stale"] * 49 + ["won"]
    assert (await found(store, one.id)).version == 2
    assert len(await store.types()) == 2


NAMES = ["alpha", "Beta", "beta 100%", "be_ta", "gamma"]


async def listed(store: Store, query: Query) -> list[str]:
    async with store.begin(AUTHOR) as work:
        page = await work.characteristics.page(query)
    assert page.total >= len(page.items)
    return [one.name for one in page.items]


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        (Filter("name", ("beta",), contains=True), {"Beta", "beta 100%"}),
        (Filter("name", ("100%",), contains=True), {"beta 100%"}),
        (Filter("name", ("e_t",), contains=True), {"be_ta"}),
        (Filter("name", ("%",), contains=True), {"beta 100%"}),
        (Filter("name", ("beta",)), set()),
        (Filter("name", ("Beta", "gamma")), {"Beta", "gamma"}),
        (Filter("key", ("key-0",)), {"alpha"}),
        (Filter("value_type", ("choice",)), set(NAMES)),
        (Filter("status", ("DEPRECATED",)), {"gamma"}),
    ],
)
async def test_a_list_is_filtered(store: Store, condition: Filter, names: set[str]) -> None:
    some = [colour(f"key-{number}", name) for number, name in enumerate(NAMES)]
    await saved(store, *some)
    some[-1].deprecate()
    await saved(store, some[-1])
    assert set(await listed(store, Query(filters=[condition]))) == names


async def test_a_list_is_sorted_and_ties_are_broken_by_age(store: Store) -> None:
    some = [colour(f"key-{number}", name) for number, name in enumerate(["b", "a", "b", "a"])]
    await saved(store, *some)

    async def keys(*sort: Sort) -> list[str]:
        async with store.begin(AUTHOR) as work:
            return [one.key for one in (await work.characteristics.page(Query(sort=sort))).items]

    assert await keys() == ["key-0", "key-1", "key-2", "key-3"]
    assert await keys(Sort("name")) == ["key-1", "key-3", "key-0", "key-2"]
    assert await keys(Sort("name", descending=True)) == ["key-0", "key-2", "key-1", "key-3"]
    assert await keys(Sort("name"), Sort("key", descending=True)) == ["key-3", "key-1", "key-2", "key-0"]
    assert await keys(Sort("modified_at", descending=True)) == ["key-3", "key-2", "key-1", "key-0"]


@pytest.mark.parametrize("descending", [False, True])
async def test_what_is_missing_is_sorted_as_in_sql(store: Store, descending: bool) -> None:
    units = [None, "kg", None, "cm"]
    for number, unit in enumerate(units):
        wanted = Definition(name=f"Size {number}", value_type=ValueType.DECIMAL, unit=unit)
        await saved(store, Characteristic.define(wanted))
    async with store.begin(AUTHOR) as work:
        page = await work.characteristics.page(Query(sort=[Sort("unit", descending)]))
    found = [one.unit for one in page.items]
    assert found == ([None, None, "kg", "cm"] if descending else ["cm", "kg", None, None])


async def test_pages_together_are_the_list(store: Store) -> None:
    await saved(store, *(colour(f"key-{number}", "same") for number in range(7)))
    seen, page = list[str](), 1
    while True:
        async with store.begin(AUTHOR) as work:
            part = await work.characteristics.page(Query(sort=[Sort("name")], page=page, size=3))
        assert part.total == 7
        seen += [one.key for one in part.items]
        if part.next is None:
            break
        assert part.next == page + 1
        page = part.next
    assert seen == [f"key-{number}" for number in range(7)]
    assert page == 3
    assert await listed(store, Query(page=9, size=3)) == []
