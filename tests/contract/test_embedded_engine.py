"""What only the embedded engine promises: processes that share its rows, crashes, waking, forgetting.

What all engines promise is held by `test_engine.py`.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.engine import EmbeddedEngine, embedded
from kernel.errors import Invalid, Unavailable
from kernel.process import Incident, Scalar, State, TaskRefused
from kernel.sql import Database
from tests.migrations import go_up_down_and_up
from tests.servers import RunningPostgres

DATABASE = "engine"
XML = (Path(__file__).parents[2] / "bpmn" / "publish_offering.bpmn").read_bytes()
DIAGRAMS = {"publish_offering.bpmn": XML}
PUBLISH = "publish-offering"
FORWARD = ["pricing.lock-prices", "specification.validate", "store.stage-entry", "offering.confirm"]
UNDO = ["store.drop-entry", "pricing.release-prices", "offering.reject"]
TOPICS = [*FORWARD, *UNDO]
Open = Callable[[], Awaitable[EmbeddedEngine]]


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """The engine's database with nothing in it."""
    async with Database(url, service="tests") as database:
        await database.migrate("kernel.engine", "base")
        await database.migrate("kernel.engine")
        yield database


@pytest.fixture
async def open_engine(url: str, database: Database) -> AsyncIterator[Open]:
    """Opens the engine as one more process would."""
    async with AsyncExitStack() as stack:

        async def another() -> EmbeddedEngine:
            return await stack.enter_async_context(
                EmbeddedEngine(Database(url, service="engine", size=5), DIAGRAMS)
            )

        yield another


@pytest.fixture
async def engine(open_engine: Open) -> EmbeddedEngine:
    """The engine of one process."""
    return await open_engine()


@pytest.fixture
async def hearing(open_engine: Open, monkeypatch: pytest.MonkeyPatch) -> EmbeddedEngine:
    """The engine of a process that never looks by itself: whoever waits in it has to be woken."""
    monkeypatch.setattr(embedded, "POLL", 3600.0)
    return await open_engine()


async def rows(database: Database, query: str, **named: Any) -> list[tuple[Any, ...]]:
    async with database.begin() as connection:
        return [tuple(row) for row in (await connection.execute(text(query), named)).all()]


async def take(engine: EmbeddedEngine, worker: str = "w", **how: Any) -> str:
    """Fetch one task; returns its id."""
    (task,) = await engine.fetch(TOPICS, worker, **{"lock": 60.0, **how})
    return task.id


async def blocked(database: Database, count: int) -> None:
    """Until so many sessions wait for a lock of another."""
    query = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
    for _ in range(500):
        if (await rows(database, query))[0][0] >= count:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("nobody waits")


async def refusal(call: Awaitable[object]) -> str:
    """The code with which the engine says no, or ""."""
    try:
        await call
    except TaskRefused as refused:
        return refused.code
    return ""


async def test_migrations_go_up_down_and_up(url: str) -> None:
    await go_up_down_and_up(url, "kernel.engine", "definition", "instance", "task")


async def test_the_first_app_opens_it_and_the_last_one_closes_it(url: str, database: Database) -> None:
    def watches() -> int:
        return sum(task.get_name() == "process engine" for task in asyncio.all_tasks())

    engine = EmbeddedEngine(Database(url, service="engine"), DIAGRAMS)
    async with engine:
        await asyncio.gather(engine.__aenter__(), engine.__aenter__())
        assert watches() == 1
        await engine.__aexit__()
        await engine.__aexit__()
        assert watches() == 1
        await engine.start(PUBLISH, "k", {})
    assert watches() == 0
    async with engine:
        assert watches() == 1
        assert await engine.look(PUBLISH, "k") is not None
    assert await rows(database, "select key, version, name, xml from definition") == [
        (PUBLISH, 1, "publish_offering.bpmn", XML)
    ]


async def test_an_engine_that_cannot_open_can_be_opened_again(url: str, database: Database) -> None:
    diagrams = {"bad.bpmn": XML.replace(b"PT2M", b"soon")}
    engine = EmbeddedEngine(Database(url, service="engine"), diagrams)
    with pytest.raises(Invalid, match="duration 'soon'"):
        await engine.__aenter__()
    diagrams["bad.bpmn"] = XML
    async with engine:
        await engine.start(PUBLISH, "k", {})
    assert await rows(database, "select count(*) from instance") == [(1,)]


async def test_processes_that_start_together_deploy_once(open_engine: Open, database: Database) -> None:
    await asyncio.gather(*(open_engine() for _ in range(4)))
    assert await rows(database, "select key, version from definition") == [(PUBLISH, 1)]


