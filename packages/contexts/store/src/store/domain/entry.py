"""What shoppers see: one entry for each offering, with all that is said of it and what it costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from kernel.domain import camel
from kernel.validity import Validity
from kernel.written import WrittenDecimal
from store.domain.sources import Period, Tier


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A part of what shoppers see. Its JSON is camelCase, and is read by the names of fields, too."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"alias_generator": camel, "populate_by_name": True}


@dataclass(frozen=True, kw_only=True)
class Attribute(Shown):
    """One value that is said of a product; of several values of a characteristic each is one.

    `key` and `label` are the characteristic's, `type` its type of value, `value` what is said as JSON, `text`
    the same for people (a choice has labels). Of a number `number` is its size in `unit`, of a date its day
    counted from the year 1. `size` is the number in the base units of its `dimension`, to be compared with
    numbers in other units; None when the unit has no exact conversion.
    """

    key: str
    label: str
    type: str
    value: object
    text: str
    number: float | None = None
    unit: str | None = None
    dimension: str | None = None
    size: float | None = None


@dataclass(frozen=True, kw_only=True)
class EntryPrice(Shown):
    """What it costs. `amount` is that of a unit, with tiers that of the first one."""

    id: UUID
    key: str
    name: str
    kind: str
    amount: WrittenDecimal
    currency: str
    period: Period | None = None
    unit_of_measure: str | None = None
    tiers: tuple[Tier, ...] = ()
    mode: str | None = None
    valid_for: Validity = field(default_factory=Validity)
    tax_included: bool = False


@dataclass(frozen=True, kw_only=True)
class Named(Shown):
    """The key and the name of something."""

    key: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Entry(Shown):
    """An offering as it is sold, in a version of it.

    `from_amounts` are by currency the least that it costs: of the recurring prices that are valid, or where
    there are none of those that are due once, or else of those for usage. It is true until `recheck_at`, when
    the validity of a price begins or ends. `published_at` is when what is sold was published, `committed_at`
    when this version of the offering was written (a draft beside what is sold makes a new one), `visible_at`
    when the store first showed it.

    `sources` are the versions of all that it was composed of. Entries are not told apart by them: of a price
    there may be newer ones that show the same.
    """

    id: UUID
    key: str
    version: int
    name: str
    description: str
    category: str
    image_url: str | None
    specification: Named
    attributes: Sequence[Attribute]
    prices: Sequence[EntryPrice]
    from_amounts: Mapping[str, WrittenDecimal]
    valid_for: Validity
    recheck_at: datetime | None
    sources: Mapping[UUID, int] = field(compare=False)
    published_at: datetime
    committed_at: datetime
    visible_at: datetime | None = None

    def on_sale(self, now: datetime) -> bool:
        """Whether it can be bought: it is valid, and so is a price of it."""
        return bool(self.from_amounts) and self.valid_for.covers(now)
