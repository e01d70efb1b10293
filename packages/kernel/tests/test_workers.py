"""The loop that does tasks, over a scripted engine: it says what is to be done, and hears how that went."""

import asyncio
import json
from collections.abc import Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from kernel import workers
from kernel.domain import HeardPart
from kernel.errors import Conflict, Problem, Rejected, RuleBroken, Unavailable
from kernel.metrics import Metrics
from kernel.process import LONGEST_TEXT, ExternalTask, TaskRefused, Variables
from kernel.settings import TraceSettings
from kernel.tracing import Tracing, current_trace_id
from kernel.workers import MOST_TRIES, Tasks, Worker
from tests.measured import labelled, measured

TRACE = "0af7651916cd43dd8448eb211c80319c"


async def until(check: Callable[[], bool]) -> None:
    """Wait until it is so; five seconds at most."""
    async with asyncio.timeout(5):
        while not check():  # noqa: ASYNC110  # what is looked at does not tell when it changes
            await asyncio.sleep(0.005)


@dataclass(frozen=True, kw_only=True)
class Step(HeardPart):
    """What the use cases of these tests want to know."""

    publication_id: str
    count: int = 0


@dataclass
class Scripted:
    """Hands out tasks in order, and keeps what it is told. `refusals` are raised by reports, one by one."""

    waiting: list[ExternalTask] = field(default_factory=list)
    told: list[tuple[Any, ...]] = field(default_factory=list)
    refusals: list[Exception] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)
    unlocked: list[str] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, *tasks: ExternalTask) -> None:
        self.waiting += tasks
        self.news.set()

    async def fetch(
        self, topics: Sequence[str], worker: str, *, lock: float, most: int = 1, wait: float = 0.0, **_: Any
    ) -> Sequence[ExternalTask]:
        self.asked.append(most)
        while not self.waiting:
            self.news.clear()
            await self.news.wait()
        found, self.waiting = self.waiting[:most], self.waiting[most:]
        return found

    async def complete(self, task: str, worker: str, variables: Variables | None = None) -> None:
        self._hear("complete", task, dict(variables or {}))

    async def error(
        self, task: str, worker: str, code: str, message: str, variables: Variables | None = None
    ) -> None:
        self._hear("error", task, code, message, dict(variables or {}))

    async def failure(self, task: str, worker: str, message: str, retries: int, pause: float = 0.0) -> None:
        self._hear("failure", task, message, retries, pause)

    async def extend(self, task: str, worker: str, lock: float) -> None:
        self._hear("extend", task, lock)

    async def unlock_all(self, worker: str) -> int:
        self.unlocked.append(worker)
        return 0

    def _hear(self, *what: Any) -> None:
        if self.refusals:
            raise self.refusals.pop(0)
        self.told.append(what)

    async def heard(self, count: int) -> list[tuple[Any, ...]]:
        """The first so many reports, when they are there."""
        await until(lambda: len(self.told) >= count)
        return self.told


def task(id: str = "t1", retries: int | None = None, **variables: Any) -> ExternalTask:
    named = {"publicationId": "p1", **variables}
    return ExternalTask(
        id=id, topic="step", activity="step", business_key="p1", variables=named, retries=retries
    )


@asynccontextmanager
async def working(
    engine: Scripted,
    do: Callable[[Step], Any],
    *,
    patient: bool = False,
    metrics: Metrics | None = None,
    **options: Any,
) -> Any:
    """A worker whose one use case is `do`."""
    tracing = Tracing("test", TraceSettings())
    tasks = Tasks("test", tracing, metrics)
    tasks.on("step", Step, lambda: do, throws=("PRICE_MISSING",), patient=patient)
    try:
        async with Worker(engine, tasks, **options) as worker:
            yield worker
    finally:
        tracing.close()


async def test_what_is_done_is_completed_with_what_it_tells() -> None:
    engine, seen = Scripted(), list[Any]()

    async def do(wanted: Step) -> Variables:
        seen.append((wanted, current_trace_id()))
        return {"token": 7}

    engine.add(task(count=3, other="x", traceparent=f"00-{TRACE}-b7ad6b7169203331-01"))
    async with working(engine, do):
        assert await engine.heard(1) == [("complete", "t1", {"token": 7})]
    assert seen == [(Step(publication_id="p1", count=3), TRACE)]


