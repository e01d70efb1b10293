"""How a characteristic and its commands look in JSON: pydantic reads the domain's classes as they are."""

import json
from datetime import date
from decimal import Decimal

import pytest
from pydantic import TypeAdapter, ValidationError

from characteristic.domain import AllowedValue, Characteristic, Constraints, Definition, ValueType
from characteristic.use_cases.define import Define
from characteristic.use_cases.revise import Revise

WEIGHT = Definition(
    name="Weight",
    value_type=ValueType.DECIMAL,
    unit="kg",
    constraints=Constraints(min=Decimal("0.50"), max=Decimal("10.5"), step=Decimal("0.1"), scale=2),
)


def test_a_characteristic_survives_json() -> None:
    adapter = TypeAdapter(Characteristic)
    for definition in (
        WEIGHT,
        Definition(name="Until", value_type=ValueType.DATE, constraints=Constraints(max=date(2026, 1, 31))),
        Definition(
            name="Colour",
            value_type=ValueType.CHOICE,
            allowed_values=(AllowedValue(code="red", label="Red", order=1, default=True),),
        ),
    ):
        before = Characteristic.define(definition)
        assert adapter.validate_json(adapter.dump_json(before, by_alias=True)) == before


def test_json_is_camel_case_and_exact() -> None:
    body = json.loads(TypeAdapter(Characteristic).dump_json(Characteristic.define(WEIGHT), by_alias=True))
    assert body.keys() == {
        *("id", "version", "createdAt", "createdBy", "modifiedAt", "modifiedBy", "key", "name"),
        *("description", "valueType", "unit", "constraints", "allowedValues", "multiple", "status"),
    }
    assert body["constraints"] == {
        **{"min": "0.50", "max": "10.5", "step": "0.1"},
        **{"pattern": None, "maxLength": None, "scale": 2},
    }


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('"10.5"', Decimal("10.5")),
        ("10.5", Decimal("10.5")),
        ("10", Decimal(10)),
        ('"0"', Decimal(0)),
        ('"86400"', Decimal(86400)),
        ('"2026-01-31"', date(2026, 1, 31)),
    ],
)
def test_limits_are_read_as_what_they_are(written: str, read: object) -> None:
    body = f'{{"name": "x", "valueType": "decimal", "constraints": {{"min": {written}}}}}'
    found = TypeAdapter(Define).validate_json(body).constraints.min
    assert (type(found), found) == (type(read), read)


@pytest.mark.parametrize(
    "extra", [{"key": "x"}, {"constraints": {"minimum": 1}}, {"allowedValues": [{"code": "x"}]}]
)
def test_a_revision_has_no_key_and_no_unknown_names(extra: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Revise).validate_python({"name": "x", "valueType": "text", **extra})
