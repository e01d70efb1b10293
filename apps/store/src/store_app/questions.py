"""How a question is asked in an address: `?q=&category=&attr.ram.gte=8&attr.color=red,blue&sort=-price`."""

import base64
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, Field, field_validator

from kernel.errors import Invalid, Problem, refuse
from kernel.http.listing import SPEAKABLE, speakable
from kernel.written import WrittenDecimal
from store.domain.compose import day_of, number_of, plainly, size_of
from store.domain.ordering import value_at
from store.domain.search import (
    MOST_A_PAGE,
    MOST_FILTERS,
    MOST_VALUES,
    Bound,
    By,
    OneOf,
    Place,
    PriceRange,
    Range,
    Search,
)
from store.domain.words import asked

MOST_TEXT = 200
"""Characters of a text that is searched for."""
_ATTRIBUTE = re.compile(r"attr\.([a-z0-9]+(?:-[a-z0-9]+)*)(?:\.(gt|gte|lt|lte))?")
_AMOUNT = re.compile(r"\s*(-?(?:0|[1-9][0-9]{0,38})(?:\.[0-9]{1,38})?)\s*(\S.{0,31})?")
_ACCEPTED = "attr.KEY=value,value, or attr.KEY.gte= (gt, lt, lte) with a number such as 8 or 8 GB, or a date"


_SPEAKABLE: dict[str, Any] = {"pattern": SPEAKABLE}


class StoreQuery(BaseModel):
    """What shoppers ask. Besides, each characteristic has names of its own: `attr.KEY`, `attr.KEY.gte`."""

    model_config = ConfigDict(extra="allow", populate_by_name=True)

    q: str = Field(
        "",
        max_length=MOST_TEXT,
        json_schema_extra=_SPEAKABLE,
        description="Words, of which the last may be a beginning.",
    )
    category: str = Field(
        "",
        max_length=2000,
        json_schema_extra=_SPEAKABLE,
        description="Paths such as phones/android; all below counts.",
    )
    currency: str | None = Field(
        None,
        pattern="^[A-Z]{3}$",
        description="Only what is sold in it; prices are compared in it.",
    )
    price_gte: WrittenDecimal | None = Field(None, alias="price.gte")
    price_lte: WrittenDecimal | None = Field(None, alias="price.lte")
    sort: str = Field(
        "",
        pattern=f"^(-?({'|'.join(By)}))?$",
        description="By default -relevance when words are searched for, or else name.",
    )
    limit: int = Field(24, ge=1, le=MOST_A_PAGE)
    cursor: str = Field(
        "",
        max_length=1000,
        pattern="^[A-Za-z0-9_-]*$",
        description="What `next` said; all else stays as it was.",
    )
    facets: bool = Field(True, description="Whether the total and the facets are counted.")

    @field_validator("*")
    @classmethod
    def _speakable(cls, value: object) -> object:
        return speakable(value)

    def search(self) -> Search:
        """The question in the words of the store.

        Raises:
            Invalid: naming each parameter that cannot be understood.
        """
        one_of, ranges, problems = _attributes(self.model_extra or {})
        by = By(self.sort.removeprefix("-") or (By.RELEVANCE if self.q.strip() else By.NAME))
        prices = PriceRange(gte=self.price_gte, lte=self.price_lte)
        if self.currency is None and (by is By.PRICE or prices != PriceRange()):
            said = "Prices are compared in one currency: name it, such as EUR."
            problems.append(Problem("currency", said, "/query/currency"))
        words = tuple(asked(self.q))
        if self.q.strip() and not words:
            said = "Words are searched for: type at least one letter or digit."
            problems.append(Problem("words", said, "/query/q"))
        refuse("This question cannot be understood; `errors` says where and why.", problems)
        wanted = Search(
            words=words,
            category=tuple(filter(None, map(str.strip, self.category.split(","))))[:MOST_VALUES],
            one_of=tuple(one_of),
            ranges=tuple(ranges),
            currency=self.currency,
            price=prices,
            by=by,
            descending=self.sort.startswith("-") or (not self.sort and by is By.RELEVANCE),
            limit=self.limit,
            counted=self.facets and not self.cursor,
        )
        return replace(wanted, after=place_in(self.cursor, wanted)) if self.cursor else wanted


