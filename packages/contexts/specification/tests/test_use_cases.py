"""What people do with specifications, in memory. A refusal has changed and published nothing."""

from dataclasses import dataclass, field, replace
from uuid import UUID, uuid4

import pytest

from kernel.auth import Principal, Role
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken, Stale, Unavailable
from kernel.query import Filter, Query, Sort
from packages.contexts.specification.tests.kinds import (
    COLOURS,
    NOBODY,
    PHONE,
    RAM,
    USES_COLOURS,
    USES_RAM,
    characteristics,
)
from specification.domain import CharacteristicUse, Found, Question, Specification, Status
from specification.memory import Memory, MemoryCharacteristics
from specification.use_cases.activate import ActivateSpecification
from specification.use_cases.check_values import Check, Checked, CheckValues
from specification.use_cases.define import Define, DefineSpecification
from specification.use_cases.delete import DeleteSpecification
from specification.use_cases.get import GetSpecification
from specification.use_cases.hear_offering import DeletedOffering, HearOffering, Offering, OfferingContent
from specification.use_cases.list import ListSpecifications
from specification.use_cases.retire import RetireSpecification
from specification.use_cases.revise import Revise, ReviseSpecification
from tests.traces import last, refused

ANN = Principal(subject="1", name="ann", roles=frozenset({Role.AUTHOR}))
BOB = Principal(subject="2", name="bob", roles=frozenset({Role.AUTHOR}))
ANNS, BOBS = "ann's token", "bob's token"
WANTED = Define(name="Phone", description="To talk.", uses=PHONE.uses)
LESS = Revise(name="Telephone", uses=(USES_RAM,))
FOREIGN = CharacteristicUse(characteristic_id=NOBODY)
OFFERING = uuid4()


@dataclass
class World:
    """The store, the characteristics, and what people can do with them."""

    memory: Memory = field(default_factory=Memory)
    characteristics: MemoryCharacteristics = field(default_factory=characteristics)

    def __post_init__(self) -> None:
        memory, theirs = self.memory, self.characteristics
        self.define = DefineSpecification(memory, theirs)
        self.revise = ReviseSpecification(memory, theirs)
        self.activate = ActivateSpecification(memory, theirs)
        self.check = CheckValues(memory, theirs)
        self.retire, self.delete = RetireSpecification(memory), DeleteSpecification(memory)
        self.get, self.list = GetSpecification(memory), ListSpecifications(memory)
        self.hear = HearOffering(memory)

    @property
    def asked(self) -> list[tuple[Question, str]]:
        """What the characteristics were asked since the last time."""
        asked = list(self.characteristics.asked)
        self.characteristics.asked.clear()
        return asked


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
async def phone(world: World) -> Specification:
    """A draft at version 1."""
    specification = await world.define(WANTED, ANN, ANNS)
    world.characteristics.asked.clear()
    return specification


async def test_defining(world: World) -> None:
    phone = await world.define(WANTED, ANN, ANNS)
    assert (phone.key, phone.version, phone.created_by, phone.status) == ("phone", 1, "ann", Status.DRAFT)
    assert await world.get(phone.id, BOB) == phone
    assert last(world.memory) == ("specification.defined.v1", phone.id, 1, "ann")
    assert len(world.memory.published) == 1
    values = {RAM.id: 8, COLOURS.id: ["red"]}
    assert world.asked == [(Question(ids=(RAM.id, COLOURS.id), values=values), ANNS)]


async def test_definitions_that_are_refused(world: World) -> None:
    with refused(world.memory, Invalid):
        await world.define(replace(WANTED, uses=(FOREIGN,)), ANN, ANNS)
    assert len(world.asked) == 1
    with refused(world.memory, Invalid):
        await world.define(replace(WANTED, uses=()), ANN, ANNS)
    assert world.asked == []
    await world.define(WANTED, ANN, ANNS)
    with refused(world.memory, Conflict, "key_taken"):
        await world.define(replace(WANTED, name="PHONE"), ANN, ANNS)
    assert (await world.define(replace(WANTED, key="phone-2"), ANN, ANNS)).key == "phone-2"


