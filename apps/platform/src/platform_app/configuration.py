"""The variables that each app reads, as a page of documentation.

`python -m platform_app.configuration > docs/configuration.md`: it is made of the settings classes, and a test
holds it equal to them.
"""

import inspect
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, get_args, get_origin

from pydantic import AnyHttpUrl, BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

from characteristic_app.settings import CharacteristicSettings
from gateway_app.settings import GatewaySettings
from identity_app.settings import IdentitySettings
from kernel.settings import (
    AppSettings,
    ListenerSettings,
    LogSettings,
    ServiceSettings,
    Settings,
    TraceSettings,
)
from offering_app.settings import OfferingSettings
from platform_app.settings import PlatformSettings
from pricing_app.settings import PricingSettings
from specification_app.settings import SpecificationSettings
from store_app.settings import StoreSettings

APPS: Mapping[str, type[Settings]] = {
    "the gateway": GatewaySettings,
    "the characteristic service": CharacteristicSettings,
    "the specification service": SpecificationSettings,
    "the pricing service": PricingSettings,
    "the offering service": OfferingSettings,
    "the store": StoreSettings,
    "the embedded identity server": IdentitySettings,
    "the process of the embedded stack": PlatformSettings,
}
"""Whoever is told something of its own."""
SHARED: Mapping[str, type[Settings]] = {
    "How every app logs": LogSettings,
    "Where every app sends its traces": TraceSettings,
    "What every app is told": AppSettings,
    "What every service that hears events is told besides": ListenerSettings,
    "What every service with a database of its own is told besides": ServiceSettings,
}
"""What several are told, each by variables of its own."""

_INTRODUCTION = """\
# Configuration

Written by `python -m platform_app.configuration > docs/configuration.md` from the settings classes; do not
edit it.

Each app reads its own variables when it starts, and nothing later. They begin with its name: where this page
says `<APP>_`, that is
{prefixes}.
A variable that is missing or malformed ends the start with one line that names all of them, without their
values. Lists and objects are JSON. Where container platforms mount secrets as files in `/run/secrets`, a file
named like its variable, in lower case, stands for it.

`catalog up` tells all of this to the apps that it starts: nothing has to be set on one machine. The command's
own variables are `CATALOG_HOME` and `CATALOG_CACHE` (folders; else those of `XDG_DATA_HOME` and
`XDG_CACHE_HOME`), `CATALOG_STACK`, `CATALOG_WEB`, `CATALOG_POSTGRES_BIN` (a folder with programs of
PostgreSQL, in place of those that are fetched) and, for the native stack, `JAVA_HOME`; those of the web
application are in [frontend/src/lib/env.ts](../frontend/src/lib/env.ts).
"""
_TITLES = ("variable", "value", "default")
_KINDS: Mapping[Any, str] = {
    AnyHttpUrl: "address",
    SecretStr: "secret",
    bool: "`true` or `false`",
    float: "number",
    int: "whole number",
    str: "text",
}


def page() -> str:
    """The whole page."""
    prefixes = [f"`{_prefix(one)}`" for one in APPS.values() if issubclass(one, AppSettings)]
    parts = [_INTRODUCTION.format(prefixes=f"{', '.join(prefixes[:-1])} or {prefixes[-1]}")]
    parts += [section(title, one, "<APP>_") for title, one in SHARED.items()]
    parts += [section(f"What {name} is told", one, _prefix(one)) for name, one in APPS.items()]
    return "\n".join(parts)


def section(title: str, told: type[Settings], prefix: str) -> str:
    """What a class says itself, without what it inherits: its own words, and a table of its variables."""
    fields = {name: told.model_fields[name] for name in own(told)}
    rows = [
        (
            f"`{prefix}{name.upper()}`",
            spelled(field),
            "see below" if _own_to_all(told, name) else default(field),
        )
        for name, field in fields.items()
    ]
    words = inspect.cleandoc(told.__doc__ or "").replace("<", "\\<")
    return "\n".join([f"## {title}", "", words, "", *_table(rows), ""])


def own(told: type[Settings]) -> Iterator[str]:
    """The names of the fields that a class declares itself, in their order."""
    return (name for name in inspect.get_annotations(told) if name in told.model_fields)


def _own_to_all(told: type[Settings], name: str) -> bool:
    """Whether each app declares a field of this class anew."""
    heirs = [one for one in APPS.values() if issubclass(one, told) and one is not told]
    return bool(heirs) and all(name in own(one) for one in heirs)


def spelled(field: FieldInfo) -> str:
    """What may be said for a field: of which kind it is, and within which bounds."""
    bounds = {name: getattr(rule, name) for rule in field.metadata for name in _BOUNDS if hasattr(rule, name)}
    told = [words.format(bounds[name]) for name, words in _BOUNDS.items() if name in bounds]
    return ", ".join([_kind(field.annotation), *told])


_BOUNDS: Mapping[str, str] = {
    "ge": "at least {:g}",
    "gt": "more than {:g}",
    "le": "at most {:g}",
    "min_length": "at least {} long",
    "max_length": "at most {} long",
}


def default(field: FieldInfo) -> str:
    """The default of a field; secrets have none."""
    if field.is_required():
        return "**required**"
    found = field.get_default(call_default_factory=True, validated_data={})
    value = to_jsonable_python(sorted(found) if isinstance(found, frozenset) else found)
    if value in (None, "", [], {}):
        return ""
    return f"`{value if isinstance(value, str) else json.dumps(value)}`"


def _kind(annotation: Any) -> str:
    choices = [one for one in get_args(annotation) if one is not type(None)]
    if get_origin(annotation) is Literal:
        return ", ".join(f"`{one}`" for one in choices)
    if annotation in _KINDS:
        return _KINDS[annotation]
    origin = get_origin(annotation)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return "object"
    if isinstance(origin, type) and issubclass(origin, Sequence | frozenset):
        item = choices[0]
        return "list of objects" if isinstance(item, type) and issubclass(item, BaseModel) else "list"
    return _kind(choices[0])  # one or nothing


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    for row in (_TITLES, ["---"] * len(_TITLES), *rows):
        yield f"| {' | '.join(row)} |"


def _prefix(told: type[Settings]) -> str:
    return str(told.model_config.get("env_prefix", ""))


if __name__ == "__main__":
    sys.stdout.write(page())
