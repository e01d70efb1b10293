"""The steps of a publication, as people see them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class StepState(StrEnum):
    """How far a step is. FAILED could not be done for a reason; SKIPPED will not be come to any more."""

    WAITING = "WAITING"
    RUNNING = "RUNNING"
    RETRYING = "RETRYING"
    STUCK = "STUCK"
    DONE = "DONE"
    FAILED = "FAILED"
    TIMED_OUT = "TIMED_OUT"
    CANCELLED = "CANCELLED"
    SKIPPED = "SKIPPED"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step: `name` is its id in the diagram, `title` what it is called there.

    `attempts` counts the tries that have ended, the last one included once there is none to come. `problem`
    is what was wrong with the last try that failed.
    """

    name: str
    title: str
    state: StepState
    attempts: int = 0
    started_at: datetime | None = None
    ended_at: datetime | None = None
    problem: str | None = None
