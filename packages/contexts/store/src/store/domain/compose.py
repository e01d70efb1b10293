"""How an entry comes of an offering and of the copies it refers to. Pure: the same copies, the same entry."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TypeVar
from uuid import UUID

from kernel.decimals import MOST_DIGITS, digits, plain
from kernel.units import in_base
from store.domain.entry import Attribute, Entry, EntryPrice, Named
from store.domain.sources import Characteristic, Content, Copy, Offering, Price, Source, Specification

_S = TypeVar("_S", bound=Source)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBERS = ("integer", "decimal")
_KINDS = ("RECURRING", "ONE_TIME", "USAGE")
"""Which prices make the from-amount, the first kind that there is: what a plan costs a month says more of it
than what it costs to begin, or what a minute costs."""


def needed(offering: Offering, known: Mapping[UUID, Copy]) -> set[UUID]:
    """The ids that must be known to compose the entry of what is sold, as far as `known` tells."""
    return set() if offering.sold is None else parts_of(offering.sold, known)


def parts_of(content: Content, known: Mapping[UUID, Copy]) -> set[UUID]:
    """The ids that must be known to show a content, as far as `known` tells: those of characteristics stand
    in the specification."""
    ids = set(content.refers_to)
    if content.specification_id is not None:
        copy = known.get(content.specification_id)
        if copy is not None and isinstance(copy.source, Specification):
            ids |= {use.characteristic_id for use in copy.source.uses}
    return ids


def compose(copy: Copy, known: Mapping[UUID, Copy], now: datetime) -> Entry | None:
    """The entry of an offering; None when it is not sold, or as long as something of it is unknown."""
    offering = copy.source
    if not isinstance(offering, Offering) or copy.deleted or offering.sold is None:
        return None
    return entry_of(offering, offering.sold, known, now)


def entry_of(offering: Offering, content: Content, known: Mapping[UUID, Copy], now: datetime) -> Entry | None:
    """The entry of an offering that says this, be it what is sold or a draft; None as long as a part of it
    is unknown.

    Half an entry is worse than none: what is not there yet is on its way. What was deleted since is left
    out, but nothing is shown without a specification or without any price.
    """
    ids = parts_of(content, known)
    if content.specification_id is None or not ids <= known.keys():
        return None
    specification = alive(known[content.specification_id], Specification)
    prices = [price for id in content.price_ids if (price := alive(known[id], Price)) is not None]
    if specification is None or not prices:
        return None
    return Entry(
        id=offering.id,
        key=offering.key,
        version=offering.version,
        name=content.name,
        description=content.description,
        category=content.category,
        image_url=content.image_url,
        specification=Named(key=specification.key, name=specification.name),
        attributes=[*_attributes(specification, content.values, known)],
        prices=[_shown(price) for price in prices],
        from_amounts=_from_amounts(prices, now),
        valid_for=content.valid_for,
        recheck_at=_next_change(prices, now),
        sources={offering.id: offering.version, **{id: known[id].version for id in ids}},
        published_at=offering.published_at or offering.modified_at,
        committed_at=offering.modified_at,
    )


def alive(copy: Copy, kind: type[_S]) -> _S | None:
    """What a copy is of; None when that is deleted, or of another kind."""
    return copy.source if isinstance(copy.source, kind) and not copy.deleted else None


def _attributes(
    specification: Specification, values: Mapping[str, object], known: Mapping[UUID, Copy]
) -> Iterator[Attribute]:
    """What is said, in the order of the specification, without what is foreign to it."""
    for key, use in zip(specification.characteristic_keys, specification.uses, strict=False):
        characteristic = alive(known[use.characteristic_id], Characteristic)
        if characteristic is None or key not in values:
            continue
        said = values[key]
        for value in said if isinstance(said, list | tuple) else [said]:
            yield _attribute(characteristic, value)


def _attribute(characteristic: Characteristic, value: object) -> Attribute:
    code, type = str(value), characteristic.value_type
    label = next((one.label for one in characteristic.allowed_values if one.code == code), "")
    return measured(
        Attribute(
            key=characteristic.key,
            label=characteristic.name,
            type=type,
            value=value,
            text=label or _spelled(type, value),
            unit=characteristic.unit,
        )
    )


def measured(attribute: Attribute) -> Attribute:
    """The same with the sizes by which it is compared; without any when what is said has none."""
    if attribute.type == "date":
        return replace(attribute, number=day_of(str(attribute.value)))
    number = number_of(attribute.value) if attribute.type in _NUMBERS else None
    if number is None:
        return attribute
    dimension, size = (attribute.unit and size_of(number, attribute.unit)) or (None, None)
    return replace(attribute, number=float(number), dimension=dimension, size=size)


@lru_cache(maxsize=10_000)  # exact fractions are slow, and catalogues say the same sizes again and again
def size_of(number: Decimal, unit: str) -> tuple[str, float] | None:
    """The dimension of a unit and the number in its base units; None when it cannot be compared like that."""
    based = in_base(number, unit)
    try:
        return None if based is None else (based[0], float(based[1]))
    except OverflowError:  # in a unit such as Ym99
        return None


def number_of(value: object) -> Decimal | None:
    """The number that a JSON value is, or a text such as "12.50"; None for all else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return plain(number) if number.is_finite() and digits(number) <= MOST_DIGITS else None


def day_of(text: str) -> float | None:
    """The day of a date such as 2026-01-31, counted from the year 1; None for what is no date."""
    if not _DATE.fullmatch(text):  # Python reads 20260131, too, which is a number
        return None
    try:
        return float(date.fromisoformat(text).toordinal())
    except ValueError:
        return None


def spelled(attribute: Attribute) -> str:
    """The value as text, the same for the same value: of a number 8.0 and "8.00" are 8, true is "true".

    What is no number stays as it is: the choices 5.1 and 5.10 are two.
    """
    return _spelled(attribute.type, attribute.value)


def _spelled(type: str, value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    number = number_of(value) if type in _NUMBERS else None
    return str(value) if number is None else plainly(number)


def plainly(number: Decimal) -> str:
    """A number as text, without needless zeros."""
    text = f"{number if number else 0:f}"  # 0 has no sign
    return text.rstrip("0").rstrip(".") if "." in text else text


def _shown(price: Price) -> EntryPrice:
    return EntryPrice(
        id=price.id,
        key=price.key,
        name=price.name,
        kind=price.kind,
        amount=_amount(price),
        currency=price.money.currency,
        period=price.period,
        unit_of_measure=price.unit_of_measure,
        tiers=price.tiers,
        mode=price.mode,
        valid_for=price.valid_for,
        tax_included=price.tax_included,
    )


def _amount(price: Price) -> Decimal:
    if price.money.amount is not None:
        return price.money.amount
    return price.tiers[0].amount if price.tiers else Decimal(0)


def _from_amounts(prices: Iterable[Price], now: datetime) -> dict[str, Decimal]:
    valid = [price for price in prices if price.valid_for.covers(now)]
    found: dict[str, Decimal] = {}
    for currency in {price.money.currency for price in valid}:
        amounts = {
            kind: [_amount(one) for one in valid if one.kind == kind and one.money.currency == currency]
            for kind in _KINDS
        }
        found[currency] = min(next((some for some in amounts.values() if some), [Decimal(0)]))
    return dict(sorted(found.items()))


def _next_change(prices: Iterable[Price], now: datetime) -> datetime | None:
    moments = [one for price in prices for one in (price.valid_for.from_, price.valid_for.to)]
    return min((one for one in moments if one is not None and one > now), default=None)
