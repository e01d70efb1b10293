"""External tasks for use cases: what an app does of the processes, and the loop that does it.

The engine knows a worker by its name alone, so each process has one of its own. A task is handed out at least
once: whoever loses its lock, or whose report is lost, has its work done again, so use cases are keyed by the
publication and once more changes nothing.
"""

import asyncio
import os
import random
import secrets
import socket
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from typing import Any, Self

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from kernel.background import kept_running
from kernel.errors import CatalogError, NotHeard, Problem, Rejected, Unavailable
from kernel.logging import bind_context, get_logger, unbind_context
from kernel.messaging import Handle, Malformed, may_heal
from kernel.metrics import Metrics
from kernel.origin import Origin, originating
from kernel.process import LONGEST_TEXT, ExternalTask, ExternalTasks, TaskRefused, Variables
from kernel.redaction import faults_of, redact
from kernel.tracing import Tracing, current_trace_id, failed

LOCK = 30.0
"""Seconds for which a task is this worker's; it is extended each time a third of that has passed."""
DEADLINE = 20.0
"""Seconds that a use case may take for one task: less than the lock, so that no two do the same for long."""
AT_ONCE = 8
"""The most tasks in hand: their use cases share a pool of database connections with requests."""
WAIT = 2.0
"""Seconds that the engine holds back its answer while there is nothing to do.

It answers at once when there is a new task. When a lock or the pause after a failure has run out Camunda
does not, so this is how late that is noticed.
"""
MOST_TRIES = 10
"""Of what time may heal: with the pauses between them about 33 s, less than the diagram's two minutes."""
MOST_LATE_TRIES = 24
"""Of what is on its way: with the pauses between them longer than the diagram's two minutes. It comes by
itself, late when thousands of things were changed at once; an operator could only try again, too."""
MOST_PATIENT_TRIES = 128
"""The same where no timer stands behind a step: about an hour."""
_FAULT_TRIES = 3
"""Of a fault of ours: a deployment or a lost race may have caused it."""
_FIRST, _LONGEST, _LONGEST_PATIENT = 0.1, 10.0, 30.0
"""Seconds between the first failure and the next try, and at most."""
_GRACE = 10.0
"""Seconds in which what is in hand may end when the app stops; then it is given back."""
_LONGEST_REASON = 500  # characters
_REPORTS = 4
"""How often the end of a task is reported while the engine is away; then it is done again."""

TOO_LATE = "It was not done in time."
"""What everybody may read of a step that was given up because it took too long."""

_log = get_logger(__name__)


@dataclass(frozen=True)
class _Wish:
    read: TypeAdapter[Any]
    use_case: Callable[[], Handle[Any]]
    throws: frozenset[str]
    patient: bool


class Tasks:
    """What one app does of the processes: which use case does which topic. `name` is the app's."""

    def __init__(self, name: str, tracing: Tracing, metrics: Metrics | None = None) -> None:
        self.name = name
        self.tracing = tracing
        self.durations = (metrics or Metrics(name)).durations(
            "catalog.task.duration", "Seconds in which an external task was done, or was not."
        )
        self._wishes: dict[str, _Wish] = {}

    def on(
        self,
        topic: str,
        model: Any,
        use_case: Callable[[], Handle[Any]],
        *,
        throws: tuple[str, ...] = (),
        patient: bool = False,
    ) -> "Tasks":
        """Do tasks of a topic: the variables are read as `model`, without the names that it does not have.

        `use_case` makes what does it, once for each task; it returns None, or variables for the steps behind
        it. `throws` are the codes with which it may be `Rejected`; the diagram has an event for each.
        `patient` is a step that nothing but its end can end, such as one that undoes: what time may heal is
        tried for about an hour before it waits for an operator.
        """
        self._wishes[topic] = _Wish(TypeAdapter(model), use_case, frozenset(throws), patient)
        return self

    @property
    def topics(self) -> Mapping[str, frozenset[str]]:
        """The topics, each with the codes that it throws."""
        return {topic: wish.throws for topic, wish in self._wishes.items()}

    @property
    def patient(self) -> frozenset[str]:
        """The topics of which failures that time may heal are tried for about an hour."""
        return frozenset(topic for topic, wish in self._wishes.items() if wish.patient)

    async def do(self, task: ExternalTask) -> Variables:
        """Do a task; returns what the steps behind it are told.

        Raises:
            Rejected: with one of the codes that the topic throws.
            Malformed: when the variables are not what was agreed on.
            TimeoutError: when the use case does not end within its deadline.
            Exception: whatever else the use case raises.
        """
        wish = self._wishes[task.topic]
        try:
            wanted = wish.read.validate_python(dict(task.variables))
        except ValidationError as error:
            said = f"The variables of {task.topic} are not what was agreed on: {faults_of(error)}"
            raise Malformed(said) from None
        try:
            async with asyncio.timeout(DEADLINE):
                told: Any = await wish.use_case()(wanted)
        except Rejected as error:
            if error.code not in wish.throws:
                raise RuntimeError(f"{task.topic} does not throw {error.code}: {error.message}") from error
            raise
        return dict(told or {})


