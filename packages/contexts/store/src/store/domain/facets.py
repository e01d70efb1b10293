"""Which facets an entry counts in, and how counts become what is told."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from store.domain.compose import spelled
from store.domain.entry import Entry
from store.domain.search import CATEGORY, MOST_FACET_VALUES, MOST_FACETS, Facet, FacetValue, Search

MOST_CHOSEN = 5
"""Facets whose siblings are counted, which costs a search each: those of any other show what was chosen."""
_FACETED = ("choice", "boolean")
"""Types of values of which there are few. Numbers have ranges instead."""


class Mark(NamedTuple):
    """That an entry counts for a value of a facet, with what people read of both.

    A tuple, as thousands are compared and counted for an answer.
    """

    key: str
    value: str
    label: str
    text: str


def facet_of(characteristic: str) -> str:
    """The key of the facet of a characteristic: the name of the parameter that chooses from it."""
    return f"attr.{characteristic}"


def marks(entry: Entry) -> set[Mark]:
    """What an entry counts for: each step of its category, and each of its choices."""
    return {*steps(entry.category), *choices(entry)}


def steps(category: str) -> list[Mark]:
    """What an entry in a category counts for: each step of its path."""
    return [Mark(CATEGORY, path, "Category", path) for path in paths(category)]


def choices(entry: Entry) -> set[Mark]:
    """What an entry counts for by what is said of it."""
    return {
        Mark(facet_of(one.key), spelled(one), one.label, one.text)
        for one in entry.attributes
        if one.type in _FACETED
    }


def paths(category: str) -> list[str]:
    """A category and all that it is in: phones/android is in phones, too."""
    names = category.split("/") if category else []
    return ["/".join(names[: index + 1]) for index in range(len(names))]


def chosen(wanted: Search) -> dict[str, Search]:
    """The facets that the question chooses from, and for each the question without that choice."""
    found = {}
    if wanted.category:
        found[CATEGORY] = replace(wanted, category=())
    for one in wanted.one_of[: MOST_CHOSEN - len(found)]:
        others = [other for other in wanted.one_of if other is not one]
        found[facet_of(one.key)] = replace(wanted, one_of=others)
    return found


def told(counts: Mapping[Mark, int]) -> list[Facet]:
    """The facets, those that say most first; of each the values that are most frequent."""
    by_key = defaultdict[str, list[tuple[Mark, int]]](list)
    for mark, count in counts.items():
        by_key[mark.key].append((mark, count))
    facets = sorted(by_key.items(), key=lambda item: (-sum(count for _, count in item[1]), item[0]))
    return [_facet(key, some) for key, some in facets[:MOST_FACETS]]


def _facet(key: str, some: Iterable[tuple[Mark, int]]) -> Facet:
    ranked = sorted(some, key=lambda one: (-one[1], one[0]))
    values = [
        FacetValue(value=mark.value, label=mark.text, count=count)
        for mark, count in ranked[:MOST_FACET_VALUES]
    ]
    return Facet(key=key, label=ranked[0][0].label, values=values)
