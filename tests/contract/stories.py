"""One instance of a process that is played on an engine, and the trace of what is seen of it.

A trace has the topics offered in their order, refusals by their code, incidents, what tasks and instances
know, and what an instance has come to. It holds no id and no time, so two engines that keep the same promises
have the same traces.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any
from uuid import uuid4

from kernel.process import ExternalTask, Scalar, TaskRefused
from tests.contract.engines import PROCESS, TOPICS, Bench, diagram

QUICK = f"{PROCESS}-quick"
"""The same process with two seconds in place of two minutes."""
LONG, SHORT = 60.0, 1.2
"""Seconds of a lock that lasts, and of one that runs out: enough for a few calls on a busy machine."""
_SHOWN = 80  # characters of a text

Trace = list[str]
History = Callable[["Story"], Awaitable[None]]


@dataclass
class Story:
    """One instance, and what is seen of it. `w1` is the worker, `w2` another one."""

    bench: Bench
    process: str = PROCESS
    business_key: str = field(default_factory=lambda: uuid4().hex)
    trace: Trace = field(default_factory=list)

    def say(self, *what: object) -> None:
        """Note what was seen."""
        self.trace.append(" ".join(str(one) for one in what))

    async def start(self, **variables: Scalar) -> None:
        """Begin the instance, or try to once more."""
        await self.bench.engine.start(self.process, self.business_key, {"offeringId": "o-1", **variables})

    async def offered(
        self, worker: str = "w1", *, lock: float = LONG, topics: Sequence[str] = TOPICS
    ) -> ExternalTask | None:
        """The task that is offered, when there is one."""
        found = await self.bench.engine.fetch(
            topics, worker, lock=lock, most=5, business_key=self.business_key
        )
        assert len(found) <= 1, "one path, so one task"
        who = f" to {worker}" if worker != "w1" else ""
        left = f" retries={found[0].retries}" if found and found[0].retries is not None else ""
        self.say("offered", f"{found[0].topic if found else 'nothing'}{who}{left}")
        return found[0] if found else None

    async def take(self, worker: str = "w1", *, lock: float = LONG) -> ExternalTask:
        """The task that is offered; there must be one."""
        found = await self.offered(worker, lock=lock)
        assert found is not None, f"nothing is offered after {self.trace}"
        return found

    async def done(self, task: ExternalTask, worker: str = "w1", **variables: Scalar) -> None:
        """It is done."""
        await self.bench.engine.complete(task.id, worker, variables)

    async def reject(self, task: ExternalTask, code: str, message: str = "why", **variables: Scalar) -> None:
        """It cannot be done."""
        await self.bench.engine.error(task.id, "w1", code, message, variables)

    async def fail(self, task: ExternalTask, left: int, message: str = "boom", pause: float = 0.0) -> None:
        """It has failed."""
        await self.bench.engine.failure(task.id, "w1", message, left, pause)

    async def attempt(self, what: str, *arguments: Any) -> None:
        """Call the engine, which may refuse."""
        try:
            answer = await getattr(self.bench.engine, what)(*arguments)
            self.say(what, "accepted" if answer is None else f"answers {answer}")
        except TaskRefused as error:
            self.say(what, "refused:", error.code)

    async def retry(self, retries: int = 1) -> None:
        """An operator gives what is stuck more tries."""
        await self.attempt("retry", self.process, self.business_key, retries)

    async def cancel(self) -> None:
        """An operator ends it."""
        await self.attempt("cancel", self.process, self.business_key)

    async def fire(self) -> None:
        """The two minutes are over."""
        await self.bench.fire(self.process, self.business_key)

    def sees(self, task: ExternalTask) -> None:
        """Note what a task knows."""
        self.say("sees", _known(task.variables))

    async def up_to(self, count: int) -> None:
        """Do the first tasks."""
        for _ in range(count):
            await self.done(await self.take())

    async def rest(self) -> None:
        """Do all that is left."""
        while (task := await self.offered()) is not None:
            await self.done(task)

    async def incidents(self) -> None:
        """Note who waits for an operator."""
        found = await self.bench.engine.look(self.process, self.business_key)
        assert found is not None
        mine = [one for one in await self.bench.engine.incidents(self.process) if one in found.incidents]
        assert mine == list(found.incidents), "both ways tell the same"
        self.say("incidents", [(one.activity, one.message) for one in found.incidents])

    async def look(self) -> None:
        """Note all that there is to see of it."""
        found = await self.bench.engine.look(self.process, self.business_key)
        assert found is not None
        assert found.business_key == self.business_key
        for one in found.activities:
            assert (one.ended_at is None) == (one.state == "active"), one
            assert one.ended_at is None or one.started_at <= one.ended_at, one
        starts = [one.started_at for one in found.activities]
        assert starts == sorted(starts), "in the order in which they began"
        self.say("state", found.state)
        for one in found.activities:
            failed = f" failed {one.failures} times: {_short(one.problem)}" if one.failures else ""
            self.say(f"  {one.kind} {one.id} {one.state}{failed}")

    async def end(self) -> None:
        """Note how it ended."""
        await self.look()
        await self.incidents()
        known = await self.bench.variables(self.process, self.business_key)
        self.say("knows", _known(known))


def _known(variables: Mapping[str, Scalar]) -> str:
    return ", ".join(f"{name}={_short(value)}" for name, value in sorted(variables.items()))


def _short(value: object) -> str:
    return repr(value) if len(str(value)) <= _SHOWN else f"{str(value)[:_SHOWN]}..."


async def played(bench: Bench, histories: Mapping[str, History], *, at_once: int = 8) -> dict[str, Trace]:
    """The traces of these histories on an engine, by their names; so many are played at the same time.

    A history that comes to nothing ends its trace with what was raised.
    """
    room = asyncio.Semaphore(at_once)
    await bench.engine.deploy(diagram(), "publish_offering.bpmn")
    await bench.engine.deploy(diagram(("PT2M", "PT2S"), process=QUICK), "quick.bpmn")

    async def one(play: History) -> Trace:
        async with room:
            story = Story(bench)
            try:
                await play(story)
                await story.end()
            except Exception as error:
                story.say("RAISED", repr(error))
            return story.trace

    traces = await asyncio.gather(*map(one, histories.values()))
    return dict(zip(histories, traces, strict=True))


def differences(found: Mapping[str, Trace], expected: Mapping[str, Trace]) -> Iterator[str]:
    """For each history whose traces differ: its name, what came before, and where they part."""
    for name in sorted({*found, *expected}):
        pairs = list(zip_longest(found.get(name, []), expected.get(name, []), fillvalue="(the end)"))
        parted = next((number for number, (one, other) in enumerate(pairs) if one != other), None)
        if parted is not None:
            before = [line for line, _ in pairs[max(0, parted - 4) : parted]]
            yield "\n".join([name, *before, f"  is:  {pairs[parted][0]}", f"  not: {pairs[parted][1]}"])


def raised(traces: Mapping[str, Trace]) -> list[str]:
    """The histories that came to nothing, with what was raised."""
    return [f"{name}: {trace[-1]}" for name, trace in traces.items() if trace[-1].startswith("RAISED")]


def written(traces: Mapping[str, Trace]) -> str:
    """Traces as text: the name of each history, and what was seen below it."""
    return "\n".join(
        "".join(f"{line}\n" for line in (name, *(f"    {one}" for one in trace)))
        for name, trace in traces.items()
    )


def read(text: str) -> dict[str, Trace]:
    """What `written` has written."""
    found, name = dict[str, Trace](), ""
    for line in text.splitlines():
        if line.startswith("    "):
            found[name].append(line[4:])
        elif line:
            name = line
            found[name] = []
    return found
