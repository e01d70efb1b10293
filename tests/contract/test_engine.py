"""What every process engine promises: one suite for the embedded engine and for Camunda 7 or Operaton.

What an instance goes through is compared in `test_engine_histories`; here is what it takes more than one
worker, instance or moment to see.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from uuid import uuid4

import pytest

from kernel.errors import Invalid
from kernel.process import ExternalTask, ProcessEngine, State, TaskRefused, Variables
from tests.contract.engines import Bench, diagram, on_rows, over_rest
from tests.servers import RunningCamunda

DATABASE = "engine"


@pytest.fixture(params=["embedded", pytest.param("real", marks=pytest.mark.real)])
def address(request: pytest.FixtureRequest) -> str:
    """Where the engine's rows are, or its REST interface."""
    if request.param == "embedded":
        return str(request.getfixturevalue("url"))
    server: RunningCamunda = request.getfixturevalue("engine_server")
    return server.url("catalog")


@pytest.fixture
async def bench(address: str) -> AsyncIterator[Bench]:
    opened: AbstractAsyncContextManager[Bench] = (
        over_rest(address) if address.startswith("http:") else on_rows(address)
    )
    async with opened as bench:
        yield bench


@dataclass
class Process:
    """A process that nobody else has: the platform's, with topics of its own."""

    engine: ProcessEngine
    key: str = field(default_factory=lambda: f"p-{uuid4().hex[:12]}")

    @property
    def topics(self) -> Sequence[str]:
        """Of its first, second and third task, and of the first one that undoes."""
        return [f"{self.key}.{name}" for name in ("lock", "validate", "stage", "drop")]

    async def deploy(self) -> None:
        """Have it run."""
        old = ("pricing.lock-prices", "specification.validate", "store.stage-entry", "store.drop-entry")
        await self.engine.deploy(
            diagram(*zip(old, self.topics, strict=True), process=self.key), f"{self.key}.bpmn"
        )

    async def start(self, business_key: str = "", **variables: str | int) -> str:
        """Begin an instance; returns its business key."""
        business_key = business_key or uuid4().hex
        await self.engine.start(self.key, business_key, variables)
        return business_key

    async def fetch(self, worker: str = "w1", *, most: int = 1, wait: float = 0.0) -> Sequence[ExternalTask]:
        """Whatever is to be done of it."""
        return await self.engine.fetch(self.topics, worker, lock=60.0, most=most, wait=wait)

    async def refusal(self, business_key: str) -> str:
        """With which code a start is refused."""
        with pytest.raises(TaskRefused) as refused:
            await self.start(business_key)
        return refused.value.code


@pytest.fixture
async def process(bench: Bench) -> Process:
    found = Process(bench.engine)
    await found.deploy()
    return found


async def code_of(call: object) -> str:
    """The code of the refusal, "" when there is none."""
    try:
        await call  # type: ignore[misc]
    except TaskRefused as error:
        return error.code
    return ""


async def test_what_is_not_deployed_does_not_begin(bench: Bench) -> None:
    process = Process(bench.engine)
    assert await process.refusal("k") == "gone"
    assert await bench.engine.look(process.key, "k") is None
    assert await bench.engine.incidents(process.key) == []


async def test_what_engines_run_differently_is_not_deployed(bench: Bench) -> None:
    process = Process(bench.engine)
    with pytest.raises(Invalid):
        await bench.engine.deploy(
            diagram(("<bpmn:endEvent", "<bpmn:endEvent camunda:asyncBefore='true'"), process=process.key),
            f"{process.key}.bpmn",
        )
    assert await process.refusal("k") == "gone"


async def test_there_is_nothing_to_do_for_what_has_not_begun(process: Process) -> None:
    for call in (process.engine.retry(process.key, "nobody"), process.engine.cancel(process.key, "nobody")):
        assert await code_of(call) == "gone"
    assert await process.engine.look(process.key, "nobody") is None


@pytest.mark.parametrize(
    "variables", [{"text": "x" * 4001}, {"zero": "a\0"}, {"list": ["a"]}, {"huge": 2**63}]
)
async def test_nothing_begins_with_variables_that_cannot_be_kept(
    process: Process, variables: Variables
) -> None:
    assert await code_of(process.engine.start(process.key, "k", variables)) == "invalid"
    assert await process.engine.look(process.key, "k") is None


async def test_many_starts_at_once_begin_one_instance(process: Process) -> None:
    for _ in range(5):
        key = uuid4().hex
        await asyncio.gather(*(process.start(key, number=number) for number in range(20)))
        (task,) = await process.fetch(most=50)
        assert task.business_key == key
        await process.engine.cancel(process.key, key)
        await process.start(key)
        assert await process.fetch() == []


