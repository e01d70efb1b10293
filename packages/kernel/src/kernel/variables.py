"""What may be told to an instance: plain values, of sizes that all engines keep."""

import math
from collections.abc import Mapping

from kernel.process import LONGEST_TEXT, Scalar, TaskRefused

_LARGEST = 2**63
"""Beyond the whole numbers of 64 bits."""


def require_variables(variables: Mapping[str, Scalar]) -> None:
    """Raise TaskRefused (`invalid`) unless all of these can be kept."""
    for name, value in variables.items():
        if not _kept(value):
            raise TaskRefused(
                f"The variable {name} cannot be kept: it is a text of up to {LONGEST_TEXT} characters, "
                "a number of up to 64 bits, true, false, or nothing.",
                code="invalid",
            )


def require_text(what: str, text: str | None) -> None:
    """Raise TaskRefused (`invalid`) when a text is too long, or has characters that cannot be kept."""
    if text is not None and not _kept(text):
        raise TaskRefused(
            f"{what} has more than {LONGEST_TEXT} characters, or such as none has.", code="invalid"
        )


def storable(text: str) -> str:
    """The text, with a question mark for each character that no encoding or no database has."""
    return text.encode(errors="replace").decode().replace("\0", "?")


def _kept(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST_TEXT and "\0" not in value and not _has_surrogates(value)
    if isinstance(value, int):  # true and false, too
        return -_LARGEST <= value < _LARGEST
    return value is None or (isinstance(value, float) and math.isfinite(value))


def _has_surrogates(text: str) -> bool:
    return not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text)
