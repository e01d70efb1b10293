"""The address at which the store says, before something is published, whether it could show that."""

from fastapi import APIRouter

from kernel.http import Author, GuardedRoute, ProblemView, View
from store.use_cases.check import Check, Checked
from store_app.container import Container


class CheckedView(View):
    """All that is in the way of showing it."""

    problems: list[ProblemView]


def check_routes(app: Container) -> APIRouter:
    """Check what an offering says. It is a POST that changes nothing, so no reply is kept for repetitions."""
    routes = APIRouter(prefix="/store", tags=["store"], route_class=GuardedRoute)

    @routes.post("/check", response_model=CheckedView)
    async def check_entry(by: Author, wanted: Check) -> Checked:
        """Why an offering that says this could not be shown. What is not known here yet is no problem."""
        return await app.check()(wanted)

    return routes
