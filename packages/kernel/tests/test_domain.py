"""Ids, names, and how an aggregate counts and records."""

import time

import pytest

from kernel.domain import Aggregate, Event, camel, new_id
from kernel.errors import Stale


class Painted(Event, type="wall.painted.v1"):
    """It has a colour."""


def test_ids_are_of_version_7_and_sort_by_time() -> None:
    made = []
    for _ in range(200):
        made.append(new_id())
        time.sleep(0.00001)
    assert made == sorted(made)
    assert len(set(made)) == 200
    assert {(one.version, one.variant) for one in made} == {(7, "specified in RFC 4122")}
    assert abs((made[0].int >> 80) / 1000 - time.time()) < 5


@pytest.mark.parametrize(
    ("name", "json"), [("value_type", "valueType"), ("key", "key"), ("a_b_c", "aBC"), ("to_do", "toDo")]
)
def test_names_in_json_are_in_camel_case(name: str, json: str) -> None:
    assert camel(name) == json


def test_what_happened_is_handed_over_once() -> None:
    wall, event = Aggregate(), Painted()
    assert wall.pull_event() is None
    wall.record(event)
    assert wall.pull_event() is event
    assert wall.pull_event() is None


@pytest.mark.parametrize("type", ["price", "price.revised", "price_list.revised.v1", "Price.revised.v1", ""])
def test_what_is_no_type_of_an_event_is_refused_with_the_class(type: str) -> None:
    with pytest.raises(ValueError, match="is no type of an event"):

        class Faulty(Event, type=type):
            """It is never made."""


def test_a_version_has_one_event() -> None:
    wall = Aggregate()
    wall.record(Painted())
    with pytest.raises(ValueError, match="is not saved yet"):
        wall.record(Painted())


def test_the_first_change_is_also_the_creation() -> None:
    wall = Aggregate()
    assert wall.stamp("author") == 0
    assert (wall.version, wall.created_by, wall.modified_by) == (1, "author", "author")
    assert wall.stamp("other") == 1
    assert (wall.version, wall.created_by, wall.modified_by) == (2, "author", "other")
    assert wall.created_at <= wall.modified_at


def test_who_has_seen_another_version_is_refused() -> None:
    wall = Aggregate(version=3)
    wall.require_version(3)
    for seen in (2, 4):
        with pytest.raises(Stale, match=f"You have seen version {seen} and it is at version 3 by now"):
            wall.require_version(seen)
