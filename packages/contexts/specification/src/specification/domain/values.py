"""Whether a JSON value may be said of a product, as far as a specification has a say in it."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from uuid import UUID

from kernel.errors import Problem
from kernel.texts import MOST_KEY, unprintable
from specification.domain.characteristics import Found

_MOST_NAMED = 10
"""Codes or keys that a refusal names."""


def form_faults(value: object) -> Iterator[Problem]:
    """What no characteristic accepts, whatever it is, with pointers into the value.

    It is found here because such a value cannot be handed on: no JSON has infinite numbers or halves of
    characters, though Python reads both.
    """
    for step, one in _steps(value):
        if isinstance(one, str):
            if unprintable(one):
                yield Problem("characters", "A text without control characters is accepted here.", step)
        elif not isinstance(one, int | float) or (isinstance(one, float) and not math.isfinite(one)):
            accepted = "A text, a number, true, false, or a list of these is accepted here."
            yield Problem("type", accepted, step)


def value_faults(
    value: object, id: UUID, allowed_codes: Sequence[str] | None, found: Found, pointer: str
) -> Iterator[Problem]:
    """All that is wrong with a value of a characteristic at `pointer`: its form, then what both sides say.

    `allowed_codes` are those of the use; None when it leaves that to the characteristic.
    """
    problems = [*form_faults(value)] or found.problems_of(id)
    for one in problems:
        yield replace(one, pointer=pointer + one.pointer)
    refused = {one.pointer for one in problems}
    if allowed_codes is None or "" in refused:
        return
    for step, code in _steps(value):
        if step not in refused and code not in allowed_codes:
            yield Problem("not_allowed", f"Accepted here: {named(allowed_codes)}.", pointer + step)


def named(words: Sequence[str]) -> str:
    """The first few of many words, for a refusal."""
    return ", ".join(words[:_MOST_NAMED]) + (" and others" if len(words) > _MOST_NAMED else "")


def pointed(key: str) -> str:
    """A key as a step of a JSON pointer (RFC 6901); of one that is no key at all only what can be written."""
    escaped = key.replace("~", "~0").replace("/", "~1")
    return escaped[:MOST_KEY].encode(errors="backslashreplace").decode()


def _steps(value: object) -> Iterator[tuple[str, object]]:
    """Each single value with its pointer: a value that is no list is one."""
    if isinstance(value, list | tuple):
        yield from ((f"/{index}", one) for index, one in enumerate(value))
    else:
        yield "", value
