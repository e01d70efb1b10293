"""The addresses of publications: publish, watch, help on. Offerings themselves are in `routes`."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import StreamingResponse

from kernel.auth import Principal
from kernel.domain import now
from kernel.errors import CatalogError
from kernel.http import (
    GuardedRoute,
    IdempotentRoute,
    ListQuery,
    Operator,
    PageView,
    ProblemView,
    Publisher,
    Reader,
    SeenVersion,
    View,
    refusal,
)
from kernel.query import Filter, Page
from offering.domain import Account, Cause, Progress, Publication, Step
from offering.use_cases.publish_many import PublishMany
from offering_app.container import Container
from offering_app.streams import EventStream


class PublicationView(View):
    """How a publication is, without its steps."""

    id: UUID
    offering_id: UUID
    offering_key: str
    offering_version: int
    status: Progress
    requested_at: datetime
    requested_by: str
    ended_at: datetime | None
    cause: Cause | None


class AccountView(PublicationView):
    """How far a publication is. `steps` is null when nobody knows them now: `note` says why."""

    problems: list[ProblemView]
    steps: list[Step] | None
    next_action: str
    note: str | None

    @classmethod
    def of(cls, account: Account) -> "AccountView":
        """The view of what is told."""
        found = account.publication
        problems = [ProblemView.model_validate(one, from_attributes=True) for one in found.problems]
        plain = PublicationView.model_validate(found).model_dump()
        return cls(
            **{**plain, "status": account.status},
            problems=problems,
            steps=None if account.steps is None else list(account.steps),
            next_action=account.next_action,
            note=account.note,
        )


class OutcomeView(View):
    """What became of one of many: 202 with its publication, or another status with problem details."""

    id: UUID
    status: int
    publication_id: UUID | None = None
    problem: dict[str, Any] | None = None


class OutcomesView(View):
    """One for each offering, in the order given."""

    items: list[OutcomeView]


class OfferingPublicationList(ListQuery):
    """Which publications of an offering are listed; the newest first, unless sorted otherwise."""

    sortable: ClassVar[tuple[str, ...]] = ("requested_at", "ended_at", "status")

    status: Progress | None = None


class PublicationList(OfferingPublicationList):
    """Which publications are listed; the newest first, unless sorted otherwise."""

    sortable: ClassVar[tuple[str, ...]] = (*OfferingPublicationList.sortable, "offering_key")
    several = ("offering_key",)

    offering_id: UUID | None = None
    offering_key: str | None = None


_ACCEPTED: dict[int | str, dict[str, Any]] = {
    202: {
        "description": "Accepted: the publication goes on by itself.",
        "headers": {
            "Location": {
                "description": "Where to see how far it is, relative to the address of the request.",
                "schema": {"type": "string"},
            }
        },
    }
}
_FIELDS = {name: {"type": "string"} for name in ("event", "id", "data")}
_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-sent events: `publication` with what GET /publications/{id} answers, the "
        "present state at once and then each change, until the publication has ended.",
        "content": {"text/event-stream": {"schema": {"type": "object", "properties": _FIELDS}}},
    }
}


_PATIENCE = timedelta(seconds=5)
"""How long a stream waits for the steps of what has ended, when the engine is away just then."""


def publication_routes(app: Container) -> APIRouter:
    """Publish, see how far that is, and help on what is stuck."""
    routes = APIRouter(tags=["publication"], route_class=IdempotentRoute)

    @routes.post(
        "/offerings/{id}/publish", status_code=202, response_model=PublicationView, responses=_ACCEPTED
    )
    async def publish_offering(
        by: Publisher, id: UUID, version: SeenVersion, response: Response
    ) -> Publication:
        publication = await app.publish()(id, version, by)
        # Relative to /offerings/{id}/publish (RFC 3986, section 5.2), so it is true behind any prefix.
        response.headers["Location"] = f"../../publications/{publication.id}"
        return publication

    @routes.post("/publications", response_model=OutcomesView, response_model_exclude_none=True)
    async def publish_offerings(by: Publisher, wanted: PublishMany) -> OutcomesView:
        found = await app.publish_many()(wanted, by)
        pairs = zip(wanted.offerings, found, strict=True)
        return OutcomesView(items=[_outcome(asked.id, one) for asked, one in pairs])

    @routes.get("/publications", response_model=PageView[PublicationView])
    async def list_publications(by: Reader, wanted: Annotated[PublicationList, Query()]) -> Page[Publication]:
        return await app.list_publications()(wanted.query(), by)

    @routes.get("/offerings/{id}/publications", response_model=PageView[PublicationView])
    async def list_publications_of_offering(
        by: Reader, id: UUID, wanted: Annotated[OfferingPublicationList, Query()]
    ) -> Page[Publication]:
        query = wanted.query()
        query = replace(query, filters=(*query.filters, Filter("offering_id", (str(id),))))
        return await app.list_publications()(query, by)

    @routes.get("/publications/{id}", response_model=AccountView)
    async def get_publication(by: Reader, id: UUID) -> AccountView:
        return AccountView.of(await app.get_publication()(id, by))

    @routes.get(
        "/publications/{id}/events", response_class=StreamingResponse, response_model=None, responses=_EVENTS
    )
    async def watch_publication(by: Reader, id: UUID, request: Request) -> Response:
        look = _looking(app, id, by)
        await look()  # NotFound is an answer, and no stream
        return EventStream(app.streams(), request.app.state.readiness, id, "publication", look, by)

    @routes.post("/publications/{id}/retry", response_model=AccountView)
    async def retry_publication(by: Operator, id: UUID) -> AccountView:
        await app.retry()(id, by)
        app.streams().wake(id)
        return AccountView.of(await app.get_publication()(id, by))

    return routes


def cancel_routes(app: Container) -> APIRouter:
    """Give a publication up.

    A key of the request is not needed here, as once more changes nothing, and would do harm: it puts one
    transaction around the whole route, while the rejection must be kept before the process is ended.
    """
    routes = APIRouter(prefix="/publications", tags=["publication"], route_class=GuardedRoute)

    @routes.post("/{id}/cancel", response_model=AccountView)
    async def cancel_publication(by: Operator, id: UUID) -> AccountView:
        await app.cancel()(id, by)
        app.streams().wake(id)
        return AccountView.of(await app.get_publication()(id, by))

    return routes


def _looking(app: Container, id: UUID, by: Principal) -> Callable[[], Awaitable[tuple[str, bool]]]:
    async def look() -> tuple[str, bool]:
        account = await app.get_publication()(id, by)
        document = AccountView.of(account).model_dump_json(by_alias=True)
        end = account.publication.ended_at
        told = end is not None and (account.steps is not None or now() - end > _PATIENCE)
        return document, told

    return look


def _outcome(id: UUID, found: Publication | CatalogError) -> OutcomeView:
    if isinstance(found, Publication):
        return OutcomeView(id=id, status=202, publication_id=found.id)
    answer = refusal(found)
    return OutcomeView(id=id, status=answer.status_code, problem=json.loads(bytes(answer.body)))
