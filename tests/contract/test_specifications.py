"""The ports of specifications: one suite for the store, on memory and on PostgreSQL, and one for the
characteristics, in memory and over HTTP, where the real characteristic service answers."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

import tests.service
from kernel.auth import Principal, Role
from kernel.breaker import Breaker
from kernel.domain import new_id
from kernel.errors import Conflict, NotFound, Problem
from kernel.query import Filter, Query, Sort
from kernel.sql import Bell, Database
from kernel.uses import Use
from specification.domain import (
    Characteristic,
    CharacteristicUse,
    Definition,
    Found,
    Question,
    Specification,
)
from specification.memory import Memory, MemoryCharacteristics, RefusedValue
from specification.ports import Begin, Characteristics
from specification_app.characteristics import HttpCharacteristics
from specification_app.postgres import SPECIFICATIONS, Postgres
from tests.contract.forged import Forge
from tests.servers import RunningPostgres, postgres

AUTHOR = Principal(subject="subject-of-author", name="author", roles=frozenset({Role.AUTHOR}))
OTHER = Principal(subject="subject-of-other", name="other", roles=frozenset({Role.AUTHOR}))
FORGE = Forge(tests.service.ISSUER, "characteristic")
RAM = Characteristic(id=UUID(int=1), key="ram", name="RAM", value_type="integer")
COLOURS = Characteristic(
    id=UUID(int=2),
    key="colours",
    name="Colours",
    value_type="choice",
    multiple=True,
    codes=("red", "blue"),
)


NOT_WHOLE = Problem("type", "A whole number such as 12 is accepted here.")
NOT_ALLOWED = Problem("not_allowed", "Accepted here: red, blue.")


@pytest.fixture(scope="module")
def server() -> Iterator[RunningPostgres]:
    """A PostgreSQL with a database for each of the two services, as long as the module's tests."""
    with postgres("characteristic", "specification") as running:
        yield running


@dataclass(frozen=True)
class Store:
    """A store under test, and what it has published: type, version and state of each event, oldest first."""

    begin: Begin
    published: Callable[[], Awaitable[list[tuple[str, int, dict[str, Any]]]]]

    async def types(self) -> list[tuple[str, int]]:
        return [(type, version) for type, version, _ in await self.published()]

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


@pytest.fixture(params=["", "specification"], ids=["memory", "postgres"])
def place(request: pytest.FixtureRequest) -> str:
    """Where the store is: in memory (""), or at the address of a database."""
    return str(request.getfixturevalue("server").url(request.param)) if request.param else ""


@pytest.fixture
async def store(place: str) -> AsyncIterator[Store]:
    if not place:
        memory = Memory()

        async def recorded() -> list[tuple[str, int, dict[str, Any]]]:
            return [
                (one.event.type, one.aggregate.version, json.loads(SPECIFICATIONS.write(one.aggregate)))  # type: ignore[arg-type]
                for one in memory.published
            ]

        yield Store(memory, recorded)
        return
    async with Database(place, service="tests") as database:

        async def logged() -> list[tuple[str, int, dict[str, Any]]]:
            async with database.begin() as connection:
                rows = await connection.execute(
                    text("select type, aggregate_version, payload from event_log order by seq")
                )
                return [(type, version, payload) for type, version, payload in rows]

        async with Postgres(database, Bell(database)) as begin:
            yield Store(begin, logged)
        async with database.begin() as connection:
            await connection.execute(text("truncate specification, usage, event_log, outbox_pending"))


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


@dataclass(frozen=True)
class Known:
    """The port under test, its two characteristics, and a credential that it accepts."""

    port: Characteristics
    ram: Characteristic
    colours: Characteristic
    credential: str

    async def look_up(self, *ids: UUID, values: dict[UUID, object] | None = None) -> Found:
        return await self.port.look_up(Question(ids=ids, values=values or {}), self.credential)


@pytest.fixture(params=["", "characteristic"], ids=["memory", "http"])
def theirs(request: pytest.FixtureRequest) -> str:
    """Where the characteristics are: in memory (""), or in a service whose database has this address."""
    return str(request.getfixturevalue("server").url(request.param)) if request.param else ""


@pytest.fixture
async def known(theirs: str) -> AsyncIterator[Known]:
    """RAM, a whole number, and Colours, several of red and blue, the latter being deprecated."""
    if not theirs:
        colours = replace(COLOURS, status="DEPRECATED")
        refused = [
            RefusedValue(RAM.id, "much", NOT_WHOLE),
            RefusedValue(COLOURS.id, ["red", "pink"], replace(NOT_ALLOWED, pointer="/1")),
        ]
        port = MemoryCharacteristics({RAM.id: RAM, COLOURS.id: colours}, refused)
        yield Known(port, RAM, colours, "anybody")
        return
    async with tests.service.running_afresh("characteristic_app", theirs, FORGE) as service:
        ram = await service.post("/characteristics", {"name": "RAM", "valueType": "integer"})
        allowed = [{"code": code, "label": code} for code in COLOURS.codes]
        wanted = {"name": "Colours", "valueType": "choice", "multiple": True, "allowedValues": allowed}
        made = (await service.post("/characteristics", wanted)).json()
        await service.post(f"/characteristics/{made['id']}/deprecate", version=1)
        lookup = "http://characteristic.test/characteristics/lookup"
        yield Known(
            HttpCharacteristics(service.http, lookup, Breaker("characteristic service")),
            replace(RAM, id=UUID(ram.json()["id"])),
            replace(COLOURS, id=UUID(made["id"]), status="DEPRECATED"),
            service.headers("reader")["authorization"].removeprefix("Bearer "),
        )


async def test_characteristics_are_found_in_the_order_asked_for(known: Known) -> None:
    nobody, another = new_id(), new_id()
    found = await known.look_up(another, known.colours.id, nobody, known.ram.id)
    assert (list(found.items), list(found.missing)) == ([known.colours, known.ram], [another, nobody])
    assert list(found.problems) == []


async def test_a_question_about_nothing_has_an_empty_answer(known: Known) -> None:
    assert await known.look_up() == Found()


async def test_all_may_be_missing(known: Known) -> None:
    ids = [new_id() for _ in range(100)]
    found = await known.look_up(*ids, values={ids[0]: 1})
    assert (list(found.items), list(found.missing), list(found.problems)) == ([], ids, [])


async def test_values_are_judged(known: Known) -> None:
    ids = (known.ram.id, known.colours.id)
    found = await known.look_up(*ids, values={known.ram.id: 8, known.colours.id: ["red", "blue"]})
    assert list(found.problems) == []
    found = await known.look_up(*ids, values={known.ram.id: "much", known.colours.id: ["red", "pink"]})
    assert list(found.problems) == [
        replace(NOT_WHOLE, pointer=f"/{known.ram.id}"),
        replace(NOT_ALLOWED, pointer=f"/{known.colours.id}/1"),
    ]
    assert [one.pointer for one in found.problems_of(known.colours.id)] == ["/1"]
