"""Lists over HTTP: `?page=&size=&sort=-modifiedAt&name=~text&status=ACTIVE` -> `{items, total, next}`."""

import re
from collections.abc import Iterable, Iterator
from typing import ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, field_validator

from kernel.domain import camel
from kernel.query import MOST_A_PAGE, MOST_PAGES, Filter, Query, Sort

V = TypeVar("V")

SPEAKABLE = "^[^\\x00-\\x1f\\x7f-\\x9f]*$"
"""What the text of a filter looks like, as a regular expression for programs that read the contract."""
_UNSPEAKABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def speakable(value: object) -> object:
    """The value. Raises ValueError for a text that nobody can type, which is therefore in no field."""
    if isinstance(value, str) and _UNSPEAKABLE.search(value):
        raise ValueError("control characters are in no field")
    return value


class ListQuery(BaseModel):
    """The parameters of a list. A subclass adds a field for each filter, and names what can be sorted by.

    A filter that begins with `~` is contained in the text, whatever the case; any other is the whole text.
    `several` names the filters that accept several texts, separated by commas, one of which must hold: fields
    that have no comma themselves.
    """

    model_config = ConfigDict(alias_generator=camel, populate_by_name=True, extra="forbid")
    sortable: ClassVar[tuple[str, ...]] = ()
    several: ClassVar[tuple[str, ...]] = ()

    page: int = Field(1, ge=1, le=MOST_PAGES)
    size: int = Field(20, ge=1, le=MOST_A_PAGE)
    sort: str = Field(
        "", max_length=200, description="Field names, separated by commas; -name for descending."
    )

    @field_validator("*")
    @classmethod
    def _speakable(cls, value: object) -> object:
        return speakable(value)

    @field_validator("sort")
    @classmethod
    def _known_fields(cls, sort: str) -> str:
        known = {camel(name) for name in cls.sortable}
        if unknown := [one for one in _fields(sort) if one.removeprefix("-") not in known]:
            raise ValueError(f"cannot sort by {', '.join(unknown)}: choose from {', '.join(sorted(known))}")
        return sort

    @classmethod
    def sort_pattern(cls) -> str:
        """What `sort` looks like, as a regular expression for programs that read the contract."""
        one = f"-?({'|'.join(map(camel, cls.sortable))})"
        return f"^({one}(,{one})*)?$"

    def query(self) -> Query:
        """The query in the words of the ports."""
        names = {camel(name): name for name in self.sortable}
        return Query(
            filters=tuple(self._filters()),
            sort=tuple(Sort(names[one.removeprefix("-")], one.startswith("-")) for one in _fields(self.sort)),
            page=self.page,
            size=self.size,
        )

    def _filters(self) -> Iterator[Filter]:
        for name in type(self).model_fields.keys() - ListQuery.model_fields.keys():
            value = getattr(self, name)
            if value is not None:
                text = str(value)
                wanted = text.removeprefix("~")
                texts = tuple(wanted.split(",")) if name in self.several else (wanted,)
                yield Filter(name, texts, contains=text.startswith("~"))


class PageView(BaseModel, Generic[V]):
    """A part of a list: `total` counts what the filters leave, `next` is the number of the next page."""

    model_config = ConfigDict(from_attributes=True)

    items: list[V]
    total: int
    next: int | None


def _fields(sort: str) -> Iterable[str]:
    return filter(None, map(str.strip, sort.split(",")))
