"""What every context's domain is made of: aggregates, the events they record, the commands people give.

Plain Python. The `__pydantic_config__` below is a note that pydantic reads where it is installed; nothing
here imports it.
"""

import re
import secrets
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

from kernel.errors import Stale

EVENT_TYPE = r"^[a-z]+(-[a-z]+)*(\.[a-z]+(-[a-z]+)*)+\.v[0-9]+$"
"""What the type of an event looks like: its subject, what happened, the version of its schema."""


def new_id() -> UUID:
    """A UUID of version 7 (RFC 9562, section 5.7): ids that a machine makes later sort later.

    Its twelve bits below the milliseconds are their fraction (section 6.2, method 3), in steps of 244 ns.
    """
    millis, nanos = divmod(time.time_ns(), 1_000_000)
    fraction = nanos * 4096 // 1_000_000
    return UUID(int=millis << 80 | 7 << 76 | fraction << 64 | 0b10 << 62 | secrets.randbits(62))


def now() -> datetime:
    """The present moment in UTC. For people to read: nothing is ordered or judged by it."""
    return datetime.now(UTC)


def camel(name: str) -> str:
    """The name of a field as JSON spells it: `value_type` is `valueType`."""
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))


@dataclass(frozen=True, kw_only=True)
class Command:
    """What somebody wants. Its JSON is camelCase, and a name it does not know is an error."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {
        "alias_generator": camel,
        "populate_by_name": True,
        "extra": "forbid",
    }


@dataclass(frozen=True, kw_only=True)
class HeardPart:
    """A part of what a context understands of another's event; names that it does not have are ignored."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {
        "alias_generator": camel,
        "populate_by_name": True,
        "extra": "ignore",
    }


@dataclass(frozen=True, kw_only=True)
class Heard(HeardPart):
    """What a context understands of another's event: id, key and version of the aggregate it is about."""

    id: UUID
    key: str
    version: int


class Event:
    """Something that has happened to an aggregate; what it is now is the aggregate's state at that version.

    A subclass names its type, in the past tense and with the version of its schema:
    `class PriceRevised(Event, type="price.revised.v1")`.
    """

    type: ClassVar[str]

    def __init_subclass__(cls, *, type: str) -> None:
        super().__init_subclass__()
        if not re.fullmatch(EVENT_TYPE, type):
            raise ValueError(f"{type!r} is no type of an event, such as price.revised.v1")
        cls.type = type

    def __repr__(self) -> str:
        return f"<{self.type}>"


@dataclass(kw_only=True)
class Aggregate:
    """An entity that is read, judged and saved as a whole. Its JSON is camelCase; unknown names are ignored.

    `version` counts the changes that were saved, 0 being none. `created_by` and `modified_by` are
    names of accounts, filled in by the store.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {
        "alias_generator": camel,
        "populate_by_name": True,
        "extra": "ignore",
    }

    id: UUID = field(default_factory=new_id)
    version: int = 0
    created_at: datetime = field(default_factory=now)
    created_by: str = ""
    modified_at: datetime = field(default_factory=now)
    modified_by: str = ""

    def __post_init__(self) -> None:
        self._event: Event | None = None

    def record(self, event: Event) -> None:
        """Remember what has happened, for the store to publish with the state that is saved.

        One command does one thing, and a version has one event: a second one before the save is a fault of
        the caller's (ValueError).
        """
        if self._event is not None:
            raise ValueError(f"{self._event} is not saved yet, so {event} cannot be recorded")
        self._event = event

    def pull_event(self) -> Event | None:
        """Hand over what has happened since the last save; None when nothing has, so nothing needs saving."""
        event, self._event = self._event, None
        return event

    def stamp(self, by: str) -> int:
        """Count a change made by the account `by`, now; returns the version it was made to."""
        read, self.version = self.version, self.version + 1
        self.modified_at, self.modified_by = now(), by
        if read == 0:
            self.created_at, self.created_by = self.modified_at, by
        return read

    def require_version(self, version: int) -> None:
        """Refuse to change what the caller has not seen.

        Raises:
            Stale: when `version` is not the present one.
        """
        if version != self.version:
            raise Stale(
                f"You have seen version {version} and it is at version {self.version} by now: "
                "read it again, then repeat your change."
            )