async def test_a_rejection_is_an_error_of_the_diagram_with_its_problems() -> None:
    engine = Scripted()
    problems = [Problem("missing", "No such price.", "/priceIds/0")]

    async def do(wanted: Step) -> None:
        raise Rejected("A price is missing.", code="PRICE_MISSING", problems=problems)

    engine.add(task())
    async with working(engine, do):
        ((what, id, code, message, variables),) = await engine.heard(1)
    assert (what, id, code, message) == ("error", "t1", "PRICE_MISSING", "A price is missing.")
    assert json.loads(variables["problems"]) == [
        {"code": "missing", "message": "No such price.", "pointer": "/priceIds/0"}
    ]


async def test_problems_that_do_not_fit_are_left_out_whole() -> None:
    engine = Scripted()

    async def do(wanted: Step) -> None:
        problems = [Problem("bad", "x" * 900, f"/values/{index}") for index in range(9)]
        raise Rejected("y" * 9000, code="PRICE_MISSING", problems=problems)

    engine.add(task())
    async with working(engine, do):
        ((_, _, _, message, variables),) = await engine.heard(1)
    assert len(message) == LONGEST_TEXT
    assert len(variables["problems"]) <= LONGEST_TEXT
    kept = [one["pointer"] for one in json.loads(variables["problems"])]
    assert kept == ["/values/0", "/values/1", "/values/2", "/values/3"]


@pytest.mark.parametrize(
    ("raised", "retries", "left"),
    [
        (Unavailable("away"), None, MOST_TRIES - 1),
        (Conflict("lost"), 4, 3),
        (TimeoutError(), 1, 0),
        (RuntimeError("our fault"), None, 2),
        (RuntimeError("our fault"), 2, 1),
        (RuntimeError("our fault"), 1, 0),
        (RuleBroken("no"), None, 0),
        (Rejected("not in the diagram", code="UNKNOWN"), None, 2),
    ],
)
async def test_what_fails_is_tried_again_or_waits_for_an_operator(
    raised: Exception, retries: int | None, left: int
) -> None:
    engine = Scripted()

    async def do(wanted: Step) -> None:
        raise raised

    engine.add(task(retries=retries))
    async with working(engine, do):
        ((what, id, message, said, pause),) = await engine.heard(1)
    assert (what, id, said) == ("failure", "t1", left)
    assert message
    assert pause == 0.0 if left == 0 else 0.05 < pause <= 12.5


async def test_everybody_may_read_where_to_look_for_a_fault_of_ours_and_no_more() -> None:
    engine = Scripted()

    async def do(wanted: Step) -> None:
        raise RuntimeError("select secret from table")

    engine.add(task(traceparent=f"00-{TRACE}-b7ad6b7169203331-01"))
    async with working(engine, do):
        ((_, _, message, _, _),) = await engine.heard(1)
    assert message == f"A fault of the platform (RuntimeError): the log has it under the trace {TRACE}."


async def test_variables_that_were_not_agreed_on_wait_for_an_operator() -> None:
    engine = Scripted()

    async def do(wanted: Step) -> None:
        raise AssertionError("it was not to be called")

    engine.add(task(count="many"))
    async with working(engine, do):
        ((what, _, message, left, _),) = await engine.heard(1)
    assert (what, left) == ("failure", 0)
    assert message.startswith("The variables of step are not what was agreed on: count: ")