async def test_changed_diagrams_that_are_deployed_together_are_versions(
    engine: EmbeddedEngine, database: Database
) -> None:
    changed = [XML.replace(b"PT2M", f"PT{minutes}M".encode()) for minutes in (3, 4, 5)]
    await asyncio.gather(*(engine.deploy(xml, "changed") for xml in [*changed, *changed[:1]]))
    found = await rows(database, "select version, xml from definition order by version")
    assert [version for version, _ in found] in ([1, 2, 3, 4], [1, 2, 3, 4, 5])
    assert {xml for _, xml in found} == {XML, *changed}


async def test_one_instance_however_many_start_it_at_once(open_engine: Open, database: Database) -> None:
    engines = [await open_engine() for _ in range(3)]
    await asyncio.gather(*(one.start(PUBLISH, "k", {"by": n}) for n, one in enumerate(engines * 5)))
    assert await rows(database, "select count(*) from instance") == [(1,)]
    assert await rows(database, "select activity, topic from task") == [
        ("lock_prices", "pricing.lock-prices")
    ]


async def test_no_task_is_handed_out_twice(open_engine: Open) -> None:
    engines = [await open_engine() for _ in range(3)]
    keys = [f"k{number}" for number in range(40)]
    for key in keys:
        await engines[0].start(PUBLISH, key, {})
    found: list[str] = []

    async def work(engine: EmbeddedEngine, worker: str) -> None:
        while tasks := await engine.fetch(TOPICS, worker, lock=60, most=3):
            found.extend(task.business_key for task in tasks)

    await asyncio.gather(*(work(one, f"w{number}") for number, one in enumerate(engines * 2)))
    assert sorted(found) == sorted(keys)


OLDER = text("""
    update task set created_at = created_at - interval '1 hour'
    where instance = (select id from instance where business_key = :key)
""")


async def test_the_oldest_comes_first(engine: EmbeddedEngine, database: Database) -> None:
    for key in ("a", "b", "c"):
        await engine.start(PUBLISH, key, {})
    await engine.complete(await take(engine), "w")
    async with database.begin() as connection:
        await connection.execute(OLDER, {"key": "c"})
    tasks = await engine.fetch(TOPICS, "w", lock=60, most=2)
    assert [task.business_key for task in tasks] == ["c", "b"]
    tasks = await engine.fetch(TOPICS, "w", lock=60, most=5)
    assert [(task.business_key, task.activity) for task in tasks] == [("a", "validate")]


async def test_a_task_that_somebody_holds_is_passed_over(engine: EmbeddedEngine, database: Database) -> None:
    for key in ("a", "b"):
        await engine.start(PUBLISH, key, {})
    async with database.begin() as connection:
        await connection.execute(text("select from task order by created_at limit 1 for update"))
        async with asyncio.timeout(1):
            tasks = await engine.fetch(TOPICS, "w", lock=60, most=5)
    assert [task.business_key for task in tasks] == ["b"]


async def test_of_two_reports_at_once_one_counts(open_engine: Open) -> None:
    engines = [await open_engine() for _ in range(2)]
    for number in range(10):
        key = f"k{number}"
        await engines[0].start(PUBLISH, key, {})
        task = await take(engines[0], business_key=key)
        said = await asyncio.gather(
            refusal(engines[0].complete(task, "w", {"by": "complete"})),
            refusal(engines[1].complete(task, "w", {"by": "again"})),
            refusal(engines[1].error(task, "w", "PRICE_MISSING", "why")),
        )
        assert sorted(said) == ["", "gone", "gone"]
        (next_task,) = await engines[1].fetch(TOPICS, "w", lock=60, business_key=key, most=5)
        assert next_task.activity == ("drop_entry" if said[2] == "" else "validate")
        found = await engines[0].look(PUBLISH, key)
        assert found is not None
        assert [one.state for one in found.activities].count("active") == (1 if said[2] == "" else 2)


async def test_a_report_and_another_worker_never_both_have_the_task(open_engine: Open) -> None:
    engines = [await open_engine() for _ in range(2)]
    for number in range(20):
        key = f"k{number}"
        await engines[0].start(PUBLISH, key, {})
        task = await take(engines[0], "w1", lock=0.01, business_key=key)
        await asyncio.sleep(0.02)
        said, found = await asyncio.gather(
            refusal(engines[0].complete(task, "w1")),
            engines[1].fetch(FORWARD[:1], "w2", lock=60, business_key=key),
        )
        assert (said, len(found)) in [("", 0), ("not_yours", 1)]


