"""The check of an offering's values: everything that is wrong, each with its place, at once."""

from typing import Any

import pytest

from packages.contexts.specification.tests.kinds import COLOURS, NOBODY, RAM, answer, phone
from specification.domain import Characteristic, CharacteristicUse, Question, Specification


async def faults(values: dict[str, Any], *known: Characteristic) -> list[tuple[str, str]]:
    """Code and place of all that is wrong with these values of a phone."""
    specification = await phone()
    found = await answer(specification.question_about(values), *known)
    return [(one.code, one.pointer) for one in specification.check(values, found)]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"ram": 8}, []),
        ({"ram": 8, "colours": ["red", "blue"]}, []),
        ({"ram": 8, "colours": []}, []),  # what an empty list means is for the characteristic to say
        ({}, [("required", "/values/ram")]),
        ({"colours": ["red"]}, [("required", "/values/ram")]),
        ({"ram": None}, [("type", "/values/ram")]),
        ({"ram": "much"}, [("type", "/values/ram")]),
        ({"ram": {"gb": 8}}, [("type", "/values/ram")]),
        ({"ram": float("nan")}, [("type", "/values/ram")]),
        ({"ram": "\ud800"}, [("characters", "/values/ram")]),
        ({"ram": 8, "colours": ["red", "green"]}, [("not_allowed", "/values/colours/1")]),
        ({"ram": 8, "colours": ["red", "pink"]}, [("not_allowed", "/values/colours/1")]),
        (
            {"ram": 8, "colours": ["red", 7, [], "green"]},
            [
                ("type", "/values/colours/2"),
                ("not_allowed", "/values/colours/1"),
                ("not_allowed", "/values/colours/3"),
            ],
        ),
        ({"ram": 8, "weight": 3}, [("foreign", "/values/weight")]),
        ({"ram": 8, "": 1, "a/b~c": 1}, [("foreign", "/values/"), ("foreign", "/values/a~1b~0c")]),
        (
            {"colours": ["green", "pink"], "RAM": 8},
            [
                ("required", "/values/ram"),
                ("not_allowed", "/values/colours/1"),
                ("not_allowed", "/values/colours/0"),
                ("foreign", "/values/RAM"),
            ],
        ),
    ],
)
async def test_faults_are_named_with_their_place(
    values: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert await faults(values) == expected


async def test_a_characteristic_that_is_gone_is_named() -> None:
    expected = [("unknown", "/values/colours")]
    assert await faults({"ram": 8}, RAM) == expected
    assert await faults({"ram": 8, "colours": ["red"]}, RAM) == expected


async def test_messages_say_what_is_accepted() -> None:
    specification = await phone()
    values = {"colours": ["green"], "weight": 3}
    found = await answer(specification.question_about(values))
    assert [one.message for one in specification.check(values, found)] == [
        "RAM is required.",
        "Accepted here: red, blue.",
        "Phone does not have this characteristic; it has ram, colours.",
    ]


async def test_many_words_are_not_all_named() -> None:
    keys = tuple(f"c{number}" for number in range(12))
    uses = (CharacteristicUse(characteristic_id=RAM.id),) * 12
    specification = Specification(key="x", name="X", uses=uses, characteristic_keys=keys)
    (problem,) = specification.check({"y": 1}, await answer(Question(ids=(RAM.id,))))
    named = "c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 and others"
    assert problem.message == f"X does not have this characteristic; it has {named}."


async def test_the_question_is_about_all_of_it_and_the_values_that_can_be_said() -> None:
    specification = await phone()
    values = {"ram": 8, "colours": [float("inf")], "weight": 3, str(NOBODY): 1}
    assert specification.question_about(values) == Question(ids=(RAM.id, COLOURS.id), values={RAM.id: 8})
