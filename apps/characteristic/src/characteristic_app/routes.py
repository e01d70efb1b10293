"""The addresses of the characteristic service."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from characteristic.domain import AllowedValue, Characteristic, Constraints, Status, ValueType
from characteristic.use_cases.define import Define
from characteristic.use_cases.lookup import Found, Lookup
from characteristic.use_cases.revise import Revise
from characteristic_app.container import Container
from kernel.http import (
    AggregateView,
    Author,
    GuardedRoute,
    IdempotentRoute,
    ListQuery,
    PageView,
    ProblemView,
    Reader,
    SeenVersion,
    View,
    shown,
)
from kernel.query import Page


class CharacteristicView(AggregateView):
    """A characteristic as everybody sees it."""

    name: str
    description: str
    value_type: ValueType
    unit: str | None
    constraints: Constraints
    allowed_values: list[AllowedValue]
    multiple: bool
    status: Status


class FoundView(View):
    """The characteristics that exist, the ids of those that do not, and the values that may not be said."""

    items: list[CharacteristicView]
    missing: list[UUID]
    problems: list[ProblemView]


class CharacteristicList(ListQuery):
    """Which characteristics are listed."""

    sortable = ("key", "name", "value_type", "unit", "status", "created_at", "modified_at")
    several = ("key",)

    key: str | None = None
    name: str | None = None
    value_type: ValueType | None = None
    unit: str | None = None
    status: Status | None = None


def characteristic_routes(app: Container) -> APIRouter:
    """Define, revise, deprecate, delete, get, list."""
    routes = APIRouter(prefix="/characteristics", tags=["characteristic"], route_class=IdempotentRoute)

    @routes.post("", status_code=201, response_model=CharacteristicView)
    async def define_characteristic(by: Author, wanted: Define, response: Response) -> Characteristic:
        return shown(await app.define()(wanted, by), response, created="characteristics")

    @routes.get("", response_model=PageView[CharacteristicView])
    async def list_characteristics(
        by: Reader, wanted: Annotated[CharacteristicList, Query()]
    ) -> Page[Characteristic]:
        return await app.list()(wanted.query(), by)

    @routes.get("/{id}", response_model=CharacteristicView)
    async def get_characteristic(by: Reader, id: UUID, response: Response) -> Characteristic:
        return shown(await app.get()(id, by), response)

    @routes.put("/{id}", response_model=CharacteristicView)
    async def revise_characteristic(
        by: Author, id: UUID, version: SeenVersion, wanted: Revise, response: Response
    ) -> Characteristic:
        return shown(await app.revise()(id, version, wanted, by), response)

    @routes.post("/{id}/deprecate", response_model=CharacteristicView)
    async def deprecate_characteristic(
        by: Author, id: UUID, version: SeenVersion, response: Response
    ) -> Characteristic:
        return shown(await app.deprecate()(id, version, by), response)

    @routes.delete("/{id}", status_code=204)
    async def delete_characteristic(by: Author, id: UUID, version: SeenVersion) -> None:
        await app.delete()(id, version, by)

    return routes


def lookup_routes(app: Container) -> APIRouter:
    """Look up many at once. It is a POST that changes nothing, so no reply is kept for an Idempotency-Key."""
    routes = APIRouter(prefix="/characteristics", tags=["characteristic"], route_class=GuardedRoute)

    @routes.post("/lookup", response_model=FoundView)
    async def lookup_characteristics(by: Reader, wanted: Lookup) -> Found:
        return await app.lookup()(wanted, by)

    return routes
