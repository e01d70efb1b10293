"""Random specifications and drafts: whoever was told that nothing is wrong is not rejected, and whoever is
rejected was told the same before."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from hypothesis import event, given, settings
from hypothesis import strategies as st

from kernel.auth import PLATFORM, Principal, Role
from kernel.domain import new_id
from kernel.errors import Invalid, NotFound, Problem, Rejected
from specification.domain import (
    Characteristic,
    CharacteristicUse,
    Found,
    Question,
    Specification,
    SpecificationDefined,
    Status,
)
from specification.memory import Memory, MemoryCharacteristics, MemoryCredential, RefusedValue
from specification.use_cases.check_values import Check, CheckValues
from specification.use_cases.hear_offering import HearOffering, Offering, OfferingContent
from specification.use_cases.validate import Validate, ValidateOffering

ANN = Principal(subject="1", name="ann", roles=frozenset({Role.READER}))
KEYS = ("ram", "colours", "cable", "weight")
CODES = ("red", "green", "blue")

scalars: st.SearchStrategy[object] = (
    st.sampled_from([*CODES, 8, 12.5, True, None, "", "\x00", float("inf"), {}])
    | st.integers()
    | st.text(max_size=5)
)
values = st.dictionaries(
    st.sampled_from([*KEYS, "strange", "a/b~c", ""]), scalars | st.lists(scalars, max_size=4), max_size=6
)


@dataclass
class Limited(MemoryCharacteristics):
    """Characteristics that judge no more than so many values in one question."""

    most: int = 100

    async def look_up(self, question: Question, on_behalf: str) -> Found:
        """See `Characteristics`."""
        if len(question.values) > self.most:
            raise Invalid("There are too many values.", code="too_many_values")
        return await super().look_up(question, on_behalf)


@dataclass
class Case:
    """A specification in some state, or none; the characteristics as they are by now; a draft's values."""

    specification: Specification | None
    values: Mapping[str, object]
    characteristics: Limited = field(default_factory=Limited)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    used = draw(st.lists(st.sampled_from(KEYS), min_size=1, unique=True))
    ids = {key: UUID(int=1 + number) for number, key in enumerate(KEYS)}
    uses = [
        CharacteristicUse(
            characteristic_id=ids[key],
            required=draw(st.booleans()),
            allowed_codes=draw(st.none() | st.just(CODES[:2])),
        )
        for key in used
    ]
    wild = draw(values)
    # Mostly something that is accepted, or else hardly any draft would pass.
    tame = {key: draw(st.sampled_from(CODES[:2])) for key in used} if draw(st.booleans()) else {}
    said = {**wild, **tame} if draw(st.booleans()) else dict(tame)
    gone = draw(st.sampled_from([[], [], [], used[:1]]))
    known = {
        ids[key]: Characteristic(
            id=ids[key],
            key=key,
            name=key.upper(),
            value_type="choice",
            codes=CODES,
            status=draw(st.sampled_from(["ACTIVE", "DEPRECATED"])),
        )
        for key in used
        if key not in gone
    }
    refused = [
        RefusedValue(ids[key], value, Problem("refused", f"Not this for {key}."))
        for key, value in wild.items()
        if key in ids and draw(st.booleans())
    ]
    most = draw(st.sampled_from([100, 100, 100, 0]))
    status = draw(
        st.sampled_from([Status.ACTIVE, Status.ACTIVE, Status.ACTIVE, Status.DRAFT, Status.RETIRED])
    )
    one = Specification(key="x", name="X", uses=tuple(uses), characteristic_keys=tuple(used), status=status)
    exists = draw(st.sampled_from([True, True, True, True, False]))
    return Case(one if exists else None, said, Limited(known, refused, most=most))


async def told_before(case: Case, memory: Memory, id: UUID) -> list[Problem] | None:
    """What somebody is told who asks; None when there is no such specification."""
    try:
        wanted = Check(values=case.values, publishing=True)
        return list((await CheckValues(memory, case.characteristics)(id, wanted, ANN, "ann's")).problems)
    except NotFound:
        return None


async def rejected_for(case: Case, memory: Memory, id: UUID) -> list[Problem]:
    """For what the step rejects the draft; nothing when it passes."""
    offering, publication = new_id(), new_id()
    draft = OfferingContent(specification_id=id, values=case.values)
    heard = Offering(
        id=offering, key="o", version=2, status="PUBLISHING", draft=draft, publication_id=publication
    )
    await HearOffering(memory)(heard)
    step = ValidateOffering(memory, case.characteristics, MemoryCredential())
    wanted = Validate(publication_id=publication, offering_id=offering, offering_version=2)
    try:
        told = await step(wanted)
    except Rejected as error:
        rejected = error
    else:
        assert case.specification is not None
        assert case.specification.status is Status.ACTIVE
        assert told == {"specificationVersion": 1}
        return []
    assert rejected.code == "SPECIFICATION_INVALID"
    assert rejected.problems
    assert len(rejected.message) <= 4000
    assert all(one.pointer.startswith(("/values", "/specificationId")) for one in rejected.problems)
    return list(rejected.problems)


@given(cases())
@settings(max_examples=200, deadline=None)
def test_who_was_told_that_nothing_is_wrong_is_not_rejected(case: Case) -> None:
    async def both() -> tuple[list[Problem] | None, list[Problem]]:
        memory = Memory()
        id = case.specification.id if case.specification else new_id()
        if case.specification is not None:
            async with memory(PLATFORM) as work:
                case.specification.record(SpecificationDefined())
                await work.specifications.save(case.specification)
        return await told_before(case, memory, id), await rejected_for(case, memory, id)

    before, after = asyncio.run(both())
    event("passes" if not after else "rejected")
    if before is None:
        assert [(one.code, one.pointer) for one in after] == [("unknown", "/specificationId")]
    else:
        assert before == after