class Worker(AbstractAsyncContextManager["Worker"]):
    """Fetches the tasks of an app, has them done, and tells the engine how it went, while it is open."""

    def __init__(self, external_tasks: ExternalTasks, tasks: Tasks, *, at_once: int = AT_ONCE) -> None:
        self._engine = external_tasks
        self._tasks = tasks
        self._room = asyncio.Semaphore(at_once)
        self._free = at_once
        self._running = set[asyncio.Task[None]]()
        self._stack = AsyncExitStack()
        start = secrets.token_hex(4)
        self.name = f"{tasks.name}@{socket.gethostname()}-{os.getpid()}-{start}"

    async def __aenter__(self) -> Self:
        self._stack.push_async_callback(self._finish)
        await self._stack.enter_async_context(kept_running(f"tasks of {self._tasks.name}", self._fetch))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _fetch(self) -> None:
        topics = sorted(self._tasks.topics)
        while True:
            async with self._room:  # one at least is free
                most = self._free
            for task in await self._engine.fetch(topics, self.name, lock=LOCK, most=most, wait=WAIT):
                await self._room.acquire()
                self._free -= 1
                doing = asyncio.create_task(self._do(task), name=f"{task.topic} {task.business_key}")
                self._running.add(doing)
                doing.add_done_callback(self._ended)

    def _ended(self, doing: "asyncio.Task[None]") -> None:
        self._running.discard(doing)
        self._free += 1
        self._room.release()
        if not doing.cancelled() and (error := doing.exception()) is not None:
            _log.error("task.lost", task=doing.get_name(), error=error)  # its lock expires, it comes again

    async def _finish(self) -> None:
        """Let end what is in hand, and give back what does not, and what an answer on its way has locked."""
        if self._running:
            await asyncio.wait(self._running, timeout=_GRACE)
        for doing in list(self._running):
            doing.cancel()
        if self._running:
            await asyncio.wait(self._running)
        try:
            async with asyncio.timeout(2.0):
                await self._engine.unlock_all(self.name)
        except (CatalogError, TimeoutError) as error:
            _log.warning("tasks.stay_locked", worker=self.name, seconds=LOCK, error=error)

    async def _do(self, task: ExternalTask) -> None:
        origin = Origin(correlation_id=str(task.variables.get("correlationId") or ""), causation_id=task.id)
        headers = {
            name: str(task.variables[name])
            for name in ("traceparent", "tracestate")
            if task.variables.get(name)
        }
        again = task.retries is not None
        fields = {"service": self._tasks.name, "correlation_id": origin.correlation_id}
        with self._tasks.tracing.receiving(task.topic, headers, again=again), originating(origin):
            bound = bind_context(**fields, publication=task.business_key)
            try:
                await self._attempt(task)
            finally:
                unbind_context(bound)

    async def _attempt(self, task: ExternalTask) -> None:
        extending = asyncio.create_task(self._keep(task))
        try:
            await self._report(await self._done_or_not(task))
        except TaskRefused as error:  # of what was reported: only an operator can help
            said = _told(error)
            await self._report(lambda: self._engine.failure(task.id, self.name, said, 0))
        finally:
            extending.cancel()

    async def _done_or_not(self, task: ExternalTask) -> Callable[[], Awaitable[None]]:
        """Do it; returns how the engine is told of the end."""
        begin = time.perf_counter()

        def ended(outcome: str) -> None:
            measured = {"topic": task.topic, "outcome": outcome}
            self._tasks.durations.record(time.perf_counter() - begin, measured)

        try:
            told = await self._tasks.do(task)
        except Rejected as error:
            ended("rejected")
            code, said = error.code, error.message[:LONGEST_TEXT]
            why = {"problems": _written(error.problems)} if error.problems else {}
            _log.info("task.rejected", topic=task.topic, code=code, reason=said)
            return lambda: self._engine.error(task.id, self.name, code, said, why)
        except Exception as error:
            failed(error)
            ended("failed")
            left, pause = next_try(error, task.retries, patient=task.topic in self._tasks.patient)
            reason = _told(error)
            _log.warning("task.failed", topic=task.topic, left=left, pause=round(pause, 1), error=error)
            return lambda: self._engine.failure(task.id, self.name, reason, left, pause)
        ended("completed")
        return lambda: self._engine.complete(task.id, self.name, told)

    async def _keep(self, task: ExternalTask) -> None:
        while True:
            await asyncio.sleep(LOCK / 3)
            try:
                await self._engine.extend(task.id, self.name, LOCK)
            except TaskRefused as error:
                # Somebody else has it, or a timer has ended it: what is being done changes nothing twice.
                _log.info("task.lock_lost", topic=task.topic, code=error.code)
                return
            except Unavailable as error:
                _log.warning("task.lock_not_extended", topic=task.topic, error=error)

    async def _report(self, report: Callable[[], Awaitable[None]]) -> None:
        """Tell the engine; when its answer is lost, again, and then "gone" means that it has heard."""
        for left in range(_REPORTS - 1, -1, -1):
            try:
                await report()
            except TaskRefused as error:
                if error.code in ("gone", "not_yours"):
                    _log.info("task.not_ours_any_more", code=error.code)
                    return
                raise
            except Unavailable as error:
                if not left:
                    raise
                _log.warning("task.report_again", error=error)
                await asyncio.sleep(_around(0.2 * 2 ** (_REPORTS - 1 - left)))
            else:
                return