async def test_the_same_business_key_begins_once_in_each_process(bench: Bench, process: Process) -> None:
    other = Process(bench.engine)
    await other.deploy()
    await asyncio.gather(process.start("k"), other.start("k"))
    assert [task.topic for task in [*await process.fetch(), *await other.fetch()]] == [
        process.topics[0],
        other.topics[0],
    ]


async def test_each_task_is_handed_out_once(process: Process) -> None:
    keys = {await process.start() for _ in range(20)}
    found: list[ExternalTask] = []

    async def work(worker: str) -> None:
        while tasks := await process.fetch(worker, most=3):
            assert len(tasks) <= 3
            found.extend(tasks)

    await asyncio.gather(*(work(f"w{number}") for number in range(4)))
    # Who fetches passes over what another one is about to lock, so a last look finds what all passed over.
    found += await process.fetch(most=20)
    assert sorted(task.business_key for task in found) == sorted(keys)
    assert len({task.id for task in found}) == 20


async def test_the_oldest_comes_first(process: Process) -> None:
    keys = []
    for _ in range(5):
        keys.append(await process.start())
        await asyncio.sleep(0.01)
    assert [task.business_key for task in await process.fetch(most=3)] == keys[:3]
    assert [task.business_key for task in await process.fetch(most=3)] == keys[3:]


async def test_a_topic_and_a_business_key_are_what_is_asked_for(process: Process) -> None:
    first, second = await process.start(), await process.start()
    fetch = process.engine.fetch
    assert await fetch([process.topics[1]], "w1", lock=60, most=5) == []
    assert await fetch(process.topics, "w1", lock=60, most=5, business_key="nobody") == []
    (task,) = await fetch(process.topics, "w1", lock=60, most=5, business_key=second)
    assert (task.business_key, task.topic, task.activity) == (second, process.topics[0], "lock_prices")
    assert [task.business_key for task in await fetch(process.topics, "w1", lock=60, most=5)] == [first]


async def test_a_lock_lasts_for_some_time(process: Process) -> None:
    await process.start()
    assert await code_of(process.engine.fetch(process.topics, "w1", lock=0.0)) == "invalid"
    (task,) = await process.fetch()
    assert await code_of(process.engine.extend(task.id, "w1", 0.0)) == "invalid"


async def test_who_waits_gets_a_task_as_soon_as_there_is_one(process: Process) -> None:
    waiting = asyncio.create_task(process.fetch(f"w-{process.key}", wait=20.0))
    await asyncio.sleep(0.3)
    began = time.monotonic()
    key = await process.start()
    assert [task.business_key for task in await waiting] == [key]
    assert time.monotonic() - began < 5


async def test_who_waits_in_vain_is_told_so(process: Process) -> None:
    began = time.monotonic()
    assert await process.fetch(f"w-{process.key}", wait=0.5) == []
    assert 0.4 < time.monotonic() - began < 5


async def test_nothing_stays_locked_for_a_worker_that_has_stopped(process: Process) -> None:
    """Neither what it has, nor what would have been its next."""
    worker = f"w-{process.key}"
    first = await process.start()
    (task,) = await process.fetch(worker)
    waiting = asyncio.create_task(process.fetch(worker, wait=20.0))
    await asyncio.sleep(0.3)
    waiting.cancel()
    await asyncio.wait([waiting])
    assert await process.engine.unlock_all(worker) == 1
    second = await process.start()
    await asyncio.sleep(0.3)
    assert [task.business_key for task in await process.fetch("w2", most=5)] == [first, second]
    assert await code_of(process.engine.complete(task.id, worker)) == "not_yours"
    assert await process.engine.unlock_all(worker) == 0


async def test_a_report_counts_once(process: Process) -> None:
    for _ in range(5):
        await process.start()
        (task,) = await process.fetch()
        reports = [process.engine.complete(task.id, "w1", {"number": number}) for number in range(4)]
        assert sorted(await asyncio.gather(*map(code_of, reports))) == ["", "gone", "gone", "gone"]
        (following,) = await process.fetch(most=5)
        assert following.topic == process.topics[1]


async def test_a_report_and_the_timer_never_both_count(bench: Bench, process: Process) -> None:
    outcomes = set()
    for _ in range(10):
        key = await process.start()
        for _ in range(2):
            await process.engine.complete((await process.fetch())[0].id, "w1")
        (task,) = await process.fetch()
        refused, _ = await asyncio.gather(
            code_of(process.engine.complete(task.id, "w1", {"told": 1})), bench.fire(process.key, key)
        )
        assert refused in ("", "gone")
        found = await process.engine.look(process.key, key)
        assert found is not None
        active = [one.id for one in found.activities if one.state == "active"]
        assert active == (["drop_entry"] if refused else ["confirm"])
        assert (await bench.variables(process.key, key)).get("told") == (None if refused else 1)
        outcomes.add(refused)
        await process.engine.cancel(process.key, key)
        await process.fetch(most=5)
    assert outcomes <= {"", "gone"}


