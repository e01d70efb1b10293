"""The addresses of the specification service."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from kernel.http import (
    AggregateView,
    Author,
    GuardedRoute,
    IdempotentRoute,
    ListQuery,
    OnBehalf,
    PageView,
    ProblemView,
    Reader,
    SeenVersion,
    View,
    shown,
)
from kernel.query import Page
from specification.domain import CharacteristicUse, Specification, Status
from specification.use_cases.check_values import Check, Checked
from specification.use_cases.define import Define
from specification.use_cases.revise import Revise
from specification_app.container import Container


class SpecificationView(AggregateView):
    """A specification as everybody sees it; `characteristicKeys` are in the order of `uses`."""

    name: str
    description: str
    uses: list[CharacteristicUse]
    characteristic_keys: list[str]
    status: Status


class CheckedView(View):
    """All that is wrong with the values, and with publishing them when that was asked."""

    problems: list[ProblemView]


class SpecificationList(ListQuery):
    """Which specifications are listed."""

    sortable = ("key", "name", "status", "created_at", "modified_at")
    several = ("key",)

    key: str | None = None
    name: str | None = None
    status: Status | None = None


def specification_routes(app: Container) -> APIRouter:
    """Define, revise, activate, retire, delete, get, list.

    With an Idempotency-Key the transaction is open around the whole route, and so around the call to the
    characteristic service. It is bounded: the call ends after two seconds, and a transaction may be idle for
    fifteen. Without a key no transaction waits for the call.
    """
    routes = APIRouter(prefix="/specifications", tags=["specification"], route_class=IdempotentRoute)

    @routes.post("", status_code=201, response_model=SpecificationView)
    async def define_specification(
        by: Author, on_behalf: OnBehalf, wanted: Define, response: Response
    ) -> Specification:
        return shown(await app.define()(wanted, by, on_behalf), response, created="specifications")

    @routes.get("", response_model=PageView[SpecificationView])
    async def list_specifications(
        by: Reader, wanted: Annotated[SpecificationList, Query()]
    ) -> Page[Specification]:
        return await app.list()(wanted.query(), by)

    @routes.get("/{id}", response_model=SpecificationView)
    async def get_specification(by: Reader, id: UUID, response: Response) -> Specification:
        return shown(await app.get()(id, by), response)

    @routes.put("/{id}", response_model=SpecificationView)
    async def revise_specification(
        by: Author, on_behalf: OnBehalf, id: UUID, version: SeenVersion, wanted: Revise, response: Response
    ) -> Specification:
        return shown(await app.revise()(id, version, wanted, by, on_behalf), response)

    @routes.post("/{id}/activate", response_model=SpecificationView)
    async def activate_specification(
        by: Author, on_behalf: OnBehalf, id: UUID, version: SeenVersion, response: Response
    ) -> Specification:
        return shown(await app.activate()(id, version, by, on_behalf), response)

    @routes.post("/{id}/retire", response_model=SpecificationView)
    async def retire_specification(
        by: Author, id: UUID, version: SeenVersion, response: Response
    ) -> Specification:
        return shown(await app.retire()(id, version, by), response)

    @routes.delete("/{id}", status_code=204)
    async def delete_specification(by: Author, id: UUID, version: SeenVersion) -> None:
        await app.delete()(id, version, by)

    return routes


def check_routes(app: Container) -> APIRouter:
    """Check an offering's values. It is a POST that changes nothing, so no reply is kept for a repetition."""
    routes = APIRouter(prefix="/specifications", tags=["specification"], route_class=GuardedRoute)

    @routes.post("/{id}/check", response_model=CheckedView)
    async def check_values(by: Reader, on_behalf: OnBehalf, id: UUID, wanted: Check) -> Checked:
        return await app.check_values()(id, wanted, by, on_behalf)

    return routes
