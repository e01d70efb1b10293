"""Catalogues to search in: small ones by hand, and random ones of any size, the same for the same seed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, TypeVar
from uuid import UUID, uuid5

from kernel.validity import Validity
from store.domain.compose import compose, plainly
from store.domain.entry import Entry
from store.domain.search import Bound, By, OneOf, PriceRange, Range, Search
from store.domain.sources import (
    AllowedValue,
    Characteristic,
    Content,
    Copy,
    Hold,
    Offering,
    Period,
    Price,
    Rate,
    Source,
    Specification,
    Tier,
    Use,
)
from store.domain.words import asked

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
COLOURS = ("red", "green", "light-blue", "été")
CATEGORIES = ("", "phones", "phones/android", "phones/android/cheap", "phones2", "tv", "tv/ümlaut")
CURRENCIES = ("EUR", "USD", "KWD")

_NAMESPACE = UUID(int=0)
_WORDS = (
    *("plan", "plans", "Mobile", "mobil", "Café", "cafe", "Größe", "5G", "running", "ran", "unlimited", "x"),
    *("日本語", "data", "Data-Plan", "ÉTÉ", "été", "über", "a", "the", "İstanbul", "straße"),
)
_HOWS: tuple[Bound, ...] = ("gt", "gte", "lt", "lte")
_S = TypeVar("_S", bound=Source)


def dice(seed: int) -> Random:
    """What throws the same for the same seed."""
    return Random(seed)  # noqa: S311  # no secret


def id_of(key: str) -> UUID:
    """The id of what has this key."""
    return uuid5(_NAMESPACE, key)


def at(version: int) -> datetime:
    """When a version was written."""
    return NOW - timedelta(days=10) + timedelta(microseconds=250_000 * version)


def characteristic(
    key: str, value_type: str = "choice", *, version: int = 1, **fields: Any
) -> Characteristic:
    """What can be said of a product; by default its name is its key in capitals, and a choice has colours."""
    if value_type == "choice":
        colours = tuple(AllowedValue(code=one, label=one.capitalize()) for one in COLOURS)
        fields = {"allowed_values": colours, **fields}
    return _source(Characteristic, key, version, value_type=value_type, **{"name": key.upper(), **fields})


def specification(key: str, *keys: str, version: int = 1, **fields: Any) -> Specification:
    """A kind of product with characteristics."""
    uses = tuple(Use(characteristic_id=id_of(one)) for one in keys)
    fields = {"name": key.capitalize(), "uses": uses, "characteristic_keys": keys, **fields}
    return _source(Specification, key, version, **fields)


def price(
    key: str, amount: str | None = "10", currency: str = "EUR", *, version: int = 1, **fields: Any
) -> Price:
    """What something costs, once by default."""
    money = Rate(amount=None if amount is None else Decimal(amount), currency=currency)
    return _source(
        Price, key, version, money=money, **{"name": key.capitalize(), "kind": "ONE_TIME", **fields}
    )


def offering(
    key: str,
    spec: str | None = "phone",
    prices: Sequence[str] = ("fee",),
    *,
    version: int = 1,
    status: str = "PUBLISHED",
    **content: Any,
) -> Offering:
    """What is sold, by default with nothing said of it."""
    live = Content(
        specification_id=None if spec is None else id_of(spec),
        price_ids=tuple(id_of(one) for one in prices),
        **{"name": key.capitalize(), **content},
    )
    return _source(Offering, key, version, status=status, live=live)


def _source(model: type[_S], key: str, version: int, /, **fields: Any) -> _S:
    return model(**{"id": id_of(key), "key": key, "version": version, "modified_at": at(version), **fields})


def days(first: float | None, last: float | None) -> Validity:
    """Valid from so many days after NOW until so many days after it."""
    moments = [None if one is None else NOW + timedelta(days=one) for one in (first, last)]
    return Validity(from_=moments[0], to=moments[1])


def newest(copies: Iterable[Copy]) -> dict[UUID, Copy]:
    """The newest state of each aggregate."""
    found: dict[UUID, Copy] = {}
    for copy in copies:
        if copy.outdates(found.get(copy.id)):
            found[copy.id] = copy
    return found


def composed(copies: Iterable[Copy], now: datetime = NOW) -> dict[str, Entry]:
    """The entries that there are when all has been heard, by key."""
    known = newest(copies)
    entries = (compose(copy, known, now) for copy in known.values())
    return {one.key: one for one in entries if one is not None}


@dataclass
class Catalogue:
    """A random catalogue: any number of offerings, and what they refer to.

    `history` has every version of everything, each aggregate's in order; of those there are as many as one of
    `versions` says.
    """

    random: Random
    offerings: int
    versions: Sequence[int] = (1, 1, 2, 4)
    history: list[Copy] = field(default_factory=list)

    def __post_init__(self) -> None:
        few = 2 + self.offerings // 50
        self._types = [
            *(("colour", "choice", None), ("wlan", "boolean", None), ("since", "date", None)),
            *(("memory", "integer", "GB"), ("storage", "decimal", "MB"), ("share", "decimal", "%")),
            *(("weight", "decimal", None), ("note", "text", None), ("loss", "decimal", "dB")),
        ]
        self._specs = [f"spec-{number}" for number in range(few)]
        self._prices = [f"price-{number}" for number in range(1 + self.offerings // 2)]
        self._keys: dict[str, tuple[str, ...]] = {}
        for key, type, unit in self._types:
            self._add(
                lambda version, key=key, type=type, unit=unit: self._characteristic(version, key, type, unit)
            )
        for key in self._specs:
            self._add(lambda version, key=key: self._specification(version, key))
        for key in self._prices:
            self._add(lambda version, key=key: self._price(version, key))
        for number in range(self.offerings):
            self._add(lambda version, key=f"offering-{number}": self._offering(version, key))

    def _add(self, make: Any) -> None:
        for version in range(1, 1 + self.random.choice(self.versions)):
            copy = Copy(source=make(version), deleted=self._seldom(12))
            self.history.append(copy)

    def _seldom(self, times: int) -> bool:
        return self.random.randrange(times) == 0

    def _some(self, pool: Sequence[Any], most: int) -> list[Any]:
        return self.random.sample(pool, min(len(pool), self.random.randint(0, most)))

    def _text(self, most: int = 4) -> str:
        return " ".join(self.random.choice(_WORDS) for _ in range(self.random.randint(1, most)))

    def _period(self) -> Validity:
        if self.random.random() < 0.7:
            return Validity()
        ends = sorted(self.random.sample([-2.0, -1.0, 0.0, 1e-11, 1.0, 2.0], 2))
        return days(*(None if self._seldom(3) else end for end in ends))

    def _characteristic(self, version: int, key: str, type: str, unit: str | None) -> Characteristic:
        labels = tuple(AllowedValue(code=one, label=f"{one} {self.random.randint(1, 2)}") for one in COLOURS)
        fields = {"allowed_values": labels} if type == "choice" else {}
        return characteristic(key, type, version=version, unit=unit, name=self._text(1), **fields)

    def _specification(self, version: int, key: str) -> Specification:
        keys = [key for key, _, _ in self._types]
        used = self._some(keys, len(keys))
        self._keys[key] = (*used,)
        unknown = ["unheard-of"] if self._seldom(20) else []
        return specification(key, *used, *unknown, version=version, name=self._text(2))

    def _price(self, version: int, key: str) -> Price:
        before = self.history[-1].source
        if version > 1 and isinstance(before, Price) and self._seldom(3):  # somebody holds it, that is all
            held = (Hold(publication_id=id_of(f"{key}-{version}")),)
            return replace(before, version=version, modified_at=at(version), holds=held)
        amount = self.random.choice(
            ("0", "5", "5.00", "9.99", "10", "123456789012345678.123456789012", "0.000000000001")
        )
        tiers = (Tier(from_=Decimal(0), amount=Decimal(amount)), Tier(from_=Decimal(10), amount=Decimal(1)))
        kind = self.random.choice(("ONE_TIME", "RECURRING", "USAGE"))
        usage = {"tiers": tiers, "unit_of_measure": "GB", "mode": "GRADUATED"} if kind == "USAGE" else {}
        period = {"period": Period(unit="MONTH", length=3)} if kind == "RECURRING" else {}
        return price(
            key,
            None if usage else amount,
            self.random.choice(CURRENCIES),
            version=version,
            kind=kind,
            valid_for=self._period(),
            **usage,
            **period,
        )

    def _offering(self, version: int, key: str) -> Offering:
        spec = None if self._seldom(30) else self.random.choice(self._specs)
        prices = self._some(self._prices, 3) or [self.random.choice(self._prices)]
        unknown = ["unheard-of"] if self._seldom(30) else []
        made = offering(
            key,
            spec,
            [*prices, *unknown],
            version=version,
            status=self.random.choice(("PUBLISHED", "PUBLISHED", "PUBLISHED", "PUBLISHING", "RETIRED")),
            name=self._text(),
            description=self._text(12),
            category=self.random.choice(CATEGORIES),
            values={key: self._value(key) for key, _, _ in self._types if not self._seldom(4)},
            valid_for=self._period(),
        )
        return replace(made, live=None) if self._seldom(15) else made

    def _value(self, key: str) -> object:
        values: Mapping[str, Sequence[object]] = {
            "colour": (*COLOURS, ["red", "green"], ["red", "red"], "none-of-them"),
            "wlan": (True, False),
            "since": ("2024-02-29", "2026-01-01", "1970-01-01", "no day"),
            "memory": (1, 2, 8, 16, 10**25),
            "storage": (1000, "1000.00", 1e3, 2000, 0.5, "8000"),
            "share": (1, 50, "12.5"),
            "weight": (-1, 0, 1.5, "1.50", "a lot"),
            "note": ("Plain", "=red", "red=green", "a,b", "£$.\x00"),
            "loss": (3,),
        }
        return self.random.choice(values[key])


def disordered(random: Random, history: Sequence[Copy]) -> list[Copy]:
    """The same, each of it once to three times, in any order."""
    events = [copy for copy in history for _ in range(random.choice((1, 1, 2, 3)))]
    random.shuffle(events)
    return events


def search(random: Random, **fixed: Any) -> Search:
    """A random question, such as may be asked of a random catalogue."""

    def seldom(times: int) -> bool:
        return random.randrange(times) == 0

    by = random.choice([*By])
    currency = random.choice(CURRENCIES) if by is By.PRICE or seldom(3) else None
    typed = " ".join(random.choice(_WORDS) for _ in range(random.randint(1, 3)))
    words = asked(typed[: random.randint(1, len(typed))]) if seldom(2) else []
    bounds = sorted(
        random.choice(("0", "5", "9.99", "10", "123456789012345678.12345678901200000001")) for _ in "ab"
    )
    low, high = sorted(map(Decimal, bounds))
    fields: dict[str, Any] = {
        "words": tuple(words),
        "category": tuple(random.sample(CATEGORIES[1:], random.randint(1, 2))) if seldom(3) else (),
        "one_of": [*_choices(random)] if seldom(3) else (),
        "ranges": [*_ranges(random)] if seldom(3) else (),
        "currency": currency,
        "price": PriceRange(gte=None if seldom(2) else low, lte=None if seldom(2) else high),
        "by": by,
        "descending": seldom(2),
        "limit": random.choice((1, 2, 3, 10, 100)),
        "counted": not seldom(3),
    }
    return Search(**{**fields, **fixed})


def _choices(random: Random) -> Iterator[OneOf]:
    pools = {
        "colour": [*COLOURS, "none-of-them", "purple"],
        "wlan": ["true", "false"],
        "memory": ["1", "8", plainly(Decimal(10**25))],
        "note": ["Plain", "=red", "red=green", "£$.\x00"],
    }
    for key in random.sample(sorted(pools), random.randint(1, 2)):
        yield OneOf(key=key, values=(*random.sample(pools[key], random.randint(1, 2)),))


def _ranges(random: Random) -> Iterator[Range]:
    """Of numbers and dates, of sizes in bits and in parts of one, and of a dimension that nothing has."""
    for _ in range(random.randint(1, 2)):
        key = random.choice(("memory", "storage", "share", "weight", "since", "loss"))
        dimension = random.choice((None, None, "bit1", "", "meter1"))
        pool = {None: (-1, 0, 1, 1.5, 8, 1000, 730000), "": (0.1, 0.125, 0.5)}.get(
            dimension, (8e9, 1.6e10, 4e6)
        )
        hows = random.sample(_HOWS, random.randint(1, 2))
        yield Range(key=key, dimension=dimension, bounds={how: float(random.choice(pool)) for how in hows})
