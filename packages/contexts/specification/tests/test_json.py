"""How a specification and its commands look in JSON: pydantic reads the domain's classes as they are."""

import json
from typing import Any
from uuid import UUID

import pytest
from pydantic import TypeAdapter, ValidationError

from packages.contexts.specification.tests.kinds import COLOURS, RAM, phone
from specification.domain import CharacteristicUse, Draft, Publication, Specification
from specification.use_cases.check_values import Check
from specification.use_cases.define import Define
from specification.use_cases.hear_offering import DeletedOffering, Offering
from specification.use_cases.revise import Revise
from specification.use_cases.validate import Validate

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
    assert TypeAdapter(DeletedOffering).validate_python(data).used == set()


VALUES = {"ram": 8, "size": 6.1, "colours": ["red", True], "big": 2**70, "text": "é"}


@pytest.mark.parametrize(
    ("status", "draft", "expected"),
    [
        (
            "PUBLISHING",
            {"specificationId": str(ONE), "values": VALUES},
            Draft(specification_id=ONE, values=VALUES),
        ),
        ("PUBLISHING", {"name": "x"}, Draft()),
        ("PUBLISHING", None, None),
        *((status, {"specificationId": str(ONE)}, None) for status in ("DRAFT", "PUBLISHED", "RETIRED")),
    ],
)
def test_what_is_heard_of_a_publication(status: str, draft: Any, expected: Draft | None) -> None:
    data = {"id": str(TWO), "key": "x", "version": 3, "status": status, "draft": draft, "live": None}
    assert TypeAdapter(Offering).validate_python({**data, "publicationId": None}).publication is None
    heard = TypeAdapter(Offering).validate_python({**data, "publicationId": str(ONE)})
    assert heard.publication == Publication(id=ONE, offering_id=TWO, version=3, draft=expected)


def test_an_offering_without_a_status_is_not_what_was_agreed_on() -> None:
    with pytest.raises(ValidationError, match="status"):
        TypeAdapter(Offering).validate_python({"id": str(TWO), "key": "x", "version": 3})


def test_a_draft_survives_json_exactly() -> None:
    adapter, draft = (
        TypeAdapter(Draft),
        Draft(specification_id=ONE, values={**VALUES, "one": 1.0, "far": 1e300}),
    )
    text = adapter.dump_json(draft, by_alias=True)
    again = adapter.validate_json(text)
    assert again == draft
    assert {key: type(value) for key, value in again.values.items()} == {
        key: type(value) for key, value in draft.values.items()
    }
    assert json.loads(text)["specificationId"] == str(ONE)


def test_a_check_is_not_for_publishing_unless_it_says_so() -> None:
    read = TypeAdapter(Check).validate_python
    assert read({"values": {}}) == Check(values={}, publishing=False)
    assert read({"values": {}, "publishing": True}) == Check(values={}, publishing=True)
    with pytest.raises(ValidationError):
        read({"values": {}, "publish": True})


def test_what_the_process_says_of_a_publication() -> None:
    variables = {
        **{"publicationId": str(ONE), "offeringId": str(TWO), "offeringVersion": 3, "priceIds": ""},
        **{"offeringKey": "x", "specificationId": str(ONE), "requestedBy": "ann", "correlationId": "c"},
    }
    assert TypeAdapter(Validate).validate_python(variables) == Validate(
        publication_id=ONE, offering_id=TWO, offering_version=3
    )
