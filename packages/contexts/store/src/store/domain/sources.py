"""What the store hears of the write sides, in its own words, and the copies that it keeps of that."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from kernel.domain import Heard, HeardPart
from kernel.validity import Validity
from kernel.written import WrittenDecimal

_NO_TIME = datetime.fromtimestamp(0, UTC)


class Kind(StrEnum):
    """Whose state a copy has."""

    CHARACTERISTIC = "characteristic"
    SPECIFICATION = "specification"
    PRICE = "price"
    OFFERING = "offering"


@dataclass(frozen=True, kw_only=True)
class Source(Heard):
    """The state of an aggregate of a write side at a version; `modified_at` is when that was written."""

    of: ClassVar[Kind]

    modified_at: datetime


@dataclass(frozen=True, kw_only=True)
class AllowedValue(HeardPart):
    """One value of a choice: its code, and what people read."""

    code: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Characteristic(Source):
    """What can be said of a product; `unit` is a UCUM code."""

    of: ClassVar[Kind] = Kind.CHARACTERISTIC

    name: str
    value_type: str
    unit: str | None = None
    allowed_values: tuple[AllowedValue, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Use(HeardPart):
    """That a kind of product has a characteristic."""

    characteristic_id: UUID


@dataclass(frozen=True, kw_only=True)
class Specification(Source):
    """A kind of product. The keys of its characteristics stand in the order of its uses."""

    of: ClassVar[Kind] = Kind.SPECIFICATION

    name: str
    uses: tuple[Use, ...] = ()
    characteristic_keys: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Rate(HeardPart):
    """What a unit costs, unless tiers say it."""

    amount: WrittenDecimal | None = None
    currency: str


@dataclass(frozen=True, kw_only=True)
class Period(HeardPart):
    """After how many days, months or years a recurring price is due again."""

    unit: str
    length: int = 1


@dataclass(frozen=True, kw_only=True)
class Tier(HeardPart):
    """What a unit costs from a quantity on."""

    from_: WrittenDecimal
    amount: WrittenDecimal


@dataclass(frozen=True, kw_only=True)
class Hold(HeardPart):
    """That a publication relies on a price staying as it is."""

    publication_id: UUID


@dataclass(frozen=True, kw_only=True)
class Price(Source):
    """What something costs; `kind` is ONE_TIME, RECURRING or USAGE."""

    of: ClassVar[Kind] = Kind.PRICE

    name: str
    kind: str
    money: Rate
    period: Period | None = None
    unit_of_measure: str | None = None
    tiers: tuple[Tier, ...] = ()
    mode: str | None = None
    valid_for: Validity = field(default_factory=Validity)
    tax_included: bool = False
    holds: tuple[Hold, ...] = ()

    @property
    def shown(self) -> "Price":
        """The same without all that no entry shows: who holds it, and in which version."""
        return replace(self, version=0, modified_at=_NO_TIME, holds=())

    def held_by(self, publication_id: UUID) -> bool:
        """Whether this state of it is one that a publication holds."""
        return any(one.publication_id == publication_id for one in self.holds)


@dataclass(frozen=True, kw_only=True)
class Content(HeardPart):
    """What an offering says of itself; `values` go by the keys of characteristics."""

    name: str
    description: str = ""
    category: str = ""
    specification_id: UUID | None = None
    price_ids: tuple[UUID, ...] = ()
    values: Mapping[str, object] = field(default_factory=dict)
    valid_for: Validity = field(default_factory=Validity)
    image_url: str | None = None

    @property
    def refers_to(self) -> tuple[UUID, ...]:
        """The specification and the prices."""
        specification = () if self.specification_id is None else (self.specification_id,)
        return (*specification, *self.price_ids)


@dataclass(frozen=True, kw_only=True)
class Offering(Source):
    """What is sold, or is going to be.

    The store has no interest in a `draft` unless `publication_id` is publishing it; otherwise there is none
    here, whatever was heard. Shoppers see what is `sold`.
    """

    of: ClassVar[Kind] = Kind.OFFERING

    status: str
    draft: Content | None = None
    live: Content | None = None
    publication_id: UUID | None = None
    published_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.status != "PUBLISHING":
            object.__setattr__(self, "draft", None)  # so no copy of it is kept, and none is compared

    @property
    def sold(self) -> Content | None:
        """What shoppers may see of it. While a new draft is being published the old content is for sale."""
        return self.live if self.status in ("PUBLISHED", "PUBLISHING") else None

    @property
    def refers_to(self) -> tuple[UUID, ...]:
        """The specification and the prices of what is sold."""
        return () if self.sold is None else self.sold.refers_to

    def published_by(self, publication_id: UUID) -> Content | None:
        """The draft that a publication is about to make live; None when that is not going on."""
        return self.draft if self.publication_id == publication_id else None


@dataclass(frozen=True, kw_only=True)
class Copy:
    """What the store knows of an aggregate: its newest state it has heard of, the last one when `deleted`.

    What is deleted is remembered, so that an older event which comes late does not bring it back.
    """

    source: Source
    deleted: bool = False

    @property
    def id(self) -> UUID:
        """The aggregate's id."""
        return self.source.id

    @property
    def version(self) -> int:
        """The aggregate's version."""
        return self.source.version

    @property
    def shown(self) -> str:
        """What entries may show of it, as a text. It is another one at each version, but of prices.

        A price has a new version whenever somebody holds it or lets it go, of which nothing is shown. Numbers
        are shown as they are spelled, so 5 and 5.00 are two.
        """
        source = self.source.shown if isinstance(self.source, Price) else self.source
        return repr((source, self.deleted))

    def outdates(self, other: "Copy | None") -> bool:
        """Whether it takes the place of `other`, which is of the same aggregate: the newer state wins.

        Every event carries the whole state, so those in between are not missed.
        """
        return other is None or self.version > other.version
