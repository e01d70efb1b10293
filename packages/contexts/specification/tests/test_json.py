"""How a specification and its commands look in JSON: pydantic reads the domain's classes as they are."""

import json
from typing import Any
from uuid import UUID

import pytest
from pydantic import TypeAdapter, ValidationError

from packages.contexts.specification.tests.kinds import COLOURS, RAM, phone
from specification.domain import CharacteristicUse, Specification
from specification.use_cases.define import Define
from specification.use_cases.hear_offering import Offering
from specification.use_cases.revise import Revise

ONE, TWO = UUID(int=1), UUID(int=2)


async def test_a_specification_survives_json() -> None:
    adapter, before = TypeAdapter(Specification), await phone()
    text = adapter.dump_json(before, by_alias=True)
    assert adapter.validate_json(text) == before
    body = json.loads(text)
    assert body == {
        **{name: body[name] for name in ("id", "createdAt", "createdBy", "modifiedAt", "modifiedBy")},
        **{"version": 0, "key": "phone", "name": "Phone", "description": "To talk.", "status": "DRAFT"},
        "uses": [
            {"characteristicId": str(RAM.id), "required": True, "default": 8, "allowedCodes": None},
            {
                "characteristicId": str(COLOURS.id),
                "required": False,
                "default": ["red"],
                "allowedCodes": ["red", "blue"],
            },
        ],
        "characteristicKeys": ["ram", "colours"],
    }


@pytest.mark.parametrize("default", [0, 1.5, "12.50", True, False, "", ["a", "b"], [1, 2]])
def test_a_default_stays_what_it_is(default: object) -> None:
    body = json.dumps({"name": "x", "uses": [{"characteristicId": str(RAM.id), "default": default}]})
    wanted = TypeAdapter(Define).validate_json(body)
    assert wanted.uses == (CharacteristicUse(characteristic_id=RAM.id, default=default),)
    assert type(wanted.uses[0].default) is type(default)


@pytest.mark.parametrize(
    "extra",
    [
        {"key": "x"},
        {"status": "ACTIVE"},
        {"characteristicKeys": []},
        {"uses": [{"characteristicId": str(RAM.id), "key": "ram"}]},
        {"uses": [{"required": True}]},
        {"uses": [{"characteristicId": "ram"}]},
    ],
)
def test_a_revision_has_no_key_and_no_unknown_names(extra: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Revise).validate_python({"name": "x", **extra})


@pytest.mark.parametrize(
    ("draft", "live", "used"),
    [
        (None, None, set()),
        ({"specificationId": None, "name": "x"}, None, set()),
        ({"name": "x"}, {"specificationId": ONE}, {ONE}),
        ({"specificationId": TWO}, {"specificationId": ONE}, {ONE, TWO}),
        ({"specificationId": ONE}, {"specificationId": ONE}, {ONE}),
    ],
)
def test_what_is_heard_of_an_offering(draft: Any, live: Any, used: set[UUID]) -> None:
    data = {"id": str(UUID(int=7)), "key": "x", "version": 3, "status": "DRAFT", "draft": draft, "live": live}
    assert TypeAdapter(Offering).validate_python(data).used == used