async def test_a_report_waits_for_whoever_has_the_instance(
    engine: EmbeddedEngine, database: Database
) -> None:
    await engine.start(PUBLISH, "k", {})
    task = await take(engine)
    async with database.begin() as connection:
        await connection.execute(text("select from instance for update"))
        cancelling = asyncio.create_task(refusal(engine.cancel(PUBLISH, "k")))
        await blocked(database, 1)
        completing = asyncio.create_task(refusal(engine.complete(task, "w")))
        await blocked(database, 2)
    assert (await cancelling, await completing) == ("", "gone")
    assert await rows(database, "select state from instance") == [(State.CANCELLED,)]
    assert await rows(database, "select id from task") == []


async def test_a_report_and_the_timer_never_both_move_it_on(open_engine: Open) -> None:
    engines = [await open_engine() for _ in range(2)]
    for number in range(20):
        key = f"k{number}"
        await engines[0].start(PUBLISH, key, {})
        task = await take(engines[0], business_key=key)
        said, fired = await asyncio.gather(
            refusal(engines[0].complete(task, "w")), engines[1].tick(timedelta(minutes=2))
        )
        found = await engines[0].look(PUBLISH, key)
        assert found is not None
        active = [one.id for one in found.activities if one.state == "active"]
        assert (said, fired, active) in [
            ("", 0, ["forward", "validate"]),
            ("", 1, ["drop_entry"]),
            ("gone", 1, ["drop_entry"]),
        ]
        await engines[0].cancel(PUBLISH, key)


async def test_only_what_is_still_locked_is_given_back(engine: EmbeddedEngine) -> None:
    for key in ("late", "held", "another's"):
        await engine.start(PUBLISH, key, {})
    late = await take(engine, lock=0.01)
    await take(engine, business_key="held")
    await take(engine, "w2", business_key="another's")
    await asyncio.sleep(0.02)
    assert await engine.unlock_all("w") == 1
    await engine.complete(late, "w")
    tasks = await engine.fetch(FORWARD[:1], "w3", lock=60, most=5)
    assert [task.business_key for task in tasks] == ["held"]


async def test_a_worker_hears_of_a_new_task(hearing: EmbeddedEngine) -> None:
    waiting = asyncio.create_task(hearing.fetch(FORWARD[1:2], "w", lock=60, wait=20))
    await hearing.start(PUBLISH, "k", {})
    task = await take(hearing)
    await asyncio.sleep(0.1)
    await hearing.complete(task, "w")
    assert [task.activity for task in await waiting] == ["validate"]


async def test_a_worker_hears_that_a_pause_is_over(hearing: EmbeddedEngine) -> None:
    await hearing.start(PUBLISH, "k", {})
    await hearing.failure(await take(hearing), "w", "later", 3, 0.3)
    assert await hearing.fetch(TOPICS, "w", lock=60) == []
    (task,) = await hearing.fetch(TOPICS, "w2", lock=60, wait=20)
    assert task.retries == 3


async def test_a_worker_hears_what_a_timer_leads_to(hearing: EmbeddedEngine) -> None:
    await hearing.start(PUBLISH, "k", {})
    waiting = asyncio.create_task(hearing.fetch(UNDO, "w", lock=60, wait=20))
    await asyncio.sleep(0.1)
    assert await hearing.tick(timedelta(minutes=2)) == 1
    assert [task.activity for task in await waiting] == ["drop_entry"]


@pytest.mark.parametrize("how", ["given back", "retried"])
async def test_a_worker_hears_of_what_is_there_again(hearing: EmbeddedEngine, how: str) -> None:
    await hearing.start(PUBLISH, "k", {})
    task = await take(hearing)
    if how == "retried":
        await hearing.failure(task, "w", "broken", 0)
    waiting = asyncio.create_task(hearing.fetch(TOPICS, "w2", lock=60, wait=20))
    await asyncio.sleep(0.1)
    if how == "retried":
        assert await hearing.retry(PUBLISH, "k") == 1
    else:
        assert await hearing.unlock_all("w") == 1
    assert [one.id for one in await waiting] == [task]


async def test_a_worker_finds_what_another_process_has_begun(open_engine: Open) -> None:
    here, there = await open_engine(), await open_engine()
    waiting = asyncio.create_task(here.fetch(TOPICS, "w", lock=60, wait=20))
    await asyncio.sleep(0.1)
    await there.start(PUBLISH, "k", {})
    began = time.monotonic()
    assert len(await waiting) == 1
    assert time.monotonic() - began < 5


