"""How values are written in JSON: as text where a number may have become a float on its way, and exactly."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any


@dataclass(frozen=True)
class Written:
    """A note on a type, for pydantic to read where it is installed: JSON has a text of this pattern only.

    Without it 12345678901234567.89 would be read as a float and lose its cents in silence, and 1700000000 as
    a moment. Whatever is no such text is malformed; `accepted` says to people what would be, and `format` to
    programs, where JSON Schema has a name for it. `numbers` are accepted, too, where they are short enough
    for that not to matter.
    """

    pattern: str
    accepted: str
    format: str = ""
    numbers: bool = False

    def __get_pydantic_core_schema__(self, source: type, handler: Callable[[Any], Any]) -> Any:
        def require(value: object) -> object:
            if isinstance(value, source) or (isinstance(value, str) and re.fullmatch(self.pattern, value)):
                return value
            if self.numbers and isinstance(value, int | float) and not isinstance(value, bool):
                return value
            raise ValueError(f"{self.accepted} is accepted here")

        schema = {
            "type": "function-before",
            "function": {"type": "no-info", "function": require},
            "schema": handler(source),
        }
        if source is Decimal:  # Python writes 1E-7 for 0.0000001, which would not be read again
            schema["serialization"] = {"type": "function-plain", "function": _plain, "when_used": "json"}
        return schema

    def __get_pydantic_json_schema__(self, *_: object) -> dict[str, Any]:
        told = {"format": self.format} if self.format else {"pattern": f"^{self.pattern}$"}
        text = {"type": "string", **told}
        return {"anyOf": [{"type": "number"}, text]} if self.numbers else text


def _plain(value: object) -> object:
    return f"{value:f}" if isinstance(value, Decimal) else value  # a date, where the type is one or the other


@dataclass(frozen=True)
class Exactly:
    """A note on `bool` or `int`, for pydantic to read where it is installed: JSON's own, and nothing alike.

    Without it 0 and "no" would be false, and true and "1" would be 1. A number without a fraction is whole.
    """

    def __get_pydantic_core_schema__(self, source: type, handler: Callable[[Any], Any]) -> Any:
        accepted = "true or false" if source is bool else "a whole number"

        def require(value: object) -> object:
            whole = source is int and isinstance(value, float) and value.is_integer()
            if type(value) is source or whole:
                return value
            raise ValueError(f"{accepted} is accepted here")

        return {
            "type": "function-before",
            "function": {"type": "no-info", "function": require},
            "schema": handler(source),
        }


Flag = Annotated[bool, Exactly()]
"""A boolean in what somebody sends."""
Whole = Annotated[int, Exactly()]
"""An integer in what somebody sends."""

WrittenDecimal = Annotated[
    Decimal, Written(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?", 'A number as text, such as "12.50",')
]
"""A decimal: the text "12.50" in JSON."""

WrittenLimit = Annotated[
    Decimal,
    Written(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?", 'A number such as "12.50"', numbers=True),
]
"""A decimal of which JSON may have a number: a limit that people type, a few digits long."""

WrittenDay = Annotated[
    date, Written(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", 'A day as text, such as "2026-01-31",', "date")
]
"""A day: the text "2026-01-31" in JSON. Unnoted, "0" and "86400" were days, too: in seconds since 1970."""

WrittenMoment = Annotated[
    datetime,
    Written(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})?",
        'A moment as text, such as "2026-01-31T00:00:00Z",',
        "date-time",
    ),
]
"""A moment: the text "2026-01-31T00:00:00Z" in JSON. Whether it names its zone is for the rules to judge."""