def next_try(error: Exception, retries: int | None, *, patient: bool = False) -> tuple[int, float]:
    """How often a task is tried again after this failure, and in how many seconds for the next time.

    It had `retries` left, None before its first failure. What time may heal is tried `MOST_TRIES` times,
    `MOST_LATE_TRIES` times when it is only on its way, or `MOST_PATIENT_TRIES` times; a fault of ours three
    times, what was understood and refused once. The pauses double, with some chance. They follow from the
    tries that are left, because the engine keeps nothing else: the few that an operator gives have those of
    the last ones, seconds where a timer runs, else 30 s each.
    """
    if may_heal(error):
        soon = MOST_LATE_TRIES if isinstance(error, NotHeard) else MOST_TRIES
        most = MOST_PATIENT_TRIES if patient else soon
    else:
        most = 1 if isinstance(error, CatalogError) else _FAULT_TRIES
    had = most if retries is None else max(1, min(retries, most))
    left = had - 1
    longest = _LONGEST_PATIENT if patient else _LONGEST
    return left, _around(min(longest, _FIRST * 2.0 ** (most - had))) if left else 0.0


def _told(error: Exception) -> str:
    """What everybody may read of a failure: of a fault of ours only where to look for it."""
    if isinstance(error, CatalogError):
        return str(redact(error.message))[:_LONGEST_REASON]
    if isinstance(error, TimeoutError):
        return TOO_LATE
    trace = current_trace_id()
    return f"A fault of the platform ({type(error).__name__}): the log has it under the trace {trace}."


def _around(seconds: float) -> float:
    return seconds * random.uniform(0.75, 1.25)  # noqa: S311  # jitter, not a secret


def _written(problems: "tuple[Problem, ...]") -> str:
    """As many of the problems as JSON text as fit into a variable."""
    kept = list(problems)
    while len(text := to_json(kept).decode()) > LONGEST_TEXT:
        kept.pop()
    return text
