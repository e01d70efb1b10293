"""Characteristics, as this context sees them, and the specification of a phone that uses them."""

from dataclasses import replace
from uuid import UUID

from kernel.errors import Problem
from specification.domain import Characteristic, CharacteristicUse, Definition, Found, Question, Specification
from specification.memory import MemoryCharacteristics, RefusedValue

RAM = Characteristic(id=UUID(int=1), key="ram", name="RAM", value_type="integer")
COLOURS = Characteristic(
    id=UUID(int=2),
    key="colours",
    name="Colours",
    value_type="choice",
    multiple=True,
    codes=("red", "green", "blue"),
)
CABLE = Characteristic(id=UUID(int=3), key="cable", name="Cable", value_type="text", status="DEPRECATED")
NOBODY = UUID(int=99)

USES_RAM = CharacteristicUse(characteristic_id=RAM.id, required=True, default=8)
USES_COLOURS = CharacteristicUse(characteristic_id=COLOURS.id, default=["red"], allowed_codes=("red", "blue"))
USES_CABLE = CharacteristicUse(characteristic_id=CABLE.id)
PHONE = Definition(name="Phone", description="To talk.", uses=(USES_RAM, USES_COLOURS))

REFUSED = (
    RefusedValue(RAM.id, "much", Problem("type", "A whole number such as 12 is accepted here.")),
    RefusedValue(COLOURS.id, ["red", "pink"], Problem("not_allowed", "Accepted here: red.", "/1")),
    RefusedValue(COLOURS.id, ["green", "pink"], Problem("not_allowed", "Accepted here: red.", "/1")),
)
"""What the characteristics say of a few values; they accept every other one."""


def characteristics(*known: Characteristic) -> MemoryCharacteristics:
    """The characteristics, or only those that are `known`."""
    every = known or (RAM, COLOURS, CABLE)
    return MemoryCharacteristics({one.id: one for one in every}, list(REFUSED))


async def answer(question: Question, *known: Characteristic) -> Found:
    """What the characteristics answer."""
    return await characteristics(*known).look_up(question, "somebody")


async def phone(definition: Definition = PHONE) -> Specification:
    """A draft that is published already."""
    specification = Specification.define(definition, await answer(definition.question()))
    specification.pull_event()
    return specification


def deprecated(characteristic: Characteristic) -> Characteristic:
    """The same, for nothing new."""
    return replace(characteristic, status="DEPRECATED")
