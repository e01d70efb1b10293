"""The addresses of the pricing service."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from kernel.http import (
    AggregateView,
    Author,
    GuardedRoute,
    IdempotentRoute,
    ListQuery,
    Operator,
    PageView,
    ProblemView,
    Reader,
    SeenVersion,
    View,
    shown,
)
from kernel.query import Page
from kernel.validity import Validity
from kernel.written import WrittenDecimal
from pricing.domain import Hold, Kind, Mode, Period, Price, Rate, Tier
from pricing.use_cases.charge import Charge, Charged
from pricing.use_cases.check import Check, Checked
from pricing.use_cases.define import Define
from pricing.use_cases.hold import Hold as WantedHold
from pricing.use_cases.lookup import Found, Lookup
from pricing.use_cases.revise import Revise
from pricing_app.container import Container


class PriceView(AggregateView):
    """A price as everybody sees it."""

    name: str
    description: str
    kind: Kind
    money: Rate
    period: Period | None
    unit_of_measure: str | None
    tiers: list[Tier]
    mode: Mode | None
    valid_for: Validity
    tax_included: bool
    holds: list[Hold]
    last_token: int
    locked: bool


class FoundView(View):
    """The prices that exist, and the ids of those that do not."""

    items: list[PriceView]
    missing: list[UUID]


class CheckedView(View):
    """What is wrong with an offering's prices, with pointers into its `priceIds`."""

    problems: list[ProblemView]


class ChargeView(View):
    """What a quantity costs, exactly: an amount may be finer than the currency is paid."""

    quantity: WrittenDecimal
    amount: WrittenDecimal
    currency: str


class PriceList(ListQuery):
    """Which prices are listed. Amounts are sorted as numbers, whatever the currency."""

    sortable = ("key", "name", "kind", "currency", "amount", "locked", "created_at", "modified_at")
    several = ("key",)

    key: str | None = None
    name: str | None = None
    kind: Kind | None = None
    currency: str | None = None
    locked: bool | None = None


def price_routes(app: Container) -> APIRouter:
    """Define, revise, delete, get, list."""
    routes = APIRouter(prefix="/prices", tags=["price"], route_class=IdempotentRoute)

    @routes.post("", status_code=201, response_model=PriceView)
    async def define_price(by: Author, wanted: Define, response: Response) -> Price:
        return shown(await app.define()(wanted, by), response, created="prices")

    @routes.get("", response_model=PageView[PriceView])
    async def list_prices(by: Reader, wanted: Annotated[PriceList, Query()]) -> Page[Price]:
        return await app.list()(wanted.query(), by)

    @routes.get("/{id}", response_model=PriceView)
    async def get_price(by: Reader, id: UUID, response: Response) -> Price:
        return shown(await app.get()(id, by), response)

    @routes.put("/{id}", response_model=PriceView)
    async def revise_price(
        by: Author, id: UUID, version: SeenVersion, wanted: Revise, response: Response
    ) -> Price:
        return shown(await app.revise()(id, version, wanted, by), response)

    @routes.delete("/{id}", status_code=204)
    async def delete_price(by: Author, id: UUID, version: SeenVersion) -> None:
        await app.delete()(id, version, by)

    return routes


def hold_routes(app: Container) -> APIRouter:
    """Hold and release by hand, to repair what the publish process has left; that has use cases of its own.

    Both ensure a state, of whatever version the price is, so neither asks for If-Match.
    """
    routes = APIRouter(prefix="/prices/{id}/holds", tags=["price"], route_class=IdempotentRoute)

    @routes.post("", response_model=PriceView)
    async def hold_price(by: Operator, id: UUID, wanted: WantedHold, response: Response) -> Price:
        return shown(await app.hold()(id, wanted, by), response)

    @routes.delete("/{publicationId}", status_code=204)
    async def release_price(
        by: Operator, id: UUID, publication_id: Annotated[UUID, Path(alias="publicationId")]
    ) -> None:
        await app.release()(id, publication_id, by)

    return routes


def asking_routes(app: Container) -> APIRouter:
    """Look up, check, charge: POSTs that change nothing, so no reply is kept for an Idempotency-Key."""
    routes = APIRouter(prefix="/prices", tags=["price"], route_class=GuardedRoute)

    @routes.post("/lookup", response_model=FoundView)
    async def lookup_prices(by: Reader, wanted: Lookup) -> Found:
        return await app.lookup()(wanted, by)

    @routes.post("/check", response_model=CheckedView)
    async def check_prices(by: Reader, wanted: Check) -> Checked:
        return await app.check()(wanted, by)

    @routes.post("/{id}/charge", response_model=ChargeView)
    async def charge_price(by: Reader, id: UUID, wanted: Charge) -> Charged:
        return await app.charge()(id, wanted, by)

    return routes
