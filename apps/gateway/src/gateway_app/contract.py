"""Merge the OpenAPI documents of the services into one. The same parts give the same whole."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from gateway_app.paths import PREFIX, service_of

Document = dict[str, Any]

_SCHEMAS = "#/components/schemas/"
_TITLE = "Product catalogue"
_DESCRIPTION = "Everything the platform can be asked, at its one door."
_PROBLEM = {"application/problem+json": {"schema": {"$ref": f"{_SCHEMAS}Problem"}}}
_AT_THE_DOOR = {
    "400": {"description": "The address can be read in more than one way.", "content": _PROBLEM},
    "504": {"description": "The service did not answer in time.", "content": _PROBLEM},
}
"""What the gateway may answer for a service, unless that says what it means by the status itself."""


def merge(own: Document, parts: Mapping[str, Document]) -> Document:
    """The gateway's `own` document, and what each service says of its addresses behind the gateway.

    Schemas that have one name and several meanings are told apart by the name of the service; operation ids
    are kept, so they have to differ.

    Raises:
        ValueError: when two operations have one id.
    """
    every = {"gateway": own, **{name: _behind_the_gateway(name, parts[name]) for name in sorted(parts)}}
    ambiguous = _ambiguous({name: _schemas(document) for name, document in every.items()})
    every = {
        name: _renamed(document, {one: f"{name.capitalize()}{one}" for one in ambiguous})
        for name, document in every.items()
    }
    whole: Document = {
        "openapi": own["openapi"],
        "info": {**own["info"], "title": _TITLE, "description": _DESCRIPTION},
        "paths": {},
        "components": {},
    }
    tags: list[Any] = []
    for document in every.values():
        whole["paths"].update(document["paths"])
        for kind, components in document.get("components", {}).items():
            whole["components"].setdefault(kind, {}).update(components)
        tags += [tag for tag in document.get("tags", ()) if tag not in tags]
    if tags:
        whole["tags"] = tags
    whole["paths"] = dict(sorted(whole["paths"].items()))
    whole["components"] = {
        kind: dict(sorted(one.items())) for kind, one in sorted(whole["components"].items())
    }
    _refuse_equal_ids(whole)
    return whole


def _behind_the_gateway(service: str, document: Document) -> Document:
    """What of a service's document is true at the gateway: its health and its own document are not there."""
    paths = {
        address: {method: _at_the_door(operation) for method, operation in operations.items()}
        for path, operations in document["paths"].items()
        if service_of((address := PREFIX.decode() + path).encode()) == service
    }
    schemas = _schemas(document)
    wanted: set[str] = set()
    found = set(_referred({"paths": paths, "rest": _without_schemas(document)}))
    while found:
        wanted |= found
        found = {one for name in found for one in _referred(schemas.get(name))} - wanted
    components = {
        **document.get("components", {}),
        "schemas": {name: schema for name, schema in schemas.items() if name in wanted},
    }
    return {**document, "paths": paths, "components": components}


def _at_the_door(operation: Document) -> Document:
    """An operation of a service with what the gateway may answer in its place."""
    return {**operation, "responses": dict(sorted({**_AT_THE_DOOR, **operation["responses"]}.items()))}


def _ambiguous(every: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """The names of schemas that mean different things, themselves or by what they refer to."""
    versions: dict[str, set[str]] = defaultdict(set)
    users: dict[str, set[str]] = defaultdict(set)
    shown = Counter(name for schemas in every.values() for name in schemas)
    for schemas in every.values():
        for name, schema in schemas.items():
            versions[name].add(json.dumps(schema, sort_keys=True))
            for one in _referred(schema):
                users[one].add(name)
    found = {name for name, texts in versions.items() if len(texts) > 1}
    new = found
    while new:
        new = {user for name in new for user in users[name] if shown[user] > 1} - found
        found = found | new
    return found


def _schemas(document: Document) -> dict[str, Any]:
    schemas: dict[str, Any] = document.get("components", {}).get("schemas", {})
    return schemas


def _without_schemas(document: Document) -> Document:
    return {kind: one for kind, one in document.get("components", {}).items() if kind != "schemas"}


def _referred(part: Any) -> Iterator[str]:
    """The names of the schemas that a part of a document refers to."""
    if isinstance(part, str):
        if part.startswith(_SCHEMAS):
            yield part.removeprefix(_SCHEMAS)
    elif isinstance(part, Mapping):
        for one in part.values():
            yield from _referred(one)
    elif isinstance(part, list):
        for one in part:
            yield from _referred(one)


def _renamed(document: Document, names: Mapping[str, str]) -> Document:
    """The document with other names for some schemas, also where they are referred to."""

    def walk(part: Any) -> Any:
        if isinstance(part, str) and part.startswith(_SCHEMAS):
            name = part.removeprefix(_SCHEMAS)
            return _SCHEMAS + names.get(name, name)
        if isinstance(part, dict):
            return {key: walk(one) for key, one in part.items()}
        if isinstance(part, list):
            return [walk(one) for one in part]
        return part

    renamed: Document = walk(document)
    if schemas := _schemas(renamed):
        renamed["components"]["schemas"] = {names.get(name, name): one for name, one in schemas.items()}
    return renamed


def _refuse_equal_ids(document: Document) -> None:
    seen: set[str] = set()
    for path, operations in document["paths"].items():
        for operation in operations.values():
            if (id := operation["operationId"]) in seen:
                raise ValueError(f"two operations are called {id}; one of them is at {path}")
            seen.add(id)
