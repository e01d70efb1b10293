"""A catalogue to measure the store with, of any size, and questions about it; the same in every run.

200 kinds of products in three steps of categories, 30 brands, eight attributes and one to three prices each.
Words are as frequent as in a language: the most frequent one is in nearly every description.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from itertools import accumulate
from random import Random
from uuid import UUID, uuid5

from store.domain.sources import (
    AllowedValue,
    Characteristic,
    Content,
    Copy,
    Offering,
    Period,
    Price,
    Rate,
    Specification,
    Use,
)

_NAMESPACE = UUID("5d2f2c1c-6c0e-4a52-9f0a-000000000000")
_WORDS, _IN_DESCRIPTION = 5_000, 25
_SYLLABLES = [one + two for one in "bdfgklmnprstvz" for two in ("a", "e", "i", "o", "u", "an", "or", "el")]
_ROOTS, _BRANCHES, _LEAVES = 8, 5, 5
_CHOICES = {"brand": 30, "colour": 12, "material": 8, "connector": 6, "energy": 7, "warranty": 5}
_NUMBERS = {
    **{"memory": ("integer", "GB"), "storage": ("integer", "GB"), "speed": ("integer", "Mbit/s")},
    **{"weight": ("decimal", "kg"), "width": ("decimal", "cm"), "power": ("decimal", "W")},
}
_COMMON = ("brand", "colour", "model", "wireless")


def seeded(number: int) -> Random:
    """Chance that is the same in every run."""
    return Random(number)  # noqa: S311  # no secret


@dataclass(frozen=True)
class Item:
    """An offering, and its own prices."""

    prices: Sequence[Price]
    offering: Offering

    @property
    def copies(self) -> list[Copy]:
        """What the store keeps of them."""
        return [Copy(source=one) for one in (*self.prices, self.offering)]


@dataclass(frozen=True)
class Catalogue:
    """Characteristics, specifications, and as many items as are asked for."""

    seed: int = 1
    written: datetime = field(default_factory=lambda: datetime.now(UTC))

    @cached_property
    def words(self) -> list[str]:
        """The vocabulary, the most frequent word first."""
        random, found = seeded(self.seed), dict[str, None]()
        while len(found) < _WORDS:
            found["".join(random.choices(_SYLLABLES, k=random.randint(2, 4)))] = None
        return list(found)

    @cached_property
    def categories(self) -> list[str]:
        """The paths of all leaves."""
        names = iter(self.words[1000:])
        roots = [next(names) for _ in range(_ROOTS)]
        branches = [f"{root}/{next(names)}" for root in roots for _ in range(_BRANCHES)]
        return [f"{branch}/{next(names)}" for branch in branches for _ in range(_LEAVES)]

    @cached_property
    def choices(self) -> Mapping[str, Sequence[str]]:
        """The values of each choice."""
        names = iter(self.words[2000:])
        return {key: [next(names) for _ in range(count)] for key, count in _CHOICES.items()}

    @cached_property
    def _frequent(self) -> list[float]:
        return [*accumulate(1 / rank for rank in range(1, _WORDS + 1))]

    @cached_property
    def _uses(self) -> list[tuple[str, ...]]:
        random, special = seeded(self.seed + 1), [*_CHOICES][2:]
        return [(*_COMMON, random.choice(special), *random.sample([*_NUMBERS], 3)) for _ in self.categories]

    def about(self) -> list[Copy]:
        """The characteristics and the specifications."""
        found = [
            *(self._characteristic(key, "choice", None) for key in _CHOICES),
            *(self._characteristic(key, *of) for key, of in _NUMBERS.items()),
            self._characteristic("model", "text", None),
            self._characteristic("wireless", "boolean", None),
            *(self._specification(kind) for kind in range(len(self.categories))),
        ]
        return [Copy(source=one) for one in found]

    def _characteristic(self, key: str, type: str, unit: str | None) -> Characteristic:
        values = tuple(AllowedValue(code=one, label=one.title()) for one in self.choices.get(key, ()))
        return Characteristic(
            id=_id(key),
            key=key,
            version=1,
            modified_at=self.written,
            name=key.title(),
            value_type=type,
            unit=unit,
            allowed_values=values,
        )

    def _specification(self, kind: int) -> Specification:
        keys = self._uses[kind]
        return Specification(
            id=_id(f"kind-{kind}"),
            key=f"kind-{kind}",
            version=1,
            modified_at=self.written,
            name=self.words[kind + 200].title(),
            uses=tuple(Use(characteristic_id=_id(key)) for key in keys),
            characteristic_keys=keys,
        )

    def items(self, first: int, count: int) -> Iterator[Item]:
        """So many items, by their numbers from `first` on: each is the same whatever else there is."""
        return (self._item(number) for number in range(first, first + count))

    def key(self, number: int) -> str:
        """The key of the offering with a number."""
        return f"item-{number}"

    def _item(self, number: int) -> Item:
        random = seeded(self.seed * 1_000_003 + number)
        kind = random.randrange(len(self.categories))
        prices = [*self._prices(random, number)]
        values = {key: self._value(random, key) for key in self._uses[kind]}
        words = random.choices(self.words, cum_weights=self._frequent, k=_IN_DESCRIPTION + 2)
        content = Content(
            name=f"{str(values['brand']).title()} {' '.join(words[:2]).title()} {number}",
            description=f"{' '.join(words[2:]).capitalize()}.",
            category=self.categories[kind],
            specification_id=_id(f"kind-{kind}"),
            price_ids=tuple(one.id for one in prices),
            values=values,
            image_url=f"https://images.example.com/{number}.webp",
        )
        offering = Offering(
            id=_id(f"item-{number}"),
            key=self.key(number),
            version=3,
            modified_at=self.written,
            status="PUBLISHED",
            live=content,
        )
        return Item(prices, offering)

    def _prices(self, random: Random, number: int) -> Iterator[Price]:
        amount = random.lognormvariate(4, 1)
        plan = random.random() < 0.5
        kinds = [("EUR", plan, 1.0), ("USD", plan, 1.1), ("EUR", False, 0.3)]
        for index, (currency, monthly, share) in enumerate(kinds[: random.randint(1, 3)]):
            yield Price(
                id=_id(f"price-{number}-{index}"),
                key=f"price-{number}-{index}",
                version=2,
                modified_at=self.written,
                name="Monthly" if monthly else "Once",
                kind="RECURRING" if monthly else "ONE_TIME",
                money=Rate(amount=Decimal(f"{amount * share:.2f}"), currency=currency),
                period=Period(unit="MONTH") if monthly else None,
            )

    def _value(self, random: Random, key: str) -> object:
        if key in self.choices:
            return random.choice(self.choices[key])
        if key == "wireless":
            return random.random() < 0.5
        if key == "model":
            return f"{random.choice(self.words[3000:])} {random.randrange(100)}"
        return 2 ** random.randrange(10) if _NUMBERS[key][0] == "integer" else f"{random.random() * 100:.1f}"

    def common_words(self, random: Random, least: float, most: float) -> str:
        """A word that about so large a share of all items has: all shares alike on a logarithmic scale."""
        share = least * (most / least) ** random.random()
        rank = (_IN_DESCRIPTION + 2) / (share * self._frequent[-1])
        return str(self.words[round(rank) - 1])


def _id(key: str) -> UUID:
    return uuid5(_NAMESPACE, key)
