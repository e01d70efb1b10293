"""What the store must have, counted from the rows of a file in plain Python: no code of the platform is used.

The rows are written down in `samples/README.md`. Facets are counted as the store says it does: a category
counts for itself and for all that it is in, choices and booleans count by value, numbers and texts do not.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

Row = dict[str, Any]
Entry = dict[str, Any]
"""What a shopper reads of an offering, as far as it comes from the file; amounts are exact numbers."""
Facet = tuple[str, str, list[tuple[str, str, int]]]
"""Its key, its label, and value, label and count of each of its values."""

VALUES_TOLD = 20
"""Values of a facet that the store tells, the most frequent ones; the others are asked for one by one."""
_RISE = Decimal("0.5")


@dataclass
class Catalogue:
    """The rows by key.

    `live` are the keys of the offerings that are sold, `published` is how often each was published.
    """

    characteristics: dict[str, Row]
    specifications: dict[str, Row]
    prices: dict[str, Row]
    offerings: dict[str, Row]
    live: set[str] = field(init=False)
    published: Counter[str] = field(init=False)

    def __post_init__(self) -> None:
        self.live = {key for key, row in self.offerings.items() if row.get("publish")}
        self.published = Counter(self.live)

    @classmethod
    def read(cls, file: Path) -> "Catalogue":
        """The catalogue that a file of rows describes, published as its rows want it to be."""
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        kinds = ("characteristic", "specification", "price", "offering")
        return cls(*({row["key"]: row for row in rows if row["kind"] == kind} for kind in kinds))

    @property
    def rows(self) -> int:
        """How many rows the file has."""
        return sum(map(len, (self.characteristics, self.specifications, self.prices, self.offerings)))

    def replace_price(self, offering: str, old: str, new: str) -> None:
        """The offering is published again, sold by another price in the place of one."""
        row = self.offerings[offering]
        prices = [new if key == old else key for key in row["prices"]]
        self.offerings[offering] = {**row, "prices": prices}
        self.published[offering] += 1

    def on_sale(self, now: datetime) -> list[Row]:
        """The offerings that shoppers find: they are live, and one of their prices is valid."""
        sold = (self.offerings[key] for key in sorted(self.live))
        return [row for row in sold if any(_valid(self.prices[key], now) for key in row["prices"])]

    def entries(self, now: datetime) -> dict[str, Entry]:
        """What shoppers read, by key."""
        return {row["key"]: self._entry(row, now) for row in self.on_sale(now)}

    def _entry(self, row: Row, now: datetime) -> Entry:
        prices = {key: self.prices[key] for key in row["prices"]}
        uses = self.specifications[row["specification"]]["uses"]
        values = row["values"]
        return {
            "name": row["name"],
            "category": row["category"],
            "attributes": [
                (use["characteristic"], value)
                for use in uses
                for value in _several(values.get(use["characteristic"]))
            ],
            "prices": [
                (key, _amount(one), one["money"]["currency"], _tiers(one)) for key, one in prices.items()
            ],
            "from": least([one for one in prices.values() if _valid(one, now)]),
        }

    def counts(self, now: datetime) -> dict[str, Counter[str]]:
        """How many offerings on sale have each value of each facet."""
        found: dict[str, Counter[str]] = {}
        for row in self.on_sale(now):
            for facet, value in self._marks(row):
                found.setdefault(facet, Counter())[value] += 1
        return found

    def _marks(self, row: Row) -> Iterator[tuple[str, str]]:
        names = row["category"].split("/")
        for end in range(1, len(names) + 1):
            yield "category", "/".join(names[:end])
        for key, said in row["values"].items():
            if self.characteristics[key]["valueType"] in ("choice", "boolean"):
                yield from ((f"attr.{key}", spelled(value)) for value in {*_several(said)})

    def facets(self, now: datetime) -> list[Facet]:
        """The facets as the store tells them: what counts most comes first, and then what comes first."""
        counts = self.counts(now)
        ordered = sorted(counts, key=lambda facet: (-counts[facet].total(), facet))
        return [self._facet(facet, counts[facet]) for facet in ordered]

    def _facet(self, facet: str, counts: Counter[str]) -> Facet:
        ranked = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:VALUES_TOLD]
        if facet == "category":
            return facet, "Category", [(value, value, count) for value, count in ranked]
        row = self.characteristics[facet.removeprefix("attr.")]
        labels = {one["code"]: one["label"] for one in row.get("allowedValues", ())}
        values = [(value, labels.get(value, value), count) for value, count in ranked]
        return facet, row["name"], values

    def numbers(self, characteristic: str, now: datetime) -> list[int]:
        """The sizes of a numeric characteristic of all that is on sale, in order."""
        said = (row["values"].get(characteristic) for row in self.on_sale(now))
        return sorted(value for value in said if value is not None)

    def holders(self) -> dict[str, set[str]]:
        """By which live offerings each price is held; nothing else holds one when all has come to rest."""
        found: dict[str, set[str]] = {}
        for key in self.live:
            for price in self.offerings[key]["prices"]:
                found.setdefault(price, set()).add(key)
        return found


def raised(row: Row, **changed: object) -> Row:
    """A price of half a unit more, in all of its tiers."""
    money = {**row["money"]}
    if "amount" in money:
        money["amount"] = f"{Decimal(money['amount']) + _RISE:f}"
    higher = [{**one, "amount": f"{Decimal(one['amount']) + _RISE:f}"} for one in row.get("tiers", ())]
    return {**row, "money": money, **({"tiers": higher} if higher else {}), **changed}


def least(prices: list[Row]) -> dict[str, Decimal]:
    """By currency what is paid at least: for a period, or else once, or else for usage."""
    found: dict[str, Decimal] = {}
    for currency in {one["money"]["currency"] for one in prices}:
        mine = [one for one in prices if one["money"]["currency"] == currency]
        for kind in ("RECURRING", "ONE_TIME", "USAGE"):
            amounts = [_amount(one) for one in mine if one["priceKind"] == kind]
            if amounts:
                found[currency] = min(amounts)
                break
    return found


def spelled(value: object) -> str:
    """A value as text, as facets and addresses have it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _several(said: object) -> list[Any]:
    if said is None:
        return []
    return said if isinstance(said, list) else [said]


def _amount(price: Row) -> Decimal:
    """What a unit costs, with tiers the first ones."""
    return Decimal(price["money"].get("amount") or price["tiers"][0]["amount"])


def _tiers(price: Row) -> list[tuple[Decimal, Decimal]]:
    return [(Decimal(one["from"]), Decimal(one["amount"])) for one in price.get("tiers", ())]


def _valid(price: Mapping[str, Any], now: datetime) -> bool:
    period = price.get("validFor", {})
    begin, end = (period.get(name) and datetime.fromisoformat(period[name]) for name in ("from", "to"))
    return (begin is None or begin <= now) and (end is None or now < end)
