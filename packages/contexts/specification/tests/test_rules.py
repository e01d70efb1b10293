"""What a specification's definition must satisfy: a table of faults, each with its place."""

from dataclasses import replace
from uuid import UUID

import pytest

from kernel.errors import Invalid
from packages.contexts.specification.tests.kinds import (
    COLOURS,
    NOBODY,
    PHONE,
    RAM,
    USES_CABLE,
    USES_COLOURS,
    USES_RAM,
    answer,
    phone,
)
from specification.domain import CharacteristicUse, Definition, Question, Specification

INFINITE, HALF = float("inf"), "a\ud800"


async def faults(wanted: Definition) -> list[tuple[str, str]]:
    """Code and place of all that is wrong with a new specification; nothing when it can be defined."""
    try:
        Specification.define(wanted, await answer(wanted.question()), key="phone")
    except Invalid as refusal:
        return [(one.code, one.pointer) for one in refusal.problems]
    return []


def using(*uses: CharacteristicUse) -> Definition:
    """A phone with these uses."""
    return Definition(name="Phone", uses=uses)


def ram(default: object) -> Definition:
    """A phone whose RAM has this default."""
    return using(replace(USES_RAM, default=default))


def colours(default: object = None, allowed_codes: tuple[str, ...] | None = None) -> Definition:
    """A phone with colours."""
    return using(
        CharacteristicUse(characteristic_id=COLOURS.id, default=default, allowed_codes=allowed_codes)
    )


MANY = tuple(CharacteristicUse(characteristic_id=UUID(int=1000 + number)) for number in range(101))


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (PHONE, []),
        (using(CharacteristicUse(characteristic_id=RAM.id)), []),
        (replace(PHONE, name="  "), [("length", "/name")]),
        (replace(PHONE, name="a\tb"), [("characters", "/name")]),
        (replace(PHONE, description="x" * 4001), [("length", "/description")]),
        (using(), [("length", "/uses")]),
        (using(*MANY), [("length", "/uses")]),
        (using(USES_RAM, USES_RAM), [("repeated", "/uses/1/characteristicId")]),
        (
            using(USES_RAM, USES_COLOURS, replace(USES_RAM, default="much"), USES_RAM),
            [("repeated", "/uses/2/characteristicId"), ("repeated", "/uses/3/characteristicId")],
        ),
        (
            using(USES_RAM, CharacteristicUse(characteristic_id=NOBODY)),
            [("unknown", "/uses/1/characteristicId")],
        ),
        (using(USES_RAM, USES_CABLE), [("deprecated", "/uses/1/characteristicId")]),
        (ram(16), []),
        (ram(0), []),
        (ram(False), []),
        (ram(10**400), []),
        (ram("much"), [("type", "/uses/0/default")]),
        (ram(INFINITE), [("type", "/uses/0/default")]),
        (ram({"a": 1}), [("type", "/uses/0/default")]),
        (ram([1, [2], None]), [("type", "/uses/0/default/1"), ("type", "/uses/0/default/2")]),
        (ram(HALF), [("characters", "/uses/0/default")]),
        (ram([HALF, "b"]), [("characters", "/uses/0/default/0")]),
        (using(replace(USES_RAM, allowed_codes=("a",))), [("not_for_type", "/uses/0/allowedCodes")]),
        (colours(), []),
        (colours(["green"]), []),
        (colours(allowed_codes=("blue", "red")), []),
        (colours(allowed_codes=()), [("length", "/uses/0/allowedCodes")]),
        (
            colours(allowed_codes=("red", "pink", "red")),
            [
                ("repeated", "/uses/0/allowedCodes/2"),
                ("unknown", "/uses/0/allowedCodes/1"),
            ],
        ),
        (colours(["red", "green", "blue"], ("red", "blue")), [("not_allowed", "/uses/0/default/1")]),
        (colours("green", ("red",)), [("not_allowed", "/uses/0/default")]),
        # both sides have their say, once a value
        (
            colours(["green", "pink"], ("red",)),
            [
                ("not_allowed", "/uses/0/default/1"),
                ("not_allowed", "/uses/0/default/0"),
            ],
        ),
    ],
)
async def test_faults_are_named_with_their_place(wanted: Definition, expected: list[tuple[str, str]]) -> None:
    assert await faults(wanted) == expected


async def test_all_faults_are_named_at_once() -> None:
    uses = (replace(USES_RAM, default="much"), USES_CABLE, CharacteristicUse(characteristic_id=NOBODY))
    wanted = Definition(name="", uses=uses)
    with pytest.raises(Invalid) as refusal:
        Specification.define(wanted, await answer(wanted.question()))
    old = "Cable is deprecated: it stays where it is used, and is for nothing new."
    assert refusal.value.message == "This specification cannot be defined like that."
    assert [(one.pointer, one.message) for one in refusal.value.problems] == [
        ("/key", "No key can be made of this name: give one, such as screen-size."),
        ("/name", "Between 1 and 200 characters are accepted here; 0 given."),
        ("/uses/0/default", "A whole number such as 12 is accepted here."),
        ("/uses/1/characteristicId", old),
        ("/uses/2/characteristicId", f"There is no characteristic with the id {NOBODY}."),
    ]


async def test_messages_about_codes_say_what_is_accepted() -> None:
    wanted = colours(["green"], ("red", "pink"))
    with pytest.raises(Invalid) as refusal:
        Specification.define(wanted, await answer(wanted.question()))
    assert [one.message for one in refusal.value.problems] == [
        "Colours has the codes red, green, blue.",
        "Accepted here: red, pink.",
    ]


async def test_what_is_used_may_stay_when_it_is_deprecated() -> None:
    specification = await phone()
    wanted = replace(PHONE, uses=(USES_RAM, USES_CABLE))
    with pytest.raises(Invalid) as refusal:
        specification.revise(wanted, await answer(wanted.question()))
    assert [(one.code, one.pointer) for one in refusal.value.problems] == [
        ("deprecated", "/uses/1/characteristicId")
    ]
    old = replace(RAM, status="DEPRECATED")
    wanted = replace(PHONE, uses=(replace(USES_RAM, default=16),))
    specification.revise(wanted, await answer(wanted.question(), old))
    assert specification.uses == wanted.uses


def test_a_question_is_about_each_characteristic_once_and_the_defaults_that_can_be_said() -> None:
    silent = replace(USES_RAM, default=None)
    assert PHONE.question() == Question(ids=(RAM.id, COLOURS.id), values={RAM.id: 8, COLOURS.id: ["red"]})
    assert using(silent).question() == Question(ids=(RAM.id,), values={})
    assert using(USES_RAM, replace(USES_RAM, default=9)).question().values == {RAM.id: 8}
    assert using(silent, USES_RAM).question() == Question(ids=(RAM.id,), values={})
    assert ram([INFINITE]).question() == Question(ids=(RAM.id,), values={})
    assert using().question() == using(*MANY).question() == Question()
    assert len(using(*MANY[:100]).question().ids) == 100
