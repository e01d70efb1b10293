"""How lists are asked for and answered: filter, sort, page. Plain Python, the same for every store."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

MOST_A_PAGE = 100
MOST_PAGES = 1000
"""Deep pages cost what all pages before them cost; who needs more narrows the filter."""


@dataclass(frozen=True)
class Filter:
    """A condition on one field: its text is one of `values`, or, when `contains`, has one of them in it.

    Containing ignores case. The fields are those of the aggregate, in Python's spelling.
    """

    field: str
    values: tuple[str, ...]
    contains: bool = False


@dataclass(frozen=True)
class Sort:
    """By which field, in which direction."""

    field: str
    descending: bool = False


@dataclass(frozen=True, kw_only=True)
class Query:
    """Which part of a list is wanted; all filters must hold. The id breaks ties, so pages never overlap."""

    filters: Sequence[Filter] = ()
    sort: Sequence[Sort] = ()
    page: int = 1
    size: int = 20


@dataclass(frozen=True, kw_only=True)
class Page(Generic[T]):
    """A part of a list: `total` counts what the filters leave, `next` is the number of the next page."""

    items: Sequence[T]
    total: int
    next: int | None

    @classmethod
    def of(cls, items: Sequence[T], total: int, query: Query) -> "Page[T]":
        """The answer to `query` when there are `total` in all."""
        more = query.page * query.size < total and query.page < MOST_PAGES
        return cls(items=items, total=total, next=query.page + 1 if more else None)