async def test_what_is_stuck_is_found_by_its_process_and_goes_on(bench: Bench, process: Process) -> None:
    other = Process(bench.engine)
    await other.deploy()
    keys = [await process.start() for _ in range(3)]
    await other.start()
    for one in (process, other):
        for task in await one.fetch(most=5):
            left = 1 if task.business_key == keys[2] else 0
            await one.engine.failure(task.id, "w1", f"no {task.business_key}", left)
    engine = process.engine
    found = await engine.incidents(process.key)
    assert {(one.business_key, one.activity, one.message) for one in found} == {
        (key, "lock_prices", f"no {key}") for key in keys[:2]
    }
    assert await engine.retry(process.key, keys[0]) == 1
    assert [await engine.retry(process.key, key, 3) for key in keys] == [0, 1, 0]
    assert await engine.incidents(process.key) == []
    assert [task.retries for task in await process.fetch(most=5)] == [5, 3, 1]
    assert len(await engine.incidents(other.key)) == 1


async def test_what_was_tried_can_be_looked_at(process: Process) -> None:
    key = await process.start()
    for left in (2, 1):
        (task,) = await process.fetch()
        await process.engine.failure(task.id, "w1", f"{left} left", left)
    (task,) = await process.fetch()
    await process.engine.complete(task.id, "w1")
    found = await process.engine.look(process.key, key)
    assert found is not None
    assert found.state is State.RUNNING
    seen = [(one.id, one.kind, one.state, one.failures, one.problem) for one in found.activities]
    assert seen == [
        ("requested", "startEvent", "completed", 0, None),
        ("forward", "subProcess", "active", 0, None),
        ("forward_started", "startEvent", "completed", 0, None),
        ("lock_prices", "serviceTask", "completed", 2, "1 left"),
        ("validate", "serviceTask", "active", 0, None),
    ]
    offsets = {one.started_at.utcoffset() for one in found.activities}
    assert [offset.total_seconds() for offset in offsets if offset is not None] == [0.0]
    assert abs(found.activities[0].started_at.timestamp() - time.time()) < 60


async def test_why_it_is_undone_can_be_looked_at(bench: Bench, process: Process) -> None:
    async def error_of(key: str) -> tuple[str | None, str | None]:
        found = await process.engine.look(process.key, key)
        assert found is not None
        return found.error_code, found.error_message

    refused, silent, late = [await process.start() for _ in range(3)]
    reports = {refused: "No such price.", silent: ""}
    for task in await process.fetch(most=3):
        assert await error_of(task.business_key) == (None, None)
        if task.business_key in reports:
            await process.engine.error(task.id, "w1", "PRICE_MISSING", reports[task.business_key])
    await bench.fire(process.key, late)
    assert await error_of(refused) == ("PRICE_MISSING", "No such price.")
    assert await error_of(silent) == ("PRICE_MISSING", None)
    assert await error_of(late) == (None, None)
    await process.engine.cancel(process.key, refused)
    assert await error_of(refused) == ("PRICE_MISSING", "No such price.")


async def test_a_long_message_of_a_failure_is_cut(process: Process) -> None:
    key = await process.start()
    (task,) = await process.fetch()
    await process.engine.failure(task.id, "w1", "\0\ud800" + "x" * 9000, 0)
    (incident,) = await process.engine.incidents(process.key)
    assert incident.business_key == key
    assert incident.message.startswith("??" + "x" * 600)
    assert len(incident.message) <= 4000


async def test_what_is_cancelled_ends_where_it_stands(process: Process) -> None:
    key = await process.start()
    (task,) = await process.fetch()
    await process.engine.failure(task.id, "w1", "stuck", 0)
    await process.engine.cancel(process.key, key)
    found = await process.engine.look(process.key, key)
    assert found is not None
    assert found.state is State.CANCELLED
    assert found.incidents == []
    assert [one.id for one in found.activities if one.state == "canceled"] == ["forward", "lock_prices"]
    assert await process.engine.incidents(process.key) == []
    assert await code_of(process.engine.cancel(process.key, key)) == "gone"
    assert await process.engine.retry(process.key, key) == 0


async def test_an_engine_that_answers_is_ready(bench: Bench) -> None:
    await bench.engine.check()