async def test_revising(world: World, phone: Specification) -> None:
    revised = await world.revise(phone.id, 1, LESS, BOB, BOBS)
    assert (revised.name, revised.key, revised.version) == ("Telephone", "phone", 2)
    assert (revised.created_by, revised.modified_by) == ("ann", "bob")
    assert await world.get(phone.id, ANN) == revised
    assert last(world.memory) == ("specification.revised.v1", phone.id, 2, "bob")
    assert world.asked == [(Question(ids=(RAM.id,), values={RAM.id: 8}), BOBS)]


async def test_an_equal_revision_saves_and_publishes_nothing(world: World, phone: Specification) -> None:
    same = Revise(name="Phone", description="To talk.", uses=PHONE.uses)
    assert await world.revise(phone.id, 1, same, BOB, BOBS) == phone
    assert await world.get(phone.id, ANN) == phone
    assert len(world.memory.published) == 1


async def test_revisions_that_are_refused(world: World, phone: Specification) -> None:
    with refused(world.memory, NotFound):
        await world.revise(uuid4(), 1, LESS, BOB, BOBS)
    with refused(world.memory, Stale):
        await world.revise(phone.id, 2, LESS, BOB, BOBS)
    with refused(world.memory, Invalid):
        await world.revise(phone.id, 1, replace(LESS, uses=(USES_RAM, FOREIGN)), BOB, BOBS)
    await world.activate(phone.id, 1, ANN, ANNS)
    await world.retire(phone.id, 2, ANN)
    with refused(world.memory, RuleBroken, "retired"):
        await world.revise(phone.id, 3, LESS, BOB, BOBS)


async def test_activating(world: World, phone: Specification) -> None:
    active = await world.activate(phone.id, 1, BOB, BOBS)
    assert (active.status, active.version) == (Status.ACTIVE, 2)
    assert await world.get(phone.id, ANN) == active
    assert last(world.memory) == ("specification.activated.v1", phone.id, 2, "bob")
    assert world.asked == [(PHONE.question(), BOBS)]
    assert await world.activate(phone.id, 2, ANN, ANNS) == active
    assert (world.asked, len(world.memory.published)) == ([], 2)


async def test_activations_that_are_refused(world: World, phone: Specification) -> None:
    with refused(world.memory, NotFound):
        await world.activate(uuid4(), 1, BOB, BOBS)
    with refused(world.memory, Stale):
        await world.activate(phone.id, 0, BOB, BOBS)
    assert world.asked == []
    ram = world.characteristics.known.pop(RAM.id)
    with refused(world.memory, Invalid):
        await world.activate(phone.id, 1, BOB, BOBS)
    world.characteristics.known[RAM.id] = ram
    await world.activate(phone.id, 1, BOB, BOBS)
    await world.retire(phone.id, 2, BOB)
    world.characteristics.asked.clear()
    with refused(world.memory, RuleBroken, "retired"):
        await world.activate(phone.id, 3, BOB, BOBS)
    assert world.asked == []


@dataclass(kw_only=True)
class Meanwhile(MemoryCharacteristics):
    """Characteristics in whose time to answer somebody else revises the specification."""

    world: World
    id: UUID

    async def look_up(self, question: Question, on_behalf: str) -> Found:
        """See `Characteristics`."""
        await self.world.revise(self.id, 1, LESS, BOB, BOBS)
        return await self.world.characteristics.look_up(question, on_behalf)


async def test_what_changes_while_the_characteristics_are_asked_is_not_activated(
    world: World, phone: Specification
) -> None:
    slow = Meanwhile(world=world, id=phone.id)
    with pytest.raises(Stale):
        await ActivateSpecification(world.memory, slow)(phone.id, 1, ANN, ANNS)
    found = await world.get(phone.id, ANN)
    assert (found.name, found.status, found.version) == ("Telephone", Status.DRAFT, 2)


async def test_while_the_characteristics_are_away_nothing_is_done(world: World, phone: Specification) -> None:
    world.characteristics.away = True
    with refused(world.memory, Unavailable):
        await world.define(replace(WANTED, name="Other"), ANN, ANNS)
    with refused(world.memory, Unavailable):
        await world.revise(phone.id, 1, LESS, ANN, ANNS)
    with refused(world.memory, Unavailable):
        await world.activate(phone.id, 1, ANN, ANNS)
    with refused(world.memory, Unavailable):
        await world.check(phone.id, Check(values={}), ANN, ANNS)
    assert len(world.asked) == 4
    await world.delete(phone.id, 1, ANN)


