"""The addresses of offerings; those of their publications are in `publication_routes`."""

from datetime import datetime
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
    Publisher,
    Reader,
    SeenVersion,
    View,
    shown,
)
from kernel.query import Page
from offering.domain import Content, Offering, Status
from offering.use_cases.draft import Draft
from offering.use_cases.preflight import Verdict
from offering.use_cases.revise import Revise
from offering_app.container import Container


class FailureView(View):
    """Why a publication was rejected."""

    code: str
    message: str
    problems: list[ProblemView]
    publication_id: UUID


class OfferingView(AggregateView):
    """An offering as everybody who works on it sees it."""

    status: Status
    draft: Content | None
    live: Content | None
    publication_id: UUID | None
    failure: FailureView | None
    published_at: datetime | None


class VerdictView(View):
    """Whether the draft could be published, and all that is in the way."""

    publishable: bool
    problems: list[ProblemView]


class OfferingList(ListQuery):
    """Which offerings are listed. Name and category are the draft's where there is one."""

    sortable = ("key", "name", "status", "category", "created_at", "modified_at")
    several = ("key",)

    key: str | None = None
    name: str | None = None
    status: Status | None = None
    category: str | None = None


def offering_routes(app: Container) -> APIRouter:
    """Draft, revise, discard, delete, retire, get, list."""
    routes = APIRouter(prefix="/offerings", tags=["offering"], route_class=IdempotentRoute)

    @routes.post("", status_code=201, response_model=OfferingView)
    async def draft_offering(by: Author, wanted: Draft, response: Response) -> Offering:
        return shown(await app.draft()(wanted, by), response, created="offerings")

    @routes.get("", response_model=PageView[OfferingView])
    async def list_offerings(by: Reader, wanted: Annotated[OfferingList, Query()]) -> Page[Offering]:
        return await app.list()(wanted.query(), by)

    @routes.get("/{id}", response_model=OfferingView)
    async def get_offering(by: Reader, id: UUID, response: Response) -> Offering:
        return shown(await app.get()(id, by), response)

    @routes.put("/{id}", response_model=OfferingView)
    async def revise_offering(
        by: Author, id: UUID, version: SeenVersion, wanted: Revise, response: Response
    ) -> Offering:
        return shown(await app.revise()(id, version, wanted, by), response)

    @routes.delete("/{id}/draft", response_model=OfferingView)
    async def discard_draft(by: Author, id: UUID, version: SeenVersion, response: Response) -> Offering:
        return shown(await app.discard()(id, version, by), response)

    @routes.post("/{id}/retire", response_model=OfferingView)
    async def retire_offering(by: Publisher, id: UUID, version: SeenVersion, response: Response) -> Offering:
        return shown(await app.retire()(id, version, by), response)

    @routes.delete("/{id}", status_code=204)
    async def delete_offering(by: Author, id: UUID, version: SeenVersion) -> None:
        await app.delete()(id, version, by)

    return routes


def preflight_routes(app: Container) -> APIRouter:
    """Ask whether a draft could be published. It changes nothing, so no reply is kept for a repetition."""
    routes = APIRouter(prefix="/offerings", tags=["offering"], route_class=GuardedRoute)

    @routes.post("/{id}/preflight", response_model=VerdictView)
    async def preflight_offering(by: Author, on_behalf: OnBehalf, id: UUID) -> Verdict:
        return await app.preflight()(id, by, on_behalf)

    return routes
