"""The addresses of what was written down of an aggregate: the same for every kind."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from kernel.auth import Role
from kernel.http.listing import PageView
from kernel.http.policy import GuardedRoute, allow
from kernel.http.views import View
from kernel.query import MOST_A_PAGE, MOST_PAGES, Page
from kernel.records import Change, Records


class ChangeView(View):
    """What happened at a version; `changes` has the fields that differ, as [before, after]."""

    version: int
    at: datetime
    by: str
    what: str
    changes: dict[str, list[Any]]


class UserView(View):
    """Something that uses another: its kind ("offering"), id, and the key that people know it by."""

    kind: str
    id: UUID
    key: str


class UsersView(View):
    """All that uses something, by kind and key."""

    items: list[UserView]


def record_routes(prefix: str, kind: str, records: Records, *, used: bool) -> APIRouter:
    """`{prefix}/{id}/history`: who has changed it; `{prefix}/{id}/users`, if it may be used: what uses it."""
    routes = APIRouter(
        prefix=prefix, tags=[prefix.strip("/")], route_class=GuardedRoute, dependencies=[allow(Role.READER)]
    )

    @routes.get(
        "/{id}/history", name=f"{kind}_history", response_model=PageView[ChangeView], responses={404: {}}
    )
    async def history(
        id: UUID,
        page: Annotated[int, Query(ge=1, le=MOST_PAGES)] = 1,
        size: Annotated[int, Query(ge=1, le=MOST_A_PAGE)] = 20,
    ) -> Page[Change]:
        return await records.history(id, page=page, size=size)

    if used:

        @routes.get("/{id}/users", name=f"{kind}_users")
        async def users(id: UUID) -> UsersView:
            return UsersView(items=[UserView.model_validate(one) for one in await records.users(id)])

    return routes
