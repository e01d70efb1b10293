"""The rows of the engine, in one transaction. All times are the database's.

Whoever changes an instance holds its row first, and then the task's; whoever fetches holds tasks alone, and
passes over those that somebody holds. So no two ever wait for each other.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.bpmn import Diagram, Node, Run
from kernel.engine.diagrams import Diagrams
from kernel.process import State, TaskRefused, Variables

_NOW = "cast(extract(epoch from clock_timestamp()) as float8) as now"
_HELD = f"""
    select id, key, version, business_key, state, cast(body as text) as body, {_NOW} from instance
"""  # noqa: S608  # our own columns
_BY_KEY = text(f"{_HELD} where key = :process and business_key = :business_key for update")
_NEXT_DUE = text(f"""
    {_HELD} where due <= clock_timestamp() + make_interval(secs => :ahead) and id <> all(:seen)
    order by due limit 1 for update skip locked
""")
# The task is read as it is once the instance is held: a row that has changed since is read again, or is gone.
_BY_TASK = text(f"""
    with held as ({_HELD} where id = cast(:instance as text) for update)
    select held.*, task.worker, coalesce(task.lock_until > clock_timestamp(), false) as locked
    from held join task on task.instance = held.id where task.id = cast(:task as text) for update of task
""")  # noqa: S608  # our own columns
_NEWEST = text(f"select max(version) as version, {_NOW} from definition where key = :process")  # noqa: S608  # our own columns
_MADE = """
    insert into task (id, instance, activity, topic)
    select made.id, cast(:instance as text), made.activity, made.topic
    from unnest(cast(:ids as text[]), cast(:activities as text[]), cast(:topics as text[]))
    as made (id, activity, topic)
"""
_BEGIN = text(f"""
    with begun as (
        insert into instance (id, key, version, business_key, state, due, body)
        values (:instance, :process, :version, :business_key, :state, to_timestamp(:due),
                cast(cast(:body as text) as json))
        on conflict on constraint one_for_each_business_key do nothing returning id
    ), made as ({_MADE} where exists (select from begun))
    select count(*) from begun
""")  # noqa: S608  # our own columns
_KEEP = text(f"""
    with gone as (delete from task where id = any(cast(:gone as text[]))), made as ({_MADE})
    update instance set state = :state, due = to_timestamp(:due), body = cast(cast(:body as text) as json)
    where id = :instance
""")  # noqa: S608  # our own columns
_FORGET = text("delete from instance where id = :id")
_LATER = text("update instance set due = clock_timestamp() + make_interval(secs => :seconds) where id = :id")


@dataclass
class Held:
    """An instance whose row the transaction holds. `now` is when it got it, in seconds since 1970."""

    id: str
    process: str
    business_key: str
    state: State
    now: float
    diagram: Diagram
    run: Run
    was: Mapping[str, Node] = field(init=False)
    """The tasks that were open."""

    def __post_init__(self) -> None:
        self.was = self.run.tasks


class Rows:
    """See above: those of one transaction."""

    def __init__(self, connection: AsyncConnection, diagrams: Diagrams) -> None:
        self._connection = connection
        self._diagrams = diagrams

    async def begin(self, process: str, business_key: str, variables: Variables) -> Sequence[str]:
        """Begin an instance unless there is one; returns the topics of its tasks.

        Raises:
            TaskRefused: `gone` when there is no such process, `invalid` as `Run.begin`.
        """
        newest = (await self._connection.execute(_NEWEST, {"process": process})).one()
        if newest.version is None:
            raise TaskRefused(f"There is no process {process}.", code="gone")
        diagram = await self._diagrams.get(self._connection, process, newest.version)
        id = uuid4().hex
        run = Run.begin(diagram, id, newest.now, variables)
        row = {"process": process, "version": newest.version, "business_key": business_key}
        kept = _kept(diagram, run, newest.now)
        begun = await self._connection.scalar(_BEGIN, {"instance": id, **row, **kept, **_tasks(run.tasks)})
        return _topics(run.tasks) if begun else []

    async def by_task(self, task: str, worker: str) -> tuple[Held, bool]:
        """Hold the instance of a task, and the task; returns whether the worker's lock still lasts, too.

        Raises:
            TaskRefused: `gone` when there is no such task, `not_yours` when another worker has it.
        """
        named = {"instance": task.rpartition("-")[0], "task": task}
        row = (await self._connection.execute(_BY_TASK, named)).one_or_none()
        if row is None:
            raise TaskRefused(f"There is no task {task}.", code="gone")
        if row.worker != worker:
            raise TaskRefused(f"The task {task} is {row.worker or 'nobody'}'s.", code="not_yours")
        return await self._held(row), row.locked

    async def by_key(self, process: str, business_key: str) -> Held | None:
        """Hold an instance, when there is one."""
        named = {"process": process, "business_key": business_key}
        found = (await self._connection.execute(_BY_KEY, named)).one_or_none()
        return await self._held(found) if found else None

    async def next_due(self, ahead: float, seen: Sequence[str]) -> Held | None:
        """Hold the instance that has waited for the engine for longest, by `ahead` seconds from now.

        Those that somebody holds are passed over, and those that were `seen`.
        """
        found = (await self._connection.execute(_NEXT_DUE, {"ahead": ahead, "seen": seen})).one_or_none()
        return await self._held(found) if found else None

    async def keep(self, held: Held, state: State | None = None) -> Sequence[str]:
        """Keep what has become of an instance; returns the topics of its new tasks."""
        tasks = held.run.tasks
        made = {id: node for id, node in tasks.items() if id not in held.was}
        gone = [id for id in held.was if id not in tasks]
        kept = _kept(held.diagram, held.run, held.now)
        if state is not None:
            kept["state"] = state
        await self._connection.execute(_KEEP, {"instance": held.id, "gone": gone, **kept, **_tasks(made)})
        return _topics(made)

    async def forget(self, held: Held) -> None:
        """Delete an instance."""
        await self._connection.execute(_FORGET, {"id": held.id})

    async def put_off(self, held: Held, seconds: float) -> None:
        """Have the engine come back to an instance in so many seconds."""
        await self._connection.execute(_LATER, {"id": held.id, "seconds": seconds})

    async def _held(self, row: Row[Any]) -> Held:
        diagram = await self._diagrams.get(self._connection, row.key, row.version)
        run = Run(diagram, json.loads(row.body))
        return Held(row.id, row.key, row.business_key, State(row.state), row.now, diagram, run)


def _kept(diagram: Diagram, run: Run, now: float) -> dict[str, Any]:
    """The columns of an instance that follow from its run."""
    return {
        "state": State.COMPLETED if run.ended else State.RUNNING,
        "due": now + diagram.kept.total_seconds() if run.ended else run.due,
        "body": json.dumps(run.dump(), ensure_ascii=False, separators=(",", ":")),
    }


def _tasks(made: Mapping[str, Node]) -> dict[str, Any]:
    """The columns of new tasks."""
    nodes = made.values()
    return {"ids": list(made), "activities": [node.id for node in nodes], "topics": _topics(made)}


def _topics(made: Mapping[str, Node]) -> list[str]:
    return [str(node.topic) for node in made.values()]
