"""What was seen of one stack at one moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from platform_app.report import Running

BROKER = "the broker"
"""The one place of what is parked that is no database; the others are called as the services they are of."""


@dataclass(frozen=True)
class Unseen:
    """What could not be looked at; `why` is the reason, without a full stop."""

    why: str


@dataclass(frozen=True)
class Dependency:
    """What an app says of something it needs; `detail` is empty when that is down."""

    up: bool
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Health:
    """What an app says of itself: "ready", "degraded", "unready" or "stopping", and what it needs by name."""

    status: str
    dependencies: Mapping[str, Dependency] = field(default_factory=dict)


@dataclass(frozen=True)
class Queued:
    """The queue of a consumer: messages that wait, those that wait for another try, and who listens."""

    waiting: int
    retrying: int
    listeners: int


@dataclass(frozen=True, kw_only=True)
class Stuck:
    """A publication that waits for a person. `step`, `since` and `problem` are what its account says."""

    id: str
    offering: str
    step: str = ""
    since: datetime | None = None
    problem: str = ""


@dataclass(frozen=True)
class Slow:
    """A publication that has been going on for long."""

    id: str
    offering: str
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Publications:
    """How many run and wait to begin, and which of them for long; the oldest few of those that are stuck."""

    running: int = 0
    waiting: int = 0
    slow: Sequence[Slow] = ()
    stuck: int = 0
    oldest_stuck: Sequence[Stuck] = ()


@dataclass(frozen=True)
class StoreStatus:
    """What the store says of itself: `lag` is the 95th percentile from commit to visible, in seconds.

    It is None when nothing has come lately.
    """

    entries: int
    stale: int
    lag: float | None


@dataclass(frozen=True)
class Breaker:
    """A breaker: who asks, whom, and "closed", "open" or "half_open"."""

    caller: str
    whom: str
    state: str


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that was seen.

    `home` is the stack's folder, and `free` the bytes of its disk.
    `apps` has one for each app, also where one process answers for all. `queues` is None where there is no
    broker, and `rebuilding` where the store keeps nothing. `parked` counts by place and consumer: `most` of a
    place at the most. `breakers` are those that somebody has told of. `free` are the bytes of the disk.
    """

    stack: str
    home: str
    seen_at: datetime
    processes: Sequence[Running]
    apps: Mapping[str, Health | Unseen]
    signed_in: Unseen | None
    publications: Publications | Unseen
    store: StoreStatus | Unseen
    rebuilding: bool | Unseen | None
    queues: Mapping[str, Queued | Unseen] | Unseen | None
    parked: Mapping[str, Mapping[str, int] | Unseen]
    breakers: Sequence[Breaker]
    free: int | Unseen

    @property
    def ended(self) -> frozenset[str]:
        """The processes that were started and do not run any more."""
        return frozenset(one.name for one in self.processes if one.pid is None)
