"""What shoppers ask, and what they are answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from store.domain.entry import Entry

MOST_A_PAGE = 100
MOST_FILTERS = 20
MOST_VALUES = 50
"""Values of one filter."""
MOST_FACETS = 30
MOST_FACET_VALUES = 20
"""Facets, and values of each, that are told: those with the highest counts."""
CATEGORY = "category"
"""The facet of categories; no characteristic's facet is mistaken for it, as theirs begin with `attr.`."""


Bound = Literal["gt", "gte", "lt", "lte"]


class By(StrEnum):
    """What entries are sorted by: `published` is when what is sold was published.

    The id breaks ties, so that pages neither skip nor repeat.
    """

    RELEVANCE = "relevance"
    NAME = "name"
    PRICE = "price"
    PUBLISHED = "published"


@dataclass(frozen=True, kw_only=True)
class OneOf:
    """An attribute whose value, spelled as text, is one of these; also the values of facets."""

    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Range:
    """A numeric attribute, or a date, within bounds.

    Without a `dimension` the bounds are numbers in the characteristic's own unit (of a date, days from the
    year 1); with one they are in its base units, and match whatever unit the characteristic has.
    """

    key: str
    dimension: str | None = None
    bounds: Mapping[Bound, float]


@dataclass(frozen=True, kw_only=True)
class PriceRange:
    """A from-amount within bounds, in a currency."""

    gte: Decimal | None = None
    lte: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a page ended: the sorted value of its last entry, and its id."""

    value: str
    id: str


@dataclass(frozen=True, kw_only=True)
class Search:
    """A question. All conditions must hold; `words` are those of the text that is searched for.

    `category` is a path, and stands for all below it. With a `currency` only what is sold in it is found, and
    prices are compared in it; a price range and an order by price have one. `after` continues a page;
    `facets` and the total are counted when `counted`.
    """

    words: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    one_of: Sequence[OneOf] = ()
    ranges: Sequence[Range] = ()
    currency: str | None = None
    price: PriceRange = field(default_factory=PriceRange)
    by: By = By.NAME
    descending: bool = False
    limit: int = 24
    after: Place | None = None
    counted: bool = True


@dataclass(frozen=True, kw_only=True)
class FacetValue:
    """How many entries have a value; `label` is for people."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Facet:
    """The values of a characteristic (or the categories) among what was found, the most frequent first.

    Of a facet that is chosen from, the counts are those without that choice: its siblings stay in sight.
    """

    key: str
    label: str
    values: Sequence[FacetValue]


@dataclass(frozen=True, kw_only=True)
class Found:
    """A page: `total` counts all that was found; it and the facets are None when they were not counted."""

    items: Sequence[Entry]
    next: Place | None
    total: int | None = None
    facets: Sequence[Facet] | None = None
