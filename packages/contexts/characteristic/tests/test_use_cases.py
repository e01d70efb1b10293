"""What people do with characteristics, in memory. A refusal has changed and published nothing."""

from uuid import uuid4

import pytest

from characteristic.domain import Characteristic, Status, ValueType
from characteristic.memory import Memory
from characteristic.use_cases.define import Define, DefineCharacteristic
from characteristic.use_cases.delete import DeleteCharacteristic
from characteristic.use_cases.deprecate import DeprecateCharacteristic
from characteristic.use_cases.get import GetCharacteristic
from characteristic.use_cases.hear_specification import Specification, SpecificationUse
from characteristic.use_cases.list import ListCharacteristics
from characteristic.use_cases.lookup import Lookup, LookupCharacteristics
from characteristic.use_cases.revise import Revise, ReviseCharacteristic
from kernel.auth import Principal, Role
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken, Stale
from kernel.query import Filter, Query, Sort
from kernel.uses import ForgetUses, NoteUses, Use
from tests.traces import last, refused

ANN = Principal(subject="1", name="ann", roles=frozenset({Role.AUTHOR}))
BOB = Principal(subject="2", name="bob", roles=frozenset({Role.AUTHOR}))
RAM = Define(name="RAM", value_type=ValueType.INTEGER, unit="GB")
MORE = Revise(name="Memory", value_type=ValueType.INTEGER, unit="GB")
LAPTOP = Use(kind="specification", id=uuid4(), key="laptop")


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
async def ram(memory: Memory) -> Characteristic:
    """A characteristic at version 1."""
    return await DefineCharacteristic(memory)(RAM, ANN)


async def used(memory: Memory, *characteristics: Characteristic, version: int = 1) -> None:
    """The laptop uses these."""
    uses = tuple(SpecificationUse(characteristic_id=one.id) for one in characteristics)
    heard = Specification(id=LAPTOP.id, key=LAPTOP.key, version=version, uses=uses)
    await NoteUses(memory)(heard)


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
    await used(memory, ram)
    with refused(memory, RuleBroken, "in_use"):
        await revise(ram.id, 1, Revise(name="RAM", value_type=ValueType.TEXT), BOB)
    await DeprecateCharacteristic(memory)(ram.id, 1, ANN)
    with refused(memory, RuleBroken, "deprecated"):
        await revise(ram.id, 2, MORE, BOB)


async def test_deprecating(memory: Memory, ram: Characteristic) -> None:
    await used(memory, ram)
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
    await used(memory, ram)
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


async def test_looking_up_judges_values(memory: Memory, ram: Characteristic) -> None:
    wanted = Define(name="Colours", value_type=ValueType.TEXT, multiple=True)
    colours, unknown = await DefineCharacteristic(memory)(wanted, ANN), uuid4()
    ask = LookupCharacteristics(memory)
    ids = (ram.id, colours.id, unknown)
    found = await ask(Lookup(ids=ids, values={ram.id: "8", colours.id: ["a", "a"], unknown: 1}), BOB)
    assert [(one.code, one.pointer) for one in found.problems] == [("repeated", f"/{colours.id}/1")]
    assert (found.items, found.missing) == ([ram, colours], [unknown])
    with refused(memory, Invalid):
        await ask(Lookup(ids=(ram.id,), values={colours.id: ["a"]}), BOB)


async def test_looking_up_is_bounded(memory: Memory) -> None:
    ids = tuple(uuid4() for _ in range(101))
    assert len((await LookupCharacteristics(memory)(Lookup(ids=ids[:100]), BOB)).missing) == 100
    with pytest.raises(Invalid) as refusal:
        await LookupCharacteristics(memory)(Lookup(ids=ids), BOB)
    assert [problem.pointer for problem in refusal.value.problems] == ["/ids"]


async def test_what_is_heard_late_or_twice_changes_nothing(memory: Memory, ram: Characteristic) -> None:
    await used(memory, version=2)
    await used(memory, ram, version=1)
    await DeleteCharacteristic(memory)(ram.id, 1, BOB)
    assert last(memory)[0] == "characteristic.deleted.v1"


async def test_who_is_deleted_uses_nothing_any_more(memory: Memory, ram: Characteristic) -> None:
    await used(memory, ram)
    with refused(memory, RuleBroken, "in_use"):
        await DeleteCharacteristic(memory)(ram.id, 1, BOB)
    gone = Specification(
        id=LAPTOP.id, key=LAPTOP.key, version=2, uses=(SpecificationUse(characteristic_id=ram.id),)
    )
    await ForgetUses(memory)(gone)
    await used(memory, ram, version=1)
    await DeleteCharacteristic(memory)(ram.id, 1, BOB)
