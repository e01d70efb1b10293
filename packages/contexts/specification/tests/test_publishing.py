"""The step of the publish process, and what is asked before it, in memory. Neither leaves a trace."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from kernel.auth import Principal, Role
from kernel.errors import (
    CatalogError,
    Forbidden,
    Invalid,
    NotFound,
    NotHeard,
    Problem,
    Rejected,
    RuleBroken,
    Unauthorized,
    Unavailable,
)
from packages.contexts.specification.tests.kinds import COLOURS, PHONE, RAM, characteristics
from specification.domain import Found, Question, Specification
from specification.memory import Memory, MemoryCharacteristics, MemoryCredential
from specification.use_cases.activate import ActivateSpecification
from specification.use_cases.check_values import Check, CheckValues
from specification.use_cases.define import Define, DefineSpecification
from specification.use_cases.delete import DeleteSpecification
from specification.use_cases.hear_offering import DeletedOffering, HearOffering, Offering, OfferingContent
from specification.use_cases.retire import RetireSpecification
from specification.use_cases.validate import Validate, ValidateOffering
from tests.traces import refused, unchanged

ANN = Principal(subject="1", name="ann", roles=frozenset({Role.AUTHOR}))
OFFERING, FIRST, SECOND = uuid4(), uuid4(), uuid4()
GOOD = {"ram": 8, "colours": ["blue"]}
BAD: dict[str, Any] = {"colours": ["green", "pink"], "weight": 3}
FAULTS = [
    ("required", "/values/ram"),
    ("not_allowed", "/values/colours/1"),
    ("not_allowed", "/values/colours/0"),
    ("foreign", "/values/weight"),
]


def offering(
    version: int, status: str, specification: UUID | None, values: dict[str, Any] | None = None
) -> Offering:
    """The offering in its first publication."""
    content = OfferingContent(specification_id=specification, values=GOOD if values is None else values)
    return Offering(
        id=OFFERING, key="phone-x", version=version, status=status, draft=content, publication_id=FIRST
    )


def step(publication: UUID = FIRST, version: int = 2) -> Validate:
    """What the process wants to be judged."""
    return Validate(publication_id=publication, offering_id=OFFERING, offering_version=version)


def faults(problems: Any) -> list[tuple[str, str]]:
    """Code and place of each."""
    return [(one.code, one.pointer) for one in problems]


@dataclass
class World:
    """The store, the characteristics, the credential, and what is done with them."""

    memory: Memory = field(default_factory=Memory)
    characteristics: MemoryCharacteristics = field(default_factory=characteristics)
    credential: MemoryCredential = field(default_factory=MemoryCredential)

    def __post_init__(self) -> None:
        memory, theirs = self.memory, self.characteristics
        self.hear = HearOffering(memory)
        self.validate = ValidateOffering(memory, theirs, self.credential)
        self.check = CheckValues(memory, theirs)
        self.retire, self.delete = RetireSpecification(memory), DeleteSpecification(memory)

    async def phone(self, *, active: bool = True) -> Specification:
        """A specification, at version 2 when it is active; what was asked for it is forgotten."""
        wanted = Define(name="Phone", uses=PHONE.uses)
        made = await DefineSpecification(self.memory, self.characteristics)(wanted, ANN, "ann's")
        if active:
            made = await ActivateSpecification(self.memory, self.characteristics)(made.id, 1, ANN, "ann's")
        self.characteristics.asked.clear()
        return made

    async def preflight(self, id: UUID, values: dict[str, Any]) -> list[Problem]:
        """What somebody is told who asks before publishing."""
        checked = await self.check(id, Check(values=values, publishing=True), ANN, "ann's")
        return list(checked.problems)

    async def rejection(self, wanted: Validate | None = None) -> Rejected:
        """How the step rejects."""
        with unchanged(self.memory), pytest.raises(Rejected) as rejected:
            await self.validate(wanted or step())
        assert rejected.value.code == "SPECIFICATION_INVALID"
        return rejected.value


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
async def phone(world: World) -> Specification:
    return await world.phone()


async def test_a_draft_that_fits_passes_however_often_it_is_asked(world: World, phone: Specification) -> None:
    await world.hear(offering(2, "PUBLISHING", phone.id))
    with unchanged(world.memory):
        for _ in range(2):
            assert await world.validate(step()) == {"specificationVersion": 2}
    question = Question(ids=(RAM.id, COLOURS.id), values={RAM.id: 8, COLOURS.id: ["blue"]})
    assert world.characteristics.asked == [(question, "the platform's token")] * 2


async def test_all_problems_are_reported_at_once(world: World, phone: Specification) -> None:
    await world.retire(phone.id, 2, ANN)
    await world.hear(offering(2, "PUBLISHING", phone.id, BAD))
    found = await world.rejection()
    assert faults(found.problems) == [("not_active", "/specificationId"), *FAULTS]
    assert found.message == (
        "The offering cannot be published, for 5 reasons, of which the first is: "
        "Phone is retired, and is for nothing new: choose another specification."
    )
    assert await world.preflight(phone.id, BAD) == list(found.problems)


async def test_one_problem_is_the_sentence(world: World, phone: Specification) -> None:
    await world.hear(offering(2, "PUBLISHING", phone.id, {}))
    assert (await world.rejection()).message == "The offering cannot be published: RAM is required."


async def test_a_draft_specification_is_not_published_with(world: World) -> None:
    draft = await world.phone(active=False)
    await world.hear(offering(2, "PUBLISHING", draft.id))
    found = await world.rejection()
    said = "Phone is a draft: activate it, then offerings of this kind can be published."
    assert found.problems == (Problem("not_active", said, "/specificationId"),)
    assert await world.preflight(draft.id, GOOD) == list(found.problems)
    checked = await world.check(draft.id, Check(values=GOOD), ANN, "ann's")
    assert checked.problems == []


async def test_a_specification_that_is_gone(world: World) -> None:
    draft = await world.phone(active=False)
    await world.delete(draft.id, 1, ANN)
    await world.hear(offering(2, "PUBLISHING", draft.id))
    found = await world.rejection()
    said = f"There is no specification with the id {draft.id} any more: choose another one."
    assert found.problems == (Problem("unknown", said, "/specificationId"),)
    assert found.message == f"The offering cannot be published: {said}"
    with refused(world.memory, NotFound):
        await world.preflight(draft.id, GOOD)
    assert world.characteristics.asked == []


async def test_a_draft_that_names_no_specification(world: World) -> None:
    await world.hear(offering(2, "PUBLISHING", None))
    assert faults((await world.rejection()).problems) == [("missing", "/specificationId")]


async def test_a_characteristic_that_is_gone(world: World, phone: Specification) -> None:
    await world.hear(offering(2, "PUBLISHING", phone.id))
    del world.characteristics.known[COLOURS.id]
    found = await world.rejection()
    assert faults(found.problems) == [("unknown", "/values/colours")]
    assert await world.preflight(phone.id, GOOD) == list(found.problems)


async def test_what_was_not_heard_yet_is_tried_again(world: World, phone: Specification) -> None:
    with refused(world.memory, NotHeard):
        await world.validate(step())
    await world.hear(replace(offering(3, "PUBLISHED", phone.id)))
    with refused(world.memory, NotHeard):
        await world.validate(step(SECOND, 4))
    assert world.characteristics.asked == []
    await world.hear(replace(offering(4, "PUBLISHING", phone.id), publication_id=SECOND))
    assert await world.validate(step(SECOND, 4)) == {"specificationVersion": 2}


@pytest.mark.parametrize("status", ["DRAFT", "PUBLISHED", "RETIRED"])
async def test_what_has_ended_is_not_judged_and_its_draft_is_forgotten(
    world: World, phone: Specification, status: str
) -> None:
    requested = offering(2, "PUBLISHING", phone.id)
    await world.hear(requested)
    for _ in range(2):
        await world.hear(offering(3, status, phone.id))
    with unchanged(world.memory):
        await world.hear(requested)  # late, so it is not kept
    async with world.memory(ANN) as work:
        known = await work.publications.of(OFFERING)
    assert known is not None
    assert (known.id, known.version, known.draft) == (FIRST, 3, None)
    with refused(world.memory, RuleBroken, "publication_ended"):
        await world.validate(step())
    assert world.characteristics.asked == []


async def test_the_end_may_be_heard_before_the_request(world: World, phone: Specification) -> None:
    await world.hear(offering(3, "DRAFT", phone.id))
    with unchanged(world.memory):
        await world.hear(offering(2, "PUBLISHING", phone.id))
    with refused(world.memory, RuleBroken, "publication_ended"):
        await world.validate(step())


async def test_the_end_of_the_offering_is_that_of_its_publication(world: World, phone: Specification) -> None:
    requested = offering(2, "PUBLISHING", phone.id)
    await world.hear(requested)
    await world.hear(DeletedOffering(**{**vars(requested), "version": 4, "status": "DRAFT"}))
    with unchanged(world.memory):
        await world.hear(requested)
    with refused(world.memory, RuleBroken, "publication_ended"):
        await world.validate(step())


async def test_another_publication_takes_the_place_of_the_last(world: World, phone: Specification) -> None:
    await world.hear(offering(2, "PUBLISHING", phone.id, BAD))
    # Its end was missed: the next request says it, too.
    await world.hear(replace(offering(6, "PUBLISHING", phone.id), publication_id=SECOND))
    with refused(world.memory, RuleBroken, "publication_ended"):
        await world.validate(step())
    assert await world.validate(step(SECOND, 6)) == {"specificationVersion": 2}
    assert len(world.memory.database.rows["publication"]) == 1


async def test_an_offering_that_was_never_published_leaves_nothing(
    world: World, phone: Specification
) -> None:
    never = replace(offering(1, "DRAFT", phone.id), publication_id=None)
    await world.hear(never)
    await world.hear(DeletedOffering(**{**vars(never), "version": 2}))
    async with world.memory(ANN) as work:
        assert await work.publications.of(OFFERING) is None
        assert await work.uses.of(phone.id) == []


async def test_hearing_keeps_both_what_is_used_and_what_is_published(
    world: World, phone: Specification
) -> None:
    await world.hear(offering(2, "PUBLISHING", phone.id))
    async with world.memory(ANN) as work:
        assert [use.key for use in await work.uses.of(phone.id)] == ["phone-x"]
    with refused(world.memory, RuleBroken, "in_use"):
        await world.delete(phone.id, 2, ANN)
    assert await world.validate(step()) == {"specificationVersion": 2}


async def test_while_others_are_away_nothing_is_judged(world: World, phone: Specification) -> None:
    await world.hear(offering(2, "PUBLISHING", phone.id, BAD))
    world.credential.away = True
    with refused(world.memory, Unavailable):
        await world.validate(step())
    assert world.characteristics.asked == []
    world.credential.away, world.characteristics.away = False, True
    with refused(world.memory, Unavailable):
        await world.validate(step())
    world.characteristics.away = False
    assert faults((await world.rejection()).problems) == FAULTS


@dataclass(kw_only=True)
class Refusing(MemoryCharacteristics):
    """Characteristics that refuse to be asked, and note whether a work was open meanwhile."""

    error: CatalogError
    memory: Memory
    worked: int = 0

    async def look_up(self, question: Question, on_behalf: str) -> Found:
        """See `Characteristics`."""
        async with asyncio.timeout(1), self.memory(ANN):  # there is one work at a time
            self.worked += 1
        raise self.error


@pytest.mark.parametrize("error", [Unauthorized("Who?"), Forbidden("No.")], ids=lambda one: one.code)
async def test_that_the_platform_may_not_ask_is_no_fault_of_the_offering(
    world: World, phone: Specification, error: CatalogError
) -> None:
    await world.hear(offering(2, "PUBLISHING", phone.id))
    theirs = Refusing(error=error, memory=world.memory)
    before = await world.credential.token()
    with refused(world.memory, Unavailable):
        await ValidateOffering(world.memory, theirs, world.credential)(step())
    assert theirs.worked == 1
    assert await world.credential.token() != before
    with refused(world.memory, type(error)):  # it is the caller's who asks beforehand
        await CheckValues(world.memory, theirs)(phone.id, Check(values=GOOD, publishing=True), ANN, "ann's")


async def test_values_that_are_too_much_for_a_question_are_a_problem_of_theirs(
    world: World, phone: Specification
) -> None:
    await world.hear(offering(2, "PUBLISHING", phone.id))
    error = Invalid("There are too many values.", code="too_many_values")
    theirs = Refusing(error=error, memory=world.memory)
    with unchanged(world.memory), pytest.raises(Rejected) as rejected:
        await ValidateOffering(world.memory, theirs, world.credential)(step())
    problems = [Problem("too_many_values", "There are too many values.", "/values")]
    assert list(rejected.value.problems) == problems
    check = CheckValues(world.memory, theirs)
    asked = await check(phone.id, Check(values=GOOD, publishing=True), ANN, "ann's")
    assert list(asked.problems) == problems
    with refused(world.memory, Invalid, "too_many_values"):
        await check(phone.id, Check(values=GOOD), ANN, "ann's")


async def test_what_is_said_fits_into_a_process(world: World, phone: Specification) -> None:
    long = Problem("pattern", "x" * 5000)
    world.characteristics.refused[0] = replace(world.characteristics.refused[0], value="long", problem=long)
    await world.hear(offering(2, "PUBLISHING", phone.id, {"ram": "long"}))
    found = await world.rejection()
    assert len(found.message) == len("The offering cannot be published: ") + 500
    many = {f"key-{number}": "x" * 4000 for number in range(100)}
    await world.hear(replace(offering(4, "PUBLISHING", phone.id, many), publication_id=SECOND))
    found = await world.rejection(step(SECOND, 4))
    assert len(found.problems) == 101
    assert len(found.message) < 4000
    assert all(len(one.message) < 4000 and len(one.pointer) < 100 for one in found.problems)
