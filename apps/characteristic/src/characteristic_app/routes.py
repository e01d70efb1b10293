"""The addresses of the characteristic service."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict

from characteristic.domain import AllowedValue, Characteristic, Constraints, Status, ValueType
from characteristic.use_cases.define import Define
from characteristic.use_cases.lookup import Found, Lookup
from characteristic.use_cases.revise import Revise
from characteristic_app.container import Container
from kernel.auth import Principal, Role
from kernel.domain import camel
from kernel.http import GuardedRoute, IdempotentRoute, ListQuery, PageView, SeenVersion, allow, tag
from kernel.query import Page

Reader = Annotated[Principal, allow(Role.READER)]
Author = Annotated[Principal, allow(Role.AUTHOR)]


class _View(BaseModel):
    model_config = ConfigDict(alias_generator=camel, populate_by_name=True, from_attributes=True)


class CharacteristicView(_View):
    """A characteristic as everybody sees it."""

    id: UUID
    key: str
    version: int
    name: str
    description: str
    value_type: ValueType
    unit: str | None
    constraints: Constraints
    allowed_values: list[AllowedValue]
    multiple: bool
    status: Status
    created_at: datetime
    created_by: str
    modified_at: datetime
    modified_by: str


class FoundView(_View):
    """The characteristics that exist, and the ids of those that do not."""

    items: list[CharacteristicView]
    missing: list[UUID]


class CharacteristicList(ListQuery):
    """Which characteristics are listed."""

    sortable = ("key", "name", "value_type", "unit", "status", "created_at", "modified_at")

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
        characteristic = await app.define()(wanted, by)
        response.headers["Location"] = (
            f"characteristics/{characteristic.id}"  # relative: true behind any prefix
        )
        tag(response, characteristic.version)
        return characteristic

    @routes.get("", response_model=PageView[CharacteristicView])
    async def list_characteristics(
        by: Reader, wanted: Annotated[CharacteristicList, Query()]
    ) -> Page[Characteristic]:
        return await app.list()(wanted.query(), by)

    @routes.get("/{id}", response_model=CharacteristicView)
    async def get_characteristic(by: Reader, id: UUID, response: Response) -> Characteristic:
        characteristic = await app.get()(id, by)
        tag(response, characteristic.version)
        return characteristic

    @routes.put("/{id}", response_model=CharacteristicView)
    async def revise_characteristic(
        by: Author, id: UUID, version: SeenVersion, wanted: Revise, response: Response
    ) -> Characteristic:
        characteristic = await app.revise()(id, version, wanted, by)
        tag(response, characteristic.version)
        return characteristic

    @routes.post("/{id}/deprecate", response_model=CharacteristicView)
    async def deprecate_characteristic(
        by: Author, id: UUID, version: SeenVersion, response: Response
    ) -> Characteristic:
        characteristic = await app.deprecate()(id, version, by)
        tag(response, characteristic.version)
        return characteristic

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