async def test_waiting_ends_with_nothing_and_holds_no_connection(url: str, database: Database) -> None:
    async with EmbeddedEngine(Database(url, service="engine", size=1), DIAGRAMS) as engine:
        began = time.monotonic()
        waiting = [asyncio.create_task(engine.fetch(TOPICS, "w", lock=60, wait=1.5)) for _ in range(5)]
        await asyncio.sleep(0.5)
        await engine.check()
        assert not any(one.done() for one in waiting)
        assert await asyncio.gather(*waiting) == [[]] * 5
        assert 1.5 <= time.monotonic() - began < 6


class Counted(Database):
    """Counts the transactions."""

    count = 0

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        self.count += 1
        async with super().begin() as connection:
            yield connection


async def test_who_hears_and_finds_nothing_waits_on(url: str, database: Database) -> None:
    counted = Counted(url, service="engine")
    async with EmbeddedEngine(counted, DIAGRAMS) as engine:
        waiting = asyncio.create_task(engine.fetch(TOPICS, "w", lock=60, wait=1.2, business_key="another"))
        await asyncio.sleep(0.1)
        await engine.start(PUBLISH, "k", {})
        before = counted.count
        assert await waiting == []
        assert counted.count - before < 20


async def test_a_timer_fires_by_itself(engine: EmbeddedEngine) -> None:
    await engine.deploy(XML.replace(b"PT2M", b"PT1S"), "quick")
    await engine.start(PUBLISH, "k", {})
    began = time.monotonic()
    (task,) = await engine.fetch(UNDO, "w", lock=60, wait=10)
    assert task.activity == "drop_entry"
    assert 0.9 <= time.monotonic() - began < 5


async def test_each_timer_fires_once_however_many_processes_look(open_engine: Open) -> None:
    engines = [await open_engine() for _ in range(3)]
    for number in range(10):
        await engines[0].start(PUBLISH, f"k{number}", {})
    nearly, ahead = timedelta(minutes=1, seconds=50), timedelta(minutes=2)
    assert await engines[0].tick(nearly) == 0
    assert sum(await asyncio.gather(*(one.tick(ahead) for one in engines * 2))) == 10
    assert await engines[0].tick(ahead) == 0
    tasks = await engines[0].fetch(TOPICS, "w", lock=60, most=50)
    assert [task.activity for task in tasks] == ["drop_entry"] * 10


async def test_looking_ahead_makes_no_lock_older(engine: EmbeddedEngine) -> None:
    await engine.start(PUBLISH, "k", {})
    for _ in range(3):
        await engine.complete(await take(engine), "w")
    await take(engine)
    assert await engine.tick(timedelta(days=1)) == 0
    assert await engine.fetch(TOPICS, "w2", lock=60) == []


CHOICE = b"""
<bpmn:exclusiveGateway id="choice" default="otherwise"/>
<bpmn:sequenceFlow id="otherwise" sourceRef="choice" targetRef="drop_entry"/>
<bpmn:sequenceFlow id="late" sourceRef="choice" targetRef="reject">
  <bpmn:conditionExpression>${late == 'yes'}</bpmn:conditionExpression>
</bpmn:sequenceFlow>
</bpmn:process>
"""


async def test_a_timer_that_leads_nowhere_keeps_no_other_waiting(
    engine: EmbeddedEngine, database: Database
) -> None:
    to_undo, to_choice = (b'sourceRef="on_timeout" targetRef="%b"' % id for id in (b"drop_entry", b"choice"))
    choosing = XML.replace(to_undo, to_choice).replace(b"</bpmn:process>", CHOICE).replace(b"PT2M", b"PT1S")
    await engine.deploy(choosing, "choosing")
    await engine.start(PUBLISH, "cannot tell", {"late": 1})
    await engine.start(PUBLISH, "late", {"late": "yes"})
    query = "select body #>> '{}', due from instance where business_key = 'cannot tell'"
    ((body, due),) = await rows(database, query)
    (task,) = await engine.fetch(UNDO, "w", lock=60, wait=20)
    assert (task.business_key, task.activity) == ("late", "reject")
    ((body_after, put_off),) = await rows(database, query)
    assert body_after == body
    assert timedelta(seconds=50) < put_off - due < timedelta(seconds=70)


async def test_what_has_ended_is_forgotten_in_time(engine: EmbeddedEngine, database: Database) -> None:
    for key in ("completed", "cancelled", "running"):
        await engine.start(PUBLISH, key, {})
    for _ in range(4):
        await engine.complete(await take(engine, business_key="completed"), "w")
    for _ in range(3):
        await engine.complete(await take(engine, business_key="running"), "w")
    await engine.cancel(PUBLISH, "cancelled")
    await engine.tick(timedelta(days=29, hours=23))
    assert await rows(database, "select business_key, state from instance order by 1") == [
        ("cancelled", State.CANCELLED),
        ("completed", State.COMPLETED),
        ("running", State.RUNNING),
    ]
    await engine.tick(timedelta(days=30))
    assert await rows(database, "select business_key from instance") == [("running",)]
    assert await engine.look(PUBLISH, "completed") is None
    assert await rows(database, "select activity from task") == [("confirm",)]


