"""The life of a characteristic: what it records, and what it refuses."""

from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

import pytest

from characteristic.domain import (
    Characteristic,
    CharacteristicDefined,
    CharacteristicDeleted,
    CharacteristicDeprecated,
    CharacteristicRevised,
    Constraints,
    Definition,
    Status,
    ValueType,
)
from kernel.errors import Invalid, RuleBroken
from kernel.uses import Use

RAM = Definition(name="RAM", value_type=ValueType.INTEGER, unit="GB", multiple=True)
LAPTOP, PHONE = (
    Use(kind="specification", id=uuid4(), key="laptop"),
    Use(kind="specification", id=uuid4(), key="phone"),
)


@pytest.fixture
def ram() -> Characteristic:
    """A characteristic whose definition is published already."""
    ram = Characteristic.define(RAM)
    ram.pull_event()
    return ram


def test_defining() -> None:
    ram = Characteristic.define(RAM, key="memory")
    assert (ram.key, ram.status, ram.version, ram.definition) == ("memory", Status.ACTIVE, 0, RAM)
    event = ram.pull_event()
    assert isinstance(event, CharacteristicDefined)
    assert event.type == "characteristic.defined.v1"


def test_revising(ram: Characteristic) -> None:
    wanted = Definition(
        name="Memory",
        description="All of it",
        value_type=ValueType.DECIMAL,
        unit="MB",
        constraints=Constraints(max=Decimal(64)),
    )
    ram.revise(wanted, [])
    assert (ram.key, ram.definition) == ("ram", wanted)
    event = ram.pull_event()
    assert isinstance(event, CharacteristicRevised)
    assert event.type == "characteristic.revised.v1"


def test_an_equal_revision_records_nothing(ram: Characteristic) -> None:
    ram.revise(replace(RAM, name=" RAM "), [LAPTOP])
    assert ram.pull_event() is None


def test_what_is_used_can_be_revised_in_all_else(ram: Characteristic) -> None:
    wanted = replace(RAM, name="Memory", constraints=Constraints(max=Decimal(64)))
    ram.revise(wanted, [LAPTOP])
    assert ram.definition == wanted


@pytest.mark.parametrize(
    ("wanted", "what"),
    [
        (replace(RAM, value_type=ValueType.DECIMAL), "its type"),
        (replace(RAM, unit="MB"), "its unit"),
        (replace(RAM, unit=None), "its unit"),
        (replace(RAM, multiple=False), "that it has several values"),
        (replace(RAM, value_type=ValueType.TEXT, unit=None), "its type and its unit"),
    ],
)
def test_what_is_used_keeps_what_its_users_rely_on(
    ram: Characteristic, wanted: Definition, what: str
) -> None:
    with pytest.raises(RuleBroken) as refusal:
        ram.revise(wanted, [PHONE, LAPTOP])
    assert refusal.value.message == f"RAM is used by laptop, phone, so {what} cannot change."
    assert refusal.value.code == "in_use"
    assert (ram.definition, ram.pull_event()) == (RAM, None)


def test_one_value_may_become_several_while_in_use() -> None:
    ram = Characteristic.define(replace(RAM, multiple=False))
    ram.pull_event()
    ram.revise(RAM, [LAPTOP])
    assert ram.multiple


def test_a_bad_revision_changes_nothing(ram: Characteristic) -> None:
    with pytest.raises(Invalid) as refusal:
        ram.revise(replace(RAM, name="", unit="furlongs"), [])
    assert [problem.pointer for problem in refusal.value.problems] == ["/name", "/unit"]
    assert (ram.definition, ram.pull_event()) == (RAM, None)


def test_deprecating_twice_is_as_good_as_once(ram: Characteristic) -> None:
    ram.deprecate()
    assert ram.status is Status.DEPRECATED
    event = ram.pull_event()
    assert isinstance(event, CharacteristicDeprecated)
    assert event.type == "characteristic.deprecated.v1"
    ram.deprecate()
    assert ram.pull_event() is None


def test_what_is_deprecated_is_not_revised(ram: Characteristic) -> None:
    ram.deprecate()
    ram.pull_event()
    with pytest.raises(RuleBroken, match="RAM is deprecated") as refusal:
        ram.revise(replace(RAM, name="Memory"), [])
    assert refusal.value.code == "deprecated"
    assert (ram.name, ram.pull_event()) == ("RAM", None)


def test_deleting(ram: Characteristic) -> None:
    ram.delete([])
    event = ram.pull_event()
    assert isinstance(event, CharacteristicDeleted)
    assert event.type == "characteristic.deleted.v1"


def test_what_is_used_is_not_deleted(ram: Characteristic) -> None:
    uses = [Use(kind="specification", id=uuid4(), key=f"kind-{number:02}") for number in range(12)]
    with pytest.raises(RuleBroken) as refusal:
        ram.delete(uses)
    first = ", ".join(f"kind-{number:02}" for number in range(10))
    assert refusal.value.message == f"RAM is used by {first} and 2 more: deprecate it instead."
    assert ram.pull_event() is None