def cursor_at(place: Place, wanted: Search) -> str:
    """The cursor that goes on behind a place; it holds for the same question only."""
    said = [_fingerprint(wanted), place.value, place.id]
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def place_in(cursor: str, wanted: Search) -> Place:
    """The place that a cursor names.

    Raises:
        Invalid: when it is none of ours, or of another question.
    """
    try:
        fingerprint, value, id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        place = Place(value=str(value), id=str(id))
        value_at(place, wanted.by)
    except (ValueError, TypeError, ArithmeticError):
        fingerprint = None
    if fingerprint != _fingerprint(wanted):
        said = "This cursor belongs to another question: ask again without it."
        raise Invalid(said, code="cursor", problems=[Problem("cursor", said, "/query/cursor")])
    return place


def _fingerprint(wanted: Search) -> str:
    same = replace(wanted, after=None, limit=0, counted=False)
    return hashlib.sha256(repr(same).encode()).hexdigest()[:12]


def _attributes(extra: Mapping[str, Any]) -> tuple[list[OneOf], list[Range], list[Problem]]:
    """What is asked of attributes, and what is wrong with it."""
    problems = list[Problem]()
    one_of: dict[str, list[str]] = defaultdict(list)
    ranges: dict[tuple[str, str | None], dict[Bound, float]] = defaultdict(dict)
    if len(extra) > MOST_FILTERS:
        said = f"At most {MOST_FILTERS} filters are accepted."
        return [], [], [Problem("length", said, "/query")]
    for name, value in _named(extra):
        match = _ATTRIBUTE.fullmatch(name)
        if match is None:
            problems.append(Problem("unknown", f"This is not known here; {_ACCEPTED}.", _pointer(name)))
        elif match[2] is None:
            one_of[match[1]] += [*_values(value)]
        elif bound := _bound(value):
            some, how = ranges[match[1], bound[0]], cast(Bound, match[2])
            if how in some:
                problems.append(Problem("repeated", "One bound of a kind is accepted.", _pointer(name)))
            some[how] = bound[1]
        else:
            problems.append(Problem("bound", f"This bound is not understood; {_ACCEPTED}.", _pointer(name)))
    for key, values in one_of.items():
        if not values or len(values) > MOST_VALUES:
            said = f"From one to {MOST_VALUES} values are accepted, separated by commas."
            problems.append(Problem("length", said, _pointer(f"attr.{key}")))
    choices = [OneOf(key=key, values=tuple(dict.fromkeys(values))) for key, values in sorted(one_of.items())]
    found = [Range(key=key, dimension=unit, bounds=some) for (key, unit), some in ranges.items()]
    return choices, found, problems


def _named(extra: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each parameter with each of its values."""
    for name, value in extra.items():
        for one in value if isinstance(value, list) else [value]:
            yield name, str(one)


def _values(text: str) -> Iterator[str]:
    """The values between the commas, as they are and, of a number, as all stores spell it."""
    for one in filter(None, map(str.strip, text.split(","))):
        yield one
        number = number_of(one)
        if number is not None:
            yield plainly(number)


def _bound(text: str) -> tuple[str | None, float] | None:
    """The dimension of a bound, None without a unit, and its size; None for what is no bound."""
    day = day_of(text.strip())
    if day is not None:
        return None, day
    match = _AMOUNT.fullmatch(text)
    if match is None:
        return None
    number, unit = Decimal(match[1]), match[2]
    if unit is None:
        return None, float(number)
    return size_of(number, unit.strip())


def _pointer(name: str) -> str:
    return f"/query/{name[:100].replace('~', '~0').replace('/', '~1')}"