async def test_retiring(world: World, phone: Specification) -> None:
    with refused(world.memory, RuleBroken, "draft"):
        await world.retire(phone.id, 1, BOB)
    await world.activate(phone.id, 1, ANN, ANNS)
    with refused(world.memory, NotFound):
        await world.retire(uuid4(), 2, BOB)
    with refused(world.memory, Stale):
        await world.retire(phone.id, 1, BOB)
    retired = await world.retire(phone.id, 2, BOB)
    assert (retired.status, retired.version) == (Status.RETIRED, 3)
    assert last(world.memory) == ("specification.retired.v1", phone.id, 3, "bob")
    assert await world.retire(phone.id, 3, ANN) == retired
    assert len(world.memory.published) == 3


async def test_deleting(world: World, phone: Specification) -> None:
    with refused(world.memory, NotFound):
        await world.delete(uuid4(), 1, BOB)
    with refused(world.memory, Stale):
        await world.delete(phone.id, 2, BOB)
    await world.delete(phone.id, 1, BOB)
    assert last(world.memory) == ("specification.deleted.v1", phone.id, 2, "bob")
    with refused(world.memory, NotFound):
        await world.get(phone.id, ANN)
    assert (await world.define(WANTED, ANN, ANNS)).key == "phone"


async def test_checking_values(world: World, phone: Specification) -> None:
    good = Check(values={"ram": 8, "colours": ["blue"]})
    assert await world.check(phone.id, good, BOB, BOBS) == Checked(problems=[])
    question = Question(ids=(RAM.id, COLOURS.id), values={RAM.id: 8, COLOURS.id: ["blue"]})
    assert world.asked == [(question, BOBS)]
    bad = await world.check(phone.id, Check(values={"colours": ["green"], "x": 1}), BOB, BOBS)
    assert [one.pointer for one in bad.problems] == ["/values/ram", "/values/colours/0", "/values/x"]
    with refused(world.memory, NotFound):
        await world.check(uuid4(), good, BOB, BOBS)
    assert len(world.memory.published) == 1


async def test_listing(world: World, phone: Specification) -> None:
    for name in ("Laptop", "Lamp", "Tablet"):
        await world.define(replace(WANTED, name=name, uses=(USES_COLOURS,)), ANN, ANNS)
    wanted = Query(
        filters=[Filter("name", ("LA",), contains=True)], sort=[Sort("name", descending=True)], size=1
    )
    page = await world.list(wanted, BOB)
    assert ([one.name for one in page.items], page.total, page.next) == (["Laptop"], 2, 2)


async def heard(world: World, version: int, draft: UUID | None = None, live: UUID | None = None) -> None:
    """An offering uses these specifications, as of this version."""
    contents = [None if id is None else OfferingContent(specification_id=id) for id in (draft, live)]
    offering = Offering(
        id=OFFERING, key="phone-x", version=version, status="DRAFT", draft=contents[0], live=contents[1]
    )
    await world.hear(offering)


async def test_what_an_offering_uses_is_not_deleted(world: World, phone: Specification) -> None:
    other = await world.define(replace(WANTED, name="Other"), ANN, ANNS)
    await heard(world, 1, draft=phone.id)
    with refused(world.memory, RuleBroken, "in_use"):
        await world.delete(phone.id, 1, BOB)
    await heard(world, 2, live=phone.id)
    await heard(world, 3, draft=other.id, live=phone.id)
    for one in (phone, other):
        with refused(world.memory, RuleBroken, "in_use"):
            await world.delete(one.id, 1, BOB)
    await heard(world, 4, live=other.id)
    await heard(world, 2, live=phone.id)  # late, so it says nothing
    await world.delete(phone.id, 1, BOB)
    content = OfferingContent(specification_id=other.id)
    gone = DeletedOffering(id=OFFERING, key="phone-x", version=5, status="DRAFT", draft=content)
    await world.hear(gone)
    await heard(world, 4, live=other.id)
    await world.delete(other.id, 1, BOB)
    assert last(world.memory) == ("specification.deleted.v1", other.id, 2, "bob")
