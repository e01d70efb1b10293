"""How each kind is read: what a row wants, and what the platform shows."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from characteristic.domain import Characteristic
from characteristic.use_cases.define import Define as DefineCharacteristic
from kernel.errors import Invalid, Problem
from offering.domain import Offering
from offering.use_cases.draft import Draft
from platform_app.importing.ports import Document
from platform_app.importing.rows import Kind
from pricing.domain import Price
from pricing.use_cases.define import Define as DefinePrice
from specification.domain import Specification
from specification.use_cases.define import Define as DefineSpecification

_SAID = {
    "missing": "This is needed.",
    "unexpected_keyword_argument": "There is no such field.",
}
"""What pydantic says in the words of programmers, for people; by the type of the error."""
_RAISED = "Value error, "
"""What pydantic puts before what our own types say."""

Thing = Characteristic | Specification | Price | Offering
Wanted = DefineCharacteristic | DefineSpecification | DefinePrice | Draft

_WANTED: Mapping[Kind, TypeAdapter[Any]] = {
    Kind.CHARACTERISTIC: TypeAdapter(DefineCharacteristic),
    Kind.SPECIFICATION: TypeAdapter(DefineSpecification),
    Kind.PRICE: TypeAdapter(DefinePrice),
    Kind.OFFERING: TypeAdapter(Draft),
}
_THINGS: Mapping[Kind, TypeAdapter[Any]] = {
    Kind.CHARACTERISTIC: TypeAdapter(Characteristic),
    Kind.SPECIFICATION: TypeAdapter(Specification),
    Kind.PRICE: TypeAdapter(Price),
    Kind.OFFERING: TypeAdapter(Offering),
}


def wanted(kind: Kind, body: Mapping[str, Any]) -> Any:
    """The command that the body of a POST is, read as the platform reads it.

    Raises:
        Invalid: naming each field that is malformed.
    """
    try:
        return _WANTED[kind].validate_python(body)
    except ValidationError as error:
        problems = [
            Problem(one["type"], _said(one), "".join(f"/{_escaped(step)}" for step in one["loc"]))
            for one in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        raise Invalid("This is malformed.", problems=problems) from error


def thing(kind: Kind, document: Document) -> Any:
    """What the platform shows, with its rules."""
    return _THINGS[kind].validate_python(document)


def _said(error: ErrorDetails) -> str:
    return _SAID.get(error["type"], error["msg"].removeprefix(_RAISED).removesuffix(".") + ".")


def _escaped(step: int | str) -> str:
    return str(step).replace("~", "~0").replace("/", "~1")
