"""What an app serves is what it says that it serves, and each of it is under a policy (OWASP API9)."""

import importlib
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from kernel.auth import Role
from kernel.http import public
from kernel.http.policy import Allow, policy_of
from tests.architecture.contracts import apps
from tests.architecture.test_shapes import containers


def served(app: Any) -> Iterator[BaseRoute]:
    """Every route that can be reached, those of included routers too."""
    for route in app.routes:
        inside = getattr(route, "original_router", None) or getattr(route, "app", None)
        if isinstance(route, APIRoute) or inside is None or not hasattr(inside, "routes"):
            yield route
        else:
            yield from served(inside)


def build(name: str) -> FastAPI:
    """An app as its `main` composes it."""
    app: FastAPI = importlib.import_module(f"{name}.main").build(containers()[name])
    return app


@pytest.mark.parametrize("name", apps())
def test_an_app_serves_what_its_document_says_and_no_more(name: str) -> None:
    app = build(name)
    every = list(served(app))
    assert every
    assert [route for route in every if not isinstance(route, APIRoute)] == []
    reached = {(method, route.path_format) for route in every for method in route.methods}  # type: ignore[attr-defined]
    said = {(method.upper(), path) for path, item in app.openapi()["paths"].items() for method in item}
    assert reached == said


@pytest.mark.parametrize("name", apps())
def test_each_route_has_one_policy_and_its_document_says_which(name: str) -> None:
    app = build(name)
    for route in served(app):
        assert isinstance(route, APIRoute)
        policy = policy_of(route)
        for method in route.methods or ():
            operation = app.openapi()["paths"][route.path_format][method.lower()]
            role = Role(operation["x-role"]) if "x-role" in operation else None
            assert role == (policy.role if isinstance(policy, Allow) else None), route.path
            assert bool(operation.get("security")) == isinstance(policy, Allow), route.path


def test_a_route_that_was_slipped_in_is_found() -> None:
    app = build("pricing_app")
    routes = APIRouter()

    @routes.get("/hidden", dependencies=[public("to be found")], include_in_schema=False)
    async def hidden() -> None: ...

    app.include_router(routes)
    paths = {getattr(route, "path", "") for route in served(app)}
    assert "/hidden" in paths
    assert "/hidden" not in app.openapi()["paths"]
