"""The addresses of the store service."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import TypeAdapter

from kernel.http import Reader, View, public
from kernel.validity import Validity
from kernel.written import WrittenDecimal
from store.domain.entry import Entry
from store.domain.search import Found, Search
from store.domain.sources import Period, Tier
from store.use_cases.tell import Status
from store_app.container import Container
from store_app.questions import StoreQuery, cursor_at
from store_app.written import WrittenEntries

_NONE = '"items":[]'
"""How a page begins that has no entries yet: it is the first of its fields."""


class AttributeView(View):
    """One value that is said of a product."""

    key: str
    label: str
    type: str
    value: Any
    text: str
    number: float | None
    unit: str | None


class EntryPriceView(View):
    """What it costs; with tiers `amount` is that of the first."""

    id: UUID
    key: str
    name: str
    kind: str
    amount: WrittenDecimal
    currency: str
    period: Period | None
    unit_of_measure: str | None
    tiers: list[Tier]
    mode: str | None
    valid_for: Validity
    tax_included: bool


class NamedView(View):
    """The key and the name of something."""

    key: str
    name: str


class EntryView(View):
    """An offering as shoppers see it. `fromAmounts` are by currency what it costs at least."""

    id: UUID
    key: str
    version: int
    name: str
    description: str
    category: str
    image_url: str | None
    specification: NamedView
    attributes: list[AttributeView]
    prices: list[EntryPriceView]
    from_amounts: dict[str, WrittenDecimal]
    valid_for: Validity
    published_at: datetime
    committed_at: datetime
    visible_at: datetime | None


class FacetValueView(View):
    """How many entries have a value."""

    value: str
    label: str
    count: int


class FacetView(View):
    """The values to choose from; `key` is the name of the parameter that does."""

    key: str
    label: str
    values: list[FacetValueView]


class FoundView(View):
    """A page. `total` and `facets` are null when they were not counted, as behind a cursor."""

    items: list[EntryView]
    total: int | None
    facets: list[FacetView] | None
    next: str | None


class LagView(View):
    """From commit to visible, in seconds; `buckets` count up to each of `bounds`, and what took longer."""

    count: int
    p50: float
    p95: float
    most: float
    bounds: list[float]
    buckets: list[int]


class StatusView(View):
    """How the store is."""

    entries: int
    stale: int
    lag: LagView


_FACETS: TypeAdapter[list[FacetView] | None] = TypeAdapter(list[FacetView] | None)


def store_routes(app: Container) -> APIRouter:
    """Search, look, and how the store is."""
    routes = APIRouter(prefix="/store", tags=["store"])
    everybody = public("shoppers need no account")

    @routes.get("/offerings", response_model=FoundView, dependencies=[everybody], responses={400: {}})
    async def search_store(asked: Annotated[StoreQuery, Query()]) -> Response:
        """What can be bought now.

        Each characteristic has parameters of its own: `attr.KEY=value,value` finds what has one of them,
        `attr.KEY.gte=8` (gt, lt, lte) what is within bounds, in the characteristic's own unit or, as in
        `8 GB`, in any of the same dimension. Dates are bounds, too.
        """
        wanted = asked.search()
        return _shown(await app.search()(wanted), wanted)

    @routes.get("/offerings/{key}", response_model=EntryView, dependencies=[everybody], responses={409: {}})
    async def get_store_entry(
        key: Annotated[str, Path(max_length=100)],
        min_version: Annotated[int, Query(alias="min_version", ge=0, lt=2**31)] = 0,
    ) -> Entry:
        """What is for sale under a key.

        Who has written version `min_version` of the offering reads that or a later one: the answer waits for
        it for two seconds, and is `behind` (409) then.
        """
        return await app.get()(key, min_version)

    @routes.get("/status", response_model=StatusView)
    async def tell_store_status(by: Reader) -> Status:
        return await app.status()()

    return routes


def _shown(found: Found, wanted: Search) -> Response:
    """The page; entries whose JSON is at hand are put into it as they are."""
    written = isinstance(found.items, WrittenEntries)
    page = FoundView(
        items=[] if written else [EntryView.model_validate(one) for one in found.items],
        total=found.total,
        facets=_FACETS.validate_python(found.facets),
        next=None if found.next is None else cursor_at(found.next, wanted),
    )
    text = page.model_dump_json(by_alias=True)
    if isinstance(found.items, WrittenEntries):
        text = text.replace(_NONE, f'"items":[{",".join(found.items.texts)}]', 1)
    return Response(text, media_type="application/json")
