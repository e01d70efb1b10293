"""What the parameters of a list become."""

from enum import StrEnum
from typing import Any

import pytest
from pydantic import ValidationError

from kernel.http import ListQuery
from kernel.query import Filter, Page, Query, Sort


class Status(StrEnum):
    ACTIVE = "ACTIVE"


class Prices(ListQuery):
    """A list of a test."""

    sortable = ("name", "modified_at")
    several = ("key",)

    key: str | None = None
    name: str | None = None
    status: Status | None = None


def query(**parameters: Any) -> Query:
    return Prices.model_validate(parameters).query()


def test_without_parameters_it_is_the_first_page_of_everything() -> None:
    assert query() == Query(filters=(), sort=(), page=1, size=20)


def test_a_filter_is_the_whole_text_or_contained_in_it() -> None:
    assert query(name="Fibre").filters == (Filter("name", ("Fibre",)),)
    assert query(name="~fib").filters == (Filter("name", ("fib",), contains=True),)
    assert query(status="ACTIVE").filters == (Filter("status", ("ACTIVE",)),)
    assert {one.field for one in query(name="x", status="ACTIVE").filters} == {"name", "status"}


def test_some_filters_accept_several_texts() -> None:
    assert query(key="a").filters == (Filter("key", ("a",)),)
    assert query(key="a,b").filters == (Filter("key", ("a", "b")),)
    assert query(key="~a,b").filters == (Filter("key", ("a", "b"), contains=True),)
    assert query(name="a,b").filters == (Filter("name", ("a,b",)),)


def test_fields_are_sorted_by_as_json_spells_them() -> None:
    assert query(sort="-modifiedAt, name").sort == (Sort("modified_at", descending=True), Sort("name"))


@pytest.mark.parametrize(
    "parameters",
    [{"sort": "modified_at"}, {"sort": "--name"}, {"size": 101}, {"page": 0}, {"nam": "x"}, {"status": "X"}],
)
def test_what_a_list_does_not_know_is_refused(parameters: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        query(**parameters)


def test_who_sorts_by_something_else_is_told_what_there_is() -> None:
    with pytest.raises(ValidationError, match="cannot sort by body: choose from modifiedAt, name"):
        query(sort="body")


@pytest.mark.parametrize(
    ("page", "total", "following"), [(1, 40, 2), (2, 40, None), (1, 0, None), (1, 21, 2)]
)
def test_a_page_names_the_next_one(page: int, total: int, following: int | None) -> None:
    assert Page.of([], total, Query(page=page, size=20)).next == following


def test_nobody_pages_for_ever() -> None:
    assert Page.of([], 10**9, Query(page=1000, size=100)).next is None
