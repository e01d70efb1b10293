"""Processes that run for longer than a request: the ports on the engine that moves them, and on its tasks.

An engine runs the diagrams of `bpmn/`, each instance by its business key. What is to be done at a step is an
external task: the app that knows how fetches it, does it, and tells the engine how it went
(`kernel.workers`). The engine is Camunda 7 (`kernel.camunda`), or, where all apps share a process, our own
(`kernel.engine`). Both give the same promises, held by one contract suite and by the same histories.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol

from kernel.errors import CatalogError

LONGEST_TEXT = 4000
"""Characters of a variable, and of an error's message: as many as Camunda's columns have."""

MORE_TRIES = 5
"""How many an operator gives to a task that is stuck, so that what comes back slowly is waited for."""

Scalar = str | int | float | bool | None
Variables = Mapping[str, Scalar]


class TaskRefused(CatalogError):
    """The engine said no. `code` is one of:

    `gone` (no such task, instance or diagram), `not_yours` (another worker has it), `expired` (the lock has
    run out), `uncaught` (no event of the diagram takes this error code), `invalid` (a malformed request).
    """

    code = "refused"


@dataclass(frozen=True, kw_only=True)
class ExternalTask:
    """A step that somebody is to do. `retries` are the tries that are left, None before the first failure."""

    id: str
    topic: str
    activity: str
    business_key: str
    variables: Variables
    retries: int | None = None


class State(StrEnum):
    """How far an instance is."""

    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, kw_only=True)
class Activity:
    """Something that an instance has come to, by its id in the diagram.

    `kind` is the name of the element in BPMN, such as serviceTask. `failures` are those of an external task
    so far, `problem` the last one's message.
    """

    id: str
    kind: str
    state: Literal["active", "completed", "canceled"]
    started_at: datetime
    ended_at: datetime | None = None
    failures: int = 0
    problem: str | None = None


@dataclass(frozen=True, kw_only=True)
class Incident:
    """A task whose tries are used up: it waits for an operator."""

    business_key: str
    activity: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Instance:
    """A process that runs or has run; `activities` in the order in which they began.

    `error_code` and `error_message` are what its last error event has set: its variables errorCode and
    errorMessage. Both are None while there was none; an error that says nothing has no message.
    """

    business_key: str
    state: State
    activities: Sequence[Activity]
    incidents: Sequence[Incident]
    error_code: str | None = None
    error_message: str | None = None


class Engine(Protocol):
    """Runs processes. All of it raises Unavailable while the engine does not answer."""

    async def deploy(self, diagram: bytes, name: str) -> None:
        """Run this diagram from now on; what runs already goes on by its own. The same again changes nothing.

        Raises:
            Invalid: naming what a diagram has that not all engines run alike (`kernel.bpmn`).
        """

    async def start(self, process: str, business_key: str, variables: Variables) -> None:
        """Begin an instance; one for each business key, however often this is called, ended ones included.

        Raises:
            TaskRefused: `gone` when no such process is deployed, `invalid` for bad variables.
        """

    async def look(self, process: str, business_key: str) -> Instance | None:
        """How far an instance is; None when there is none."""

    async def incidents(self, process: str) -> Sequence[Incident]:
        """All that wait for an operator, at most 1,000."""

    async def retry(self, process: str, business_key: str, retries: int = MORE_TRIES) -> int:
        """Give the tasks whose tries are used up so many more; returns how many tasks those were.

        Raises:
            TaskRefused: `gone` when there is no such instance.
        """

    async def cancel(self, process: str, business_key: str) -> None:
        """End an instance where it stands; nothing is undone.

        Raises:
            TaskRefused: `gone` unless it is running.
        """

    async def check(self) -> None:
        """Readiness."""


class ExternalTasks(Protocol):
    """The tasks of an engine. All of it raises Unavailable while the engine does not answer.

    `worker` names who has a task: one process and no other, so that a name is never that of somebody else's
    former self. Seconds are of the engine's clock.
    """

    async def fetch(
        self,
        topics: Sequence[str],
        worker: str,
        *,
        lock: float,
        most: int = 1,
        wait: float = 0.0,
        business_key: str | None = None,
    ) -> Sequence[ExternalTask]:
        """Lock up to `most` tasks of these topics for `lock` seconds.

        Where there is none it waits for `wait` seconds at most.
        """

    async def complete(self, task: str, worker: str, variables: Variables | None = None) -> None:
        """It is done. An expired lock still completes, until another worker has it. Raises TaskRefused."""

    async def error(
        self, task: str, worker: str, code: str, message: str, variables: Variables | None = None
    ) -> None:
        """It cannot be done, and the diagram says what follows. Raises TaskRefused."""

    async def failure(self, task: str, worker: str, message: str, retries: int, pause: float = 0.0) -> None:
        """It has failed: `retries` are left, the next in `pause` seconds; none is an incident.

        Raises:
            TaskRefused: as all of these.
        """

    async def extend(self, task: str, worker: str, lock: float) -> None:
        """Keep it for `lock` more seconds from now. Raises TaskRefused."""

    async def unlock_all(self, worker: str) -> int:
        """Give back all that a worker has, as when it stops; returns how many tasks that were."""


class ProcessEngine(Engine, ExternalTasks, Protocol):
    """Both of it, as an adapter is."""
