"""How a row differs from a request: it has keys where a request has ids, and the word `kind` for itself."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kernel.errors import Problem, refuse
from platform_app.importing.known import Known
from platform_app.importing.rows import Kind, Row

PRICE_KIND = "priceKind"
"""What a row calls the kind of a price: ONE_TIME, RECURRING or USAGE."""
_IN_ROW = (
    (re.compile(r"^/kind$"), f"/{PRICE_KIND}"),
    (re.compile(r"^/draft(?=/)"), ""),
    (re.compile(r"^/specificationId$"), "/specification"),
    (re.compile(r"^/priceIds(?=/|$)"), "/prices"),
    (re.compile(r"^(/uses/[0-9]+)/characteristicId$"), r"\1/characteristic"),
)
"""Where a pointer into a request leads in a row."""
_BY_KEY = "Things are referred to by their keys in a file: "


def in_row(problem: Problem) -> Problem:
    """The same problem, pointing into the row instead of into the request that was made of it."""
    pointer = problem.pointer
    for pattern, instead in _IN_ROW:
        pointer = pattern.sub(instead, pointer)
    return replace(problem, pointer=pointer)


def referred(row: Row) -> dict[Kind, list[str]]:
    """The keys of what a row refers to."""
    if row.kind is Kind.SPECIFICATION:
        return {Kind.CHARACTERISTIC: [use["characteristic"] for use in _uses(row.said) if _refers(use)]}
    if row.kind is Kind.OFFERING:
        one, several = row.said.get("specification"), row.said.get("prices")
        return {
            Kind.SPECIFICATION: [one] if isinstance(one, str) else [],
            Kind.PRICE: [key for key in several if isinstance(key, str)] if isinstance(several, list) else [],
        }
    return {}


def for_price(said: Mapping[str, Any]) -> dict[str, Any]:
    """What is sent for a price."""
    return {"kind" if name == PRICE_KIND else name: value for name, value in said.items()}


def for_specification(said: Mapping[str, Any], known: Known) -> dict[str, Any]:
    """What is sent for a specification.

    Raises:
        Invalid: naming each characteristic that is not known.
    """
    body, problems, uses = dict(said), list[Problem](), list[Any]()
    for index, use in enumerate(_uses(said)):
        pointer = f"/uses/{index}"
        if isinstance(use, dict) and "characteristicId" in use:
            problems.append(_by_id("characteristic", f"{pointer}/characteristicId"))
        elif _refers(use):
            id = _id(known, Kind.CHARACTERISTIC, use["characteristic"], f"{pointer}/characteristic", problems)
            others = {name: value for name, value in use.items() if name != "characteristic"}
            uses.append({"characteristicId": id, **others})
        else:
            uses.append(use)
    refuse("This refers to what is not there.", problems)
    if isinstance(said.get("uses"), list):
        body["uses"] = uses
    return body


def for_offering(said: Mapping[str, Any], known: Known) -> dict[str, Any]:
    """What is sent for an offering.

    Raises:
        Invalid: naming each specification and price that is not known.
    """
    body = {name: value for name, value in said.items() if name not in ("specification", "prices")}
    problems = list[Problem]()
    for name, instead in (("specificationId", "specification"), ("priceIds", "prices")):
        if name in body:
            problems.append(_by_id(instead, f"/{name}"))
    one, several = said.get("specification"), said.get("prices", [])
    if isinstance(one, str):
        body["specificationId"] = _id(known, Kind.SPECIFICATION, one, "/specification", problems)
    elif one is not None:
        problems.append(Problem("type", "The key of a specification is accepted here.", "/specification"))
    if isinstance(several, list) and all(isinstance(key, str) for key in several):
        body["priceIds"] = [
            _id(known, Kind.PRICE, key, f"/prices/{index}", problems) for index, key in enumerate(several)
        ]
    else:
        problems.append(Problem("type", "A list of the keys of prices is accepted here.", "/prices"))
    refuse("This refers to what is not there.", problems)
    return body


def _uses(said: Mapping[str, Any]) -> list[Any]:
    uses = said.get("uses")
    return uses if isinstance(uses, list) else []


def _refers(use: object) -> bool:
    return isinstance(use, dict) and isinstance(use.get("characteristic"), str)


def _id(known: Known, kind: Kind, key: str, pointer: str, problems: list[Problem]) -> str:
    id = known.ids[kind].get(key)
    if id is None:
        said = f"No {kind} has the key {key[:64]}: none on the platform, none accepted from this file."
        problems.append(Problem("unknown_reference", said, pointer))
    return str(id)


def _by_id(name: str, pointer: str) -> Problem:
    return Problem("by_key", f"{_BY_KEY}say {name}.", pointer)