async def test_a_step_is_as_patient_as_it_was_registered() -> None:
    engine = Scripted()

    async def do(wanted: Step) -> None:
        raise Unavailable("The store does not answer.")

    engine.add(task(retries=40))
    async with working(engine, do, patient=True):
        ((what, _, message, left, pause),) = await engine.heard(1)
    assert (what, message, left) == ("failure", "The store does not answer.", 39)
    assert 22.5 <= pause <= 37.5


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        (Unavailable("The store does not answer."), "The store does not answer."),
        (RuleBroken("It has ended. password=hunter2"), "It has ended. password=[redacted]"),
        (RuleBroken("x" * 10_000), "x" * 500),
        (TimeoutError(), "It was not done in time."),
        (TimeoutError("select 1"), "It was not done in time."),
    ],
)
async def test_people_read_sentences_and_no_names_of_classes(raised: Exception, said: str) -> None:
    engine = Scripted()

    async def do(wanted: Step) -> None:
        raise raised

    engine.add(task())
    async with working(engine, do):
        ((_, _, message, _, _),) = await engine.heard(1)
    assert message == said


async def test_a_report_whose_answer_was_lost_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Scripted(refusals=[Unavailable("lost"), TaskRefused("done", code="gone")])
    done = list[str]()

    async def do(wanted: Step) -> None:
        done.append(wanted.publication_id)

    engine.add(task())
    async with working(engine, do):
        await until(lambda: not engine.refusals)
        engine.add(task("t2"))
        assert await engine.heard(1) == [("complete", "t2", {})]
    assert done == ["p1", "p1"]


async def test_what_the_engine_does_not_take_waits_for_an_operator() -> None:
    engine = Scripted(refusals=[TaskRefused("nobody takes this code", code="uncaught")])

    async def do(wanted: Step) -> None:
        raise Rejected("A price is missing.", code="PRICE_MISSING")

    engine.add(task())
    async with working(engine, do):
        ((what, _, message, left, _),) = await engine.heard(1)
    assert (what, message, left) == ("failure", "nobody takes this code", 0)


async def test_as_many_are_fetched_as_there_is_room_for() -> None:
    engine, running, go = Scripted(), 0, asyncio.Event()
    most = 0

    async def do(wanted: Step) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await go.wait()
        running -= 1

    engine.add(*(task(f"t{index}") for index in range(7)))
    async with working(engine, do, at_once=3):
        await until(lambda: running == 3)
        assert len(engine.waiting) == 4
        go.set()
        await engine.heard(7)
    assert most == 3
    assert max(engine.asked) == 3


async def test_locks_are_extended_while_it_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "LOCK", 0.06)
    engine = Scripted()

    async def do(wanted: Step) -> None:
        await asyncio.sleep(0.15)

    engine.add(task())
    async with working(engine, do):
        told = await engine.heard(3)
    assert [one[0] for one in told[:2]] == ["extend", "extend"]
    assert told[-1][0] == "complete"


async def test_stopping_waits_for_what_is_in_hand_and_gives_back_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workers, "_GRACE", 0.1)
    engine, started = Scripted(), list[int]()

    async def do(wanted: Step) -> None:
        started.append(wanted.count)
        await asyncio.sleep(wanted.count)

    engine.add(task("quick", count=0), task("slow", count=60))
    async with working(engine, do) as worker:
        await until(lambda: len(started) == 2)
    assert engine.told == [("complete", "quick", {})]  # of the slow one no failure: no try is burned
    assert engine.unlocked == [worker.name]


async def test_no_two_workers_have_one_name() -> None:
    engine = Scripted()

    async def do(wanted: Step) -> None:
        return None

    async with working(engine, do) as one, working(engine, do) as other:
        assert one.name != other.name


async def test_how_tasks_end_is_measured() -> None:
    engine, metrics = Scripted(), Metrics("test")

    async def do(wanted: Step) -> None:
        match wanted.count:
            case 1:
                raise Rejected("A price is missing.", code="PRICE_MISSING")
            case 2:
                raise Unavailable("planned")

    engine.add(*(task(str(number), count=number % 3) for number in range(4)))
    async with working(engine, do, metrics=metrics):
        await engine.heard(4)
    text = (await metrics.told()).decode()
    count = "catalog_task_duration_seconds_count"
    assert labelled(text, count, "outcome") == {"completed": 2, "rejected": 1, "failed": 1}
    assert measured(text, count, topic="step", outcome="completed", service_name="test") == [2]
