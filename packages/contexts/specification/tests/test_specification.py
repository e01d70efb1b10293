"""The life of a specification: what it records, and what it refuses."""

from dataclasses import replace
from uuid import uuid4

import pytest

from kernel.errors import Invalid, RuleBroken
from kernel.uses import Use
from packages.contexts.specification.tests.kinds import (
    COLOURS,
    PHONE,
    RAM,
    USES_COLOURS,
    USES_RAM,
    answer,
    deprecated,
    phone,
)
from specification.domain import (
    Definition,
    Found,
    Question,
    Specification,
    SpecificationActivated,
    SpecificationDefined,
    SpecificationDeleted,
    SpecificationRetired,
    SpecificationRevised,
    Status,
)

OFFERING = Use(kind="offering", id=uuid4(), key="phone-x")


async def revise(specification: Specification, wanted: Definition) -> None:
    specification.revise(wanted, await answer(wanted.question()))


async def activate(specification: Specification) -> None:
    specification.activate(await answer(specification.before_activation()))


async def active() -> Specification:
    specification = await phone()
    await activate(specification)
    specification.pull_event()
    return specification


async def retired() -> Specification:
    specification = await active()
    specification.retire()
    specification.pull_event()
    return specification


async def test_defining() -> None:
    wanted = replace(PHONE, name=" Phone ", description=" To talk. ")
    specification = Specification.define(wanted, await answer(wanted.question()))
    assert specification.definition == PHONE
    assert (specification.key, specification.status, specification.version) == ("phone", Status.DRAFT, 0)
    assert specification.characteristic_keys == ("ram", "colours")
    event = specification.pull_event()
    assert isinstance(event, SpecificationDefined)
    assert event.type == "specification.defined.v1"


@pytest.mark.parametrize("key", ["", "Phone", "x" * 65])
async def test_a_key_is_judged(key: str) -> None:
    with pytest.raises(Invalid) as refusal:
        Specification.define(PHONE, await answer(PHONE.question()), key=key)
    assert [one.pointer for one in refusal.value.problems] == ["/key"]


async def test_revising() -> None:
    for specification in (await phone(), await active()):
        status = specification.status
        wanted = Definition(name="Telephone", uses=(USES_COLOURS,))
        await revise(specification, wanted)
        assert (specification.definition, specification.characteristic_keys) == (wanted, ("colours",))
        assert (specification.key, specification.status) == ("phone", status)
        event = specification.pull_event()
        assert isinstance(event, SpecificationRevised)
        assert event.type == "specification.revised.v1"


async def test_an_equal_revision_records_nothing() -> None:
    specification = await phone()
    await revise(specification, replace(PHONE, name=" Phone "))
    assert specification.pull_event() is None


async def test_a_bad_revision_changes_nothing() -> None:
    specification = await phone()
    with pytest.raises(Invalid, match="This specification cannot be revised like that"):
        await revise(specification, Definition(name=""))
    assert (specification.definition, specification.pull_event()) == (PHONE, None)


async def test_activating_twice_is_as_good_as_once() -> None:
    specification = await phone()
    await activate(specification)
    assert specification.status is Status.ACTIVE
    event = specification.pull_event()
    assert isinstance(event, SpecificationActivated)
    assert event.type == "specification.activated.v1"
    assert specification.before_activation() == Question()
    specification.activate(Found())
    assert specification.pull_event() is None


async def test_characteristics_are_judged_again_on_activation() -> None:
    specification = await phone()
    narrower = replace(COLOURS, codes=("red",))
    with pytest.raises(Invalid, match="Phone cannot be activated as it is") as refusal:
        specification.activate(await answer(specification.before_activation(), narrower))
    assert [(one.code, one.pointer) for one in refusal.value.problems] == [
        ("unknown", "/uses/0/characteristicId"),
        ("unknown", "/uses/1/allowedCodes/1"),
    ]
    assert (specification.status, specification.pull_event()) == (Status.DRAFT, None)


async def test_what_is_deprecated_since_may_stay_on_activation() -> None:
    specification = await phone()
    found = await answer(specification.before_activation(), deprecated(RAM), deprecated(COLOURS))
    specification.activate(found)
    assert specification.status is Status.ACTIVE


async def test_retiring_twice_is_as_good_as_once() -> None:
    specification = await active()
    specification.retire()
    assert specification.status is Status.RETIRED
    event = specification.pull_event()
    assert isinstance(event, SpecificationRetired)
    assert event.type == "specification.retired.v1"
    specification.retire()
    assert specification.pull_event() is None


async def test_a_draft_is_not_retired() -> None:
    specification = await phone()
    with pytest.raises(RuleBroken) as refusal:
        specification.retire()
    said = "Phone is a draft, which is not retired: delete it, or activate it first."
    assert (refusal.value.message, refusal.value.code) == (said, "draft")
    assert (specification.status, specification.pull_event()) == (Status.DRAFT, None)


async def test_what_is_retired_stays_so() -> None:
    specification = await retired()
    with pytest.raises(RuleBroken) as refusal:
        await revise(specification, replace(PHONE, uses=(USES_RAM,)))
    said = "Phone is retired, so it is not revised any more."
    assert (refusal.value.message, refusal.value.code) == (said, "retired")
    for activating in (specification.before_activation, lambda: specification.activate(Found())):
        with pytest.raises(RuleBroken) as refusal:
            activating()
        said = "Phone is retired, and stays so: define another specification instead."
        assert (refusal.value.message, refusal.value.code) == (said, "retired")
    assert (specification.status, specification.definition, specification.pull_event()) == (
        Status.RETIRED,
        PHONE,
        None,
    )


async def test_deleting() -> None:
    for specification in (await phone(), await active(), await retired()):
        specification.delete([])
        event = specification.pull_event()
        assert isinstance(event, SpecificationDeleted)
        assert event.type == "specification.deleted.v1"


async def test_what_is_used_is_not_deleted() -> None:
    instead = {
        "take it out of them": await phone(),
        "retire it": await active(),
        "leave it retired": await retired(),
    }
    for what, specification in instead.items():
        with pytest.raises(RuleBroken) as refusal:
            specification.delete([OFFERING])
        assert refusal.value.message == f"Phone is used by phone-x: {what} instead."
        assert (refusal.value.code, specification.pull_event()) == ("in_use", None)
