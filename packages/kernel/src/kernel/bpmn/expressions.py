"""What a diagram says in words of its own: how long, and under which condition."""

import re
from dataclasses import dataclass

from kernel.process import TaskRefused, Variables

_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_DAYS = re.compile(r"P(\d+)D|(\d+)")
_CONDITION = re.compile(r"\$\{\s*(\w+)\s*(==|!=)\s*'([^']*)'\s*\}")


def seconds_of(text: str) -> int:
    """The seconds of a duration such as PT2M or P1DT12H.

    Raises:
        ValueError: for another spelling, an expression, or no time at all.
    """
    found = _DURATION.fullmatch(text.strip())
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups()) if found else (0, 0, 0, 0)
    total = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    if not total:
        raise ValueError(f"duration {text.strip()!r}: write PnDTnHnMnS, more than no time")
    return total


def days_of(text: str) -> int:
    """The days of P30D, which is also written 30.

    Raises:
        ValueError: for another spelling.
    """
    found = _DAYS.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text.strip()!r}: write PnD")
    return int(found.group(1) or found.group(2))


@dataclass(frozen=True)
class Condition:
    """`${name == 'text'}`, or with `!=`: compares a variable that holds a text, or nothing, with a text."""

    name: str
    equal: bool
    text: str

    @classmethod
    def of(cls, written: str) -> "Condition | None":
        """What is written, or None when it is anything else."""
        found = _CONDITION.fullmatch(written.strip())
        return cls(found.group(1), found.group(2) == "==", found.group(3)) if found else None

    def holds(self, variables: Variables) -> bool:
        """Whether it is so.

        Raises:
            TaskRefused: `invalid` when there is no such variable, or it is neither a text nor nothing.
        """
        if self.name not in variables or not isinstance(variables[self.name], str | None):
            raise TaskRefused(f"The diagram compares {self.name}, which is not a text.", code="invalid")
        return (variables[self.name] == self.text) is self.equal
