"""The embedded engine: the ports of `kernel.process` on rows of Postgres, for the apps of one process."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from datetime import timedelta
from types import MappingProxyType
from typing import Self

from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.background import kept_running
from kernel.engine.diagrams import Diagrams
from kernel.engine.looking import incidents, look
from kernel.engine.rows import Held, Rows
from kernel.engine.tasks import TaskRows
from kernel.engine.waiting import TopicBell, rung
from kernel.logging import get_logger
from kernel.process import (
    LONGEST_TEXT,
    MORE_TRIES,
    ExternalTask,
    Incident,
    Instance,
    State,
    TaskRefused,
    Variables,
)
from kernel.sql import Database, after_commit
from kernel.variables import require_text, require_variables, storable

POLL = 2.0
"""Seconds between two looks at what is due, and at what other processes have changed."""
_PATIENCE = 60.0
"""Seconds after which a timer is tried again that has led to what the diagram does not foresee."""

_log = get_logger(__name__)


class EmbeddedEngine(AbstractAsyncContextManager["EmbeddedEngine"]):
    """See `kernel.process`. Constructing it connects to nothing.

    All apps of a process enter it: the first brings the schema up to date, deploys the `diagrams` (by the
    name of their file) and lets timers fire; the last closes. Several processes may share a database. An
    instance that has ended is forgotten after its diagram's historyTimeToLive.
    """

    def __init__(self, database: Database, diagrams: Mapping[str, bytes] = MappingProxyType({})) -> None:
        self._database = database
        self._to_deploy = diagrams
        self._diagrams = Diagrams()
        self._bell = TopicBell()
        self._entering = asyncio.Lock()
        self._inside = 0
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with self._entering:
            if not self._inside:
                async with AsyncExitStack() as opening:
                    await opening.enter_async_context(self._database)
                    await self._database.migrate("kernel.engine")
                    for name, diagram in self._to_deploy.items():
                        await self.deploy(diagram, name)
                    await opening.enter_async_context(kept_running("process engine", self._watch))
                    self._open = opening.pop_all()
            self._inside += 1
        return self

    async def __aexit__(self, *_: object) -> None:
        async with self._entering:
            self._inside -= 1
            if not self._inside:
                await self._open.aclose()

    async def check(self) -> None:
        """See `Engine`."""
        await self._database.check()

    async def deploy(self, diagram: bytes, name: str) -> None:
        """See `Engine`."""
        async with self._database.begin() as connection:
            await self._diagrams.deploy(connection, diagram, name)

    async def start(self, process: str, business_key: str, variables: Variables) -> None:
        """See `Engine`."""
        require_variables(variables)
        require_text("The business key", business_key)
        async with self._database.begin() as connection:
            topics = await self._rows(connection).begin(process, business_key, variables)
            self._ring(connection, topics)

    async def look(self, process: str, business_key: str) -> Instance | None:
        """See `Engine`."""
        async with self._database.begin() as connection:
            return await look(connection, self._diagrams, process, business_key)

    async def incidents(self, process: str) -> Sequence[Incident]:
        """See `Engine`: those that have waited for longest come first."""
        async with self._database.begin() as connection:
            return await incidents(connection, process)

    async def retry(self, process: str, business_key: str, retries: int = MORE_TRIES) -> int:
        """See `Engine`."""
        if retries < 1:
            raise TaskRefused("One try more is the least.", code="invalid")
        async with self._database.begin() as connection:
            held = await self._rows(connection).by_key(process, business_key)
            if held is None:
                raise _no_instance(process, business_key)
            topics = await TaskRows(connection).retry(held.id, retries)
            self._ring(connection, topics)
        return len(topics)

    async def cancel(self, process: str, business_key: str) -> None:
        """See `Engine`."""
        async with self._database.begin() as connection:
            rows = self._rows(connection)
            held = await rows.by_key(process, business_key)
            if held is None or held.state is not State.RUNNING:
                raise _no_instance(process, business_key)
            held.run.cancel(held.now)
            await rows.keep(held, State.CANCELLED)

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
        """See `ExternalTasks`: the oldest first. No connection is held while it waits."""
        if lock <= 0:
            raise TaskRefused("A lock lasts for some time.", code="invalid")
        loop = asyncio.get_running_loop()
        deadline = loop.time() + wait
        with self._bell.heard(topics) as event:
            while True:
                event.clear()
                async with self._database.begin() as connection:
                    found = await TaskRows(connection).fetch(
                        topics, worker, lock=lock, most=most, business_key=business_key
                    )
                if found or not await rung(event, deadline - loop.time()):
                    return found

    async def complete(self, task: str, worker: str, variables: Variables | None = None) -> None:
        """See `ExternalTasks`."""
        async with self._database.begin() as connection:
            rows = self._rows(connection)
            held, _ = await rows.by_task(task, worker)
            require_variables(variables or {})
            held.run.complete(task, held.now, variables or {})
            self._ring(connection, await rows.keep(held))

    async def error(
        self, task: str, worker: str, code: str, message: str, variables: Variables | None = None
    ) -> None:
        """See `ExternalTasks`."""
        said = message.strip() or None
        async with self._database.begin() as connection:
            rows = self._rows(connection)
            held, _ = await rows.by_task(task, worker)
            require_variables(variables or {})
            require_text("The message", said)
            require_text("The code", code)
            if not code.strip():
                raise TaskRefused("An error has a code.", code="invalid")
            held.run.error(task, code, said, held.now, variables or {})
            self._ring(connection, await rows.keep(held))

    async def failure(self, task: str, worker: str, message: str, retries: int, pause: float = 0.0) -> None:
        """See `ExternalTasks`. A longer message is cut."""
        said = storable(message[:LONGEST_TEXT])
        async with self._database.begin() as connection:
            rows = self._rows(connection)
            held, _ = await rows.by_task(task, worker)
            if retries < 0 or pause < 0:
                raise TaskRefused("Neither tries nor a pause are negative.", code="invalid")
            held.run.failed(task, said)
            await rows.keep(held)
            await TaskRows(connection).failed(task, said, retries, pause)
            if retries:
                topic = str(held.run.tasks[task].topic)
                after_commit(connection, lambda: self._bell.ring_in(pause, [topic]))

    async def extend(self, task: str, worker: str, lock: float) -> None:
        """See `ExternalTasks`."""
        async with self._database.begin() as connection:
            _, locked = await self._rows(connection).by_task(task, worker)
            if lock <= 0:
                raise TaskRefused("A lock lasts for some time.", code="invalid")
            if not locked:
                raise TaskRefused(f"The lock of the task {task} has run out.", code="expired")
            await TaskRows(connection).extend(task, lock)

    async def unlock_all(self, worker: str) -> int:
        """See `ExternalTasks`."""
        async with self._database.begin() as connection:
            topics = await TaskRows(connection).unlock_all(worker)
            self._ring(connection, topics)
        return len(topics)

    async def tick(self, ahead: timedelta = timedelta()) -> int:
        """Fire the timers that are due by `ahead` from now, and forget what ended long enough before that.

        It happens now: only what is due is looked for ahead. Returns how many timers have fired.
        """
        fired, seen = 0, list[str]()
        while True:
            async with self._database.begin() as connection:
                rows = self._rows(connection)
                held = await rows.next_due(ahead.total_seconds(), seen)
                if held is None:
                    return fired
                if held.state is State.RUNNING:
                    seen.append(held.id)
                    fired += await self._fire(connection, rows, held, ahead)
                else:
                    await rows.forget(held)

    async def _fire(self, connection: AsyncConnection, rows: Rows, held: Held, ahead: timedelta) -> int:
        try:
            fired = held.run.fire(held.now, held.now + ahead.total_seconds())
        except TaskRefused as error:  # of a condition behind the timer
            _log.error("timer.refused", process=held.process, instance=held.business_key, error=error)
            await rows.put_off(held, _PATIENCE)
            return 0
        _log.info("timer.fired", process=held.process, instance=held.business_key)
        self._ring(connection, await rows.keep(held))
        return fired

    async def _watch(self) -> None:
        """Do what is due, and wake those who wait for what another process has changed."""
        while True:
            async with self._database.begin() as connection:
                found = await TaskRows(connection).to_do(self._bell.topics)
            self._bell.ring(found.topics)
            if found.due:
                await self.tick()
            await asyncio.sleep(POLL)

    def _rows(self, connection: AsyncConnection) -> Rows:
        return Rows(connection, self._diagrams)

    def _ring(self, connection: AsyncConnection, topics: Sequence[str]) -> None:
        """Wake those who wait for these topics, once this is committed."""
        if topics:
            after_commit(connection, lambda: self._bell.ring(topics))


def _no_instance(process: str, business_key: str) -> TaskRefused:
    return TaskRefused(f"No {process} runs for {business_key}.", code="gone")
