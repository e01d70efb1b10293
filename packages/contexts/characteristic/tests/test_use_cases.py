"""What people do with characteristics, in memory. A refusal has changed and published nothing."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

import pytest

from characteristic.domain import Characteristic, Status, Use, ValueType
from characteristic.memory import Memory
from characteristic.use_cases.define import Define, DefineCharacteristic
from characteristic.use_cases.delete import DeleteCharacteristic
from characteristic.use_cases.deprecate import DeprecateCharacteristic
from characteristic.use_cases.get import GetCharacteristic
from characteristic.use_cases.list import ListCharacteristics
from characteristic.use_cases.lookup import Lookup, LookupCharacteristics
from characteristic.use_cases.revise import Revise, ReviseCharacteristic
from kernel.auth import Principal, Role
from kernel.errors import CatalogError, Conflict, Invalid, NotFound, RuleBroken, Stale
from kernel.query import Filter, Query, Sort

ANN = Principal(subject="1", name="ann", roles=frozenset({Role.AUTHOR}))
BOB = Principal(subject="2", name="bob", roles=frozenset({Role.AUTHOR}))
RAM = Define(name="RAM", value_type=ValueType.INTEGER, unit="GB")
MORE = Revise(name="Memory", value_type=ValueType.INTEGER, unit="GB")
LAPTOP = Use(id=uuid4(), key="laptop")


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
async def ram(memory: Memory) -> Characteristic:
    """A characteristic at version 1."""
    return await DefineCharacteristic(memory)(RAM, ANN)


@contextmanager
def refused(memory: Memory, kind: type[CatalogError], code: str | None = None) -> Iterator[None]:
    """The block is refused with this kind and code, and leaves no trace."""
    before, published = copy.deepcopy(memory.database.rows), len(memory.published)
    with pytest.raises(kind) as refusal:
        yield
    assert refusal.value.code == (code or kind.code)
    assert memory.database.rows == before
    assert len(memory.published) == published


def last(memory: Memory) -> tuple[str, UUID, int, str]:
    """Type, id, version and author of what was published last."""
    found = memory.published[-1]
    return found.event.type, found.aggregate.id, found.aggregate.version, found.by.name


async def test_defining(memory: Memory) -> None:
    ram = await DefineCharacteristic(memory)(RAM, ANN)
    assert (ram.key, ram.version, ram.created_by, ram.modified_by) == ("ram", 1, "ann", "ann")
    assert await GetCharacteristic(memory)(ram.id, BOB) == ram
    assert last(memory) == ("characteristic.defined.v1", ram.id, 1, "ann")
    assert len(memory.published) == 1


async def test_a_bad_definition_is_refused(memory: Memory) -> None:
    with refused(memory, Invalid):
        await DefineCharacteristic(memory)(Define(name="", value_type=ValueType.TEXT), ANN)


async def test_a_key_belongs_to_one(memory: Memory, ram: Characteristic) -> None:
    with refused(memory, Conflict, "key_taken"):
        await DefineCharacteristic(memory)(Define(name="Ram", value_type=ValueType.TEXT), ANN)
    other = await DefineCharacteristic(memory)(
        Define(name="Ram", value_type=ValueType.TEXT, key="sheep"), ANN
    )
    assert other.key == "sheep"


async def test_revising(memory: Memory, ram: Characteristic) -> None:
    revised = await ReviseCharacteristic(memory)(ram.id, 1, MORE, BOB)
    assert (revised.name, revised.key, revised.version) == ("Memory", "ram", 2)
    assert (revised.created_by, revised.modified_by) == ("ann", "bob")
    assert await GetCharacteristic(memory)(ram.id, ANN) == revised
    assert last(memory) == ("characteristic.revised.v1", ram.id, 2, "bob")


async def test_an_equal_revision_saves_and_publishes_nothing(memory: Memory, ram: Characteristic) -> None:
    same = Revise(name="RAM", value_type=ValueType.INTEGER, unit="GB")
    assert await ReviseCharacteristic(memory)(ram.id, 1, same, BOB) == ram
    assert await GetCharacteristic(memory)(ram.id, ANN) == ram
    assert len(memory.published) == 1


async def test_revisions_that_are_refused(memory: Memory, ram: Characteristic) -> None:
    revise = ReviseCharacteristic(memory)
    with refused(memory, NotFound):
        await revise(uuid4(), 1, MORE, BOB)
    with refused(memory, Stale):
        await revise(ram.id, 2, MORE, BOB)
    with refused(memory, Invalid):
        await revise(ram.id, 1, Revise(name="RAM", value_type=ValueType.TEXT, unit="GB"), BOB)
    memory.uses[ram.id] = [LAPTOP]
    with refused(memory, RuleBroken, "in_use"):
        await revise(ram.id, 1, Revise(name="RAM", value_type=ValueType.TEXT), BOB)
    await DeprecateCharacteristic(memory)(ram.id, 1, ANN)
    with refused(memory, RuleBroken, "deprecated"):
        await revise(ram.id, 2, MORE, BOB)


async def test_deprecating(memory: Memory, ram: Characteristic) -> None:
    memory.uses[ram.id] = [LAPTOP]
    deprecated = await DeprecateCharacteristic(memory)(ram.id, 1, BOB)
    assert (deprecated.status, deprecated.version) == (Status.DEPRECATED, 2)
    assert await GetCharacteristic(memory)(ram.id, ANN) == deprecated
    assert last(memory) == ("characteristic.deprecated.v1", ram.id, 2, "bob")
    assert await DeprecateCharacteristic(memory)(ram.id, 2, ANN) == deprecated
    assert len(memory.published) == 2


async def test_deprecations_that_are_refused(memory: Memory, ram: Characteristic) -> None:
    with refused(memory, NotFound):
        await DeprecateCharacteristic(memory)(uuid4(), 1, BOB)
    with refused(memory, Stale):
        await DeprecateCharacteristic(memory)(ram.id, 0, BOB)


async def test_deleting(memory: Memory, ram: Characteristic) -> None:
    await DeleteCharacteristic(memory)(ram.id, 1, BOB)
    assert last(memory) == ("characteristic.deleted.v1", ram.id, 2, "bob")
    with refused(memory, NotFound):
        await GetCharacteristic(memory)(ram.id, ANN)
    assert (await DefineCharacteristic(memory)(RAM, ANN)).key == "ram"


async def test_deletions_that_are_refused(memory: Memory, ram: Characteristic) -> None:
    with refused(memory, NotFound):
        await DeleteCharacteristic(memory)(uuid4(), 1, BOB)
    with refused(memory, Stale):
        await DeleteCharacteristic(memory)(ram.id, 2, BOB)
    memory.uses[ram.id] = [LAPTOP]
    with refused(memory, RuleBroken, "in_use"):
        await DeleteCharacteristic(memory)(ram.id, 1, BOB)


async def test_listing(memory: Memory, ram: Characteristic) -> None:
    for name in ("Colour", "Camera", "Weight"):
        await DefineCharacteristic(memory)(Define(name=name, value_type=ValueType.TEXT), ANN)
    texts = Query(filters=[Filter("value_type", ("text",))], sort=[Sort("name", descending=True)], size=2)
    page = await ListCharacteristics(memory)(texts, BOB)
    assert ([one.name for one in page.items], page.total, page.next) == (["Weight", "Colour"], 3, 2)


async def test_looking_up(memory: Memory, ram: Characteristic) -> None:
    unknown = uuid4()
    found = await LookupCharacteristics(memory)(Lookup(ids=(unknown, ram.id, unknown, ram.id)), BOB)
    assert (found.items, found.missing) == ([ram], [unknown])
    found = await LookupCharacteristics(memory)(Lookup(ids=()), BOB)
    assert (found.items, found.missing) == ([], [])


async def test_looking_up_is_bounded(memory: Memory) -> None:
    ids = tuple(uuid4() for _ in range(101))
    assert len((await LookupCharacteristics(memory)(Lookup(ids=ids[:100]), BOB)).missing) == 100
    with pytest.raises(Invalid) as refusal:
        await LookupCharacteristics(memory)(Lookup(ids=ids), BOB)
    assert [problem.pointer for problem in refusal.value.problems] == ["/ids"]