async def test_nothing_is_lost_when_the_server_is_killed(
    engine: EmbeddedEngine, database_server: RunningPostgres
) -> None:
    await engine.start(PUBLISH, "k", {"offeringId": "o"})
    task = await take(engine)
    await engine.complete(task, "w", {"held": 2})
    task = await take(engine)
    await asyncio.to_thread(database_server.kill)
    with pytest.raises(Unavailable):
        await engine.complete(task, "w")
    with pytest.raises(Unavailable):
        await engine.fetch(TOPICS, "w", lock=60, wait=1)
    await asyncio.to_thread(database_server.start)
    found = await engine.look(PUBLISH, "k")
    assert found is not None
    assert [one.id for one in found.activities if one.state == "active"] == ["forward", "validate"]
    await engine.complete(task, "w")
    (next_task,) = await engine.fetch(TOPICS, "w", lock=60, wait=5)
    assert (next_task.activity, next_task.variables) == ("stage_entry", {"offeringId": "o", "held": 2})


async def test_a_process_that_dies_in_a_step_has_done_nothing(
    engine: EmbeddedEngine, database: Database
) -> None:
    """Its transaction ends with its connection, so the task is as it was."""
    await engine.start(PUBLISH, "k", {})
    task = await take(engine)
    (before,) = await rows(database, "select body #>> '{}' from instance")
    async with database.begin() as connection:
        await connection.execute(text("select from instance for update"))
        completing = asyncio.create_task(engine.complete(task, "w", {"done": True}))
        await asyncio.sleep(0.1)
        completing.cancel()
        await asyncio.wait([completing])
    assert await rows(database, "select body #>> '{}' from instance") == [before]
    await engine.complete(task, "w", {"done": True})
    (next_task,) = await engine.fetch(TOPICS, "w", lock=60)
    assert next_task.variables == {"done": True}


VALUES: dict[str, Scalar] = {
    "text": "a'\u00e9\n\U0001f600 \\u0000 ${x}",
    "long": "x" * 4000,
    "nothing": None,
    "yes": True,
    "large": 2**63 - 1,
    "small": -(2**63),
    "ratio": 0.1,
    "round": 1.0,
    "huge": 1e300,
}


async def test_variables_come_back_as_they_were(engine: EmbeddedEngine) -> None:
    await engine.start(PUBLISH, "k", VALUES)
    (task,) = await engine.fetch(TOPICS, "w", lock=60)
    assert dict(task.variables) == VALUES
    assert {name: type(value) for name, value in task.variables.items()} == {
        name: type(value) for name, value in VALUES.items()
    }


async def test_an_incident_is_told_with_what_went_wrong(engine: EmbeddedEngine) -> None:
    before = datetime.now(UTC)
    await engine.start(PUBLISH, "k", {})
    task = await take(engine)
    await engine.failure(task, "w", "first", 1)
    await engine.failure(await take(engine), "w", "zero \0 and half \ud800", 0)
    incident = Incident(business_key="k", activity="lock_prices", message="zero ? and half ?")
    found = await engine.look(PUBLISH, "k")
    assert found is not None
    assert (found.state, found.incidents) == (State.RUNNING, [incident])
    assert await engine.incidents(PUBLISH) == [incident]
    assert await engine.incidents("another") == []
    (activity,) = [one for one in found.activities if one.id == "lock_prices"]
    assert (activity.kind, activity.state) == ("serviceTask", "active")
    assert (activity.failures, activity.problem) == (2, "zero ? and half ?")
    assert abs(activity.started_at - before) < timedelta(seconds=5)
    assert await engine.retry(PUBLISH, "k", 2) == 1
    await engine.complete(await take(engine), "w")
    found = await engine.look(PUBLISH, "k")
    assert found is not None
    assert found.incidents == []
    assert [one.failures for one in found.activities] == [0, 0, 0, 2, 0]


async def test_no_try_more_is_refused(engine: EmbeddedEngine, database: Database) -> None:
    await engine.start(PUBLISH, "k", {})
    await engine.failure(await take(engine), "w", "broken", 0)
    assert await refusal(engine.retry(PUBLISH, "k", 0)) == "invalid"
    assert await rows(database, "select retries from task") == [(0,)]
