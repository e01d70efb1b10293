"""What is done to tasks alone, in one transaction: no instance is held. All times are the database's."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.process import ExternalTask

_AVAILABLE = "(lock_until is null or lock_until <= clock_timestamp()) and (retries is null or retries > 0)"
_FETCH = text(f"""
    with picked as (
        select id from task
        where topic = any(:topics) and {_AVAILABLE}
        and (cast(:business_key as text) is null or instance in (
            select id from instance where business_key = cast(:business_key as text)
        ))
        order by created_at, id limit :most for update of task skip locked
    ), taken as (
        update task set worker = :worker, lock_until = clock_timestamp() + make_interval(secs => :lock)
        from picked where task.id = picked.id
        returning task.id, instance, activity, topic, retries, created_at
    )
    select taken.*, business_key, cast(body -> 'variables' as text) as variables
    from taken join instance on instance.id = taken.instance order by created_at, taken.id
""")  # noqa: S608  # our own columns
_TO_DO = text(f"""
    select exists (select from instance where due <= clock_timestamp()) as due,
    (select array_agg(distinct topic) from task where topic = any(:topics) and {_AVAILABLE}) as topics
""")  # noqa: S608  # our own columns
_FAILED = text("""
    update task set retries = :retries, error = :problem,
    lock_until = clock_timestamp() + make_interval(secs => :pause) where id = :id
""")
_EXTEND = text("update task set lock_until = clock_timestamp() + make_interval(secs => :lock) where id = :id")
_UNLOCK_ALL = text("""
    update task set worker = null, lock_until = null
    where worker = :worker and lock_until > clock_timestamp() returning topic
""")
_RETRY = text("update task set retries = :retries where instance = :id and retries = 0 returning topic")


@dataclass(frozen=True)
class ToDo:
    """What waits: for the engine itself (`due`), and for others, as far as it was asked for."""

    due: bool
    topics: Sequence[str]


@dataclass(frozen=True)
class TaskRows:
    """See above."""

    connection: AsyncConnection

    async def fetch(
        self, topics: Sequence[str], worker: str, *, lock: float, most: int, business_key: str | None
    ) -> Sequence[ExternalTask]:
        """Lock the oldest that are free; those that somebody holds are passed over."""
        wanted = {"topics": topics, "worker": worker, "lock": lock, "most": most}
        rows = await self.connection.execute(_FETCH, {**wanted, "business_key": business_key})
        return [
            ExternalTask(
                id=row.id,
                topic=row.topic,
                activity=row.activity,
                business_key=row.business_key,
                variables=json.loads(row.variables),
                retries=row.retries,
            )
            for row in rows
        ]

    async def to_do(self, topics: Collection[str]) -> ToDo:
        """What waits, of these topics."""
        found = (await self.connection.execute(_TO_DO, {"topics": list(topics)})).one()
        return ToDo(found.due, found.topics or [])

    async def failed(self, task: str, problem: str, retries: int, pause: float) -> None:
        """It has so many tries left, the next in `pause` seconds."""
        told = {"id": task, "problem": problem, "retries": retries, "pause": pause}
        await self.connection.execute(_FAILED, told)

    async def extend(self, task: str, lock: float) -> None:
        """It stays locked for `lock` seconds from now."""
        await self.connection.execute(_EXTEND, {"id": task, "lock": lock})

    async def unlock_all(self, worker: str) -> Sequence[str]:
        """Give back all that a worker has; returns their topics."""
        return (await self.connection.scalars(_UNLOCK_ALL, {"worker": worker})).all()

    async def retry(self, instance: str, retries: int) -> Sequence[str]:
        """Give those of an instance that have none left so many tries; returns their topics."""
        return (await self.connection.scalars(_RETRY, {"id": instance, "retries": retries})).all()
