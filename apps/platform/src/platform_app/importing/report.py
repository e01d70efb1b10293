"""What became of the rows: counts by kind, and what is wrong with those that were rejected."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TextIO

from kernel.errors import CatalogError, Problem
from platform_app.importing.rows import Kind, Place

SHOWN = 50
"""Faults that are kept for the screen; a file takes all of them."""


class Outcome(StrEnum):
    """What became of a row."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with one row: `field` is a JSON pointer into it, "" for the whole."""

    row: int
    kind: str
    key: str
    field: str
    code: str
    message: str


@dataclass
class Report:
    """Counts every row once. Each fault goes to `sink` at once, as a line of JSON; the first are kept."""

    sink: TextIO | None = None
    counts: Counter[tuple[str, Outcome]] = field(default_factory=Counter)
    faults: int = 0
    first: list[Fault] = field(default_factory=list)
    published: int = 0
    left: int = 0
    """Publications that were asked for, and of which nobody has heard whether they have succeeded."""

    def note(self, kind: Kind, outcome: Outcome) -> None:
        """A row came out well."""
        self.counts[kind, outcome] += 1

    def reject(self, place: Place, problems: Sequence[Problem]) -> None:
        """A row was not accepted, for at least one reason."""
        known = place.kind if place.kind in list(Kind) else ""
        self.counts[known, Outcome.REJECTED] += 1
        for one in problems:
            fault = Fault(place.line, place.kind, place.key, one.pointer, one.code, one.message)
            self.faults += 1
            if len(self.first) < SHOWN:
                self.first.append(fault)
            if self.sink is not None:
                self.sink.write(json.dumps(vars(fault)) + "\n")

    @property
    def rejected(self) -> int:
        """Rows that were not accepted."""
        return self.of(Outcome.REJECTED)

    @property
    def rows(self) -> int:
        """All rows that were dealt with."""
        return sum(self.counts.values())

    def of(self, outcome: Outcome) -> int:
        """Rows of all kinds with an outcome."""
        return sum(count for (_, one), count in self.counts.items() if one is outcome)


def problems_of(error: CatalogError) -> list[Problem]:
    """What a refusal says is wrong: field by field where it does, else as a whole."""
    return list(error.problems) or [Problem(error.code, error.message)]
