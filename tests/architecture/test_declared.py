"""An app is installed by itself in a container, so all that it imports has to come of what it declares."""

import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from typing import Any

import grimp
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.contracts import ROOT, apps, contexts

OURS = ("kernel", *contexts(), *apps(), "platform_app")


@cache
def projects() -> dict[str, Any]:
    """Our distributions by name, as their `pyproject.toml` describes them."""
    found = [tomllib.loads(file.read_text())["project"] for file in ROOT.glob("*/**/pyproject.toml")]
    return {project["name"]: project for project in found}


@cache
def graph() -> grimp.ImportGraph:
    """Who imports whom, libraries included."""
    return grimp.build_graph(*OURS, include_external_packages=True)


def reached(app: str) -> set[str]:
    """The libraries that an app imports, itself or through ours, by their import names."""
    own = {one for one in graph().modules if one.split(".")[0] == app}
    modules = set(own)
    for one in own:
        modules |= graph().find_upstream_modules(one)
    return {one.split(".")[0] for one in modules} - {*OURS, *sys.stdlib_module_names}


def declared(requirement: str, project: dict[str, Any] | None = None) -> set[str]:
    """All distributions that come with a requirement of ours, by their names."""
    found, waiting = set[tuple[str, str]](), [*_with_extras(Requirement(requirement))]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += [more for needed in _needs(*one, project) for more in _with_extras(needed)]
    return {name for name, _ in found}


def _with_extras(requirement: Requirement) -> Iterator[tuple[str, str]]:
    name = canonicalize_name(requirement.name)
    yield from ((name, extra) for extra in ("", *requirement.extras))


def _needs(name: str, extra: str, project: dict[str, Any] | None) -> list[Requirement]:
    ours = project if project is not None and project["name"] == name else projects().get(name)
    if ours is not None:
        lines = ours["optional-dependencies"][extra] if extra else ours.get("dependencies", [])
        return [Requirement(line) for line in lines]
    try:
        every = [Requirement(line) for line in requires(name) or ()]
    except PackageNotFoundError:  # for another platform
        return []
    return [one for one in every if one.marker is None or one.marker.evaluate({"extra": extra})]


def distribution_of(app: str) -> str:
    """The name under which an app is installed: a context may have the plain one."""
    plain = f"catalog-{app.removesuffix('_app')}"
    return f"{plain}-app" if f"{plain}-app" in projects() else plain


def missing(app: str, project: dict[str, Any] | None = None) -> set[str]:
    """What an app imports and nobody would install with it."""
    installed, known = declared(distribution_of(app), project), packages_distributions()
    return {
        one
        for one in reached(app)
        if installed.isdisjoint(canonicalize_name(name) for name in known.get(one, [one]))
    }


@pytest.mark.parametrize("app", apps())
def test_all_that_an_app_imports_comes_with_it(app: str) -> None:
    assert missing(app) == set()


def test_what_nobody_declares_is_found() -> None:
    kernel = projects()["catalog-kernel"]
    extras = kernel["optional-dependencies"]
    listener = [line.replace("breaker,", "") for line in extras["listener"]]
    assert listener != extras["listener"]
    poorer = {**kernel, "optional-dependencies": {**extras, "listener": listener}}
    assert missing("pricing_app", poorer) == {"pybreaker"}
