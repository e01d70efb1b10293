"""Histories of one process, to be played on any engine: scripted ones, and random ones by their seed.

`python -m tests.contract.histories` plays the scripted ones on Camunda 7 and writes what was seen into
histories.txt, to which all engines are held.
"""

import asyncio
import random
from pathlib import Path

from kernel.process import Scalar
from tests.contract.engines import PROCESS, TOPICS, UNDO, diagram, over_rest
from tests.contract.stories import LONG, QUICK, SHORT, History, Story, Trace, played, read, written

FILE = Path(__file__).with_suffix(".txt")

SCRIPTED: dict[str, History] = {}
"""The histories by their names."""


def history(play: History) -> History:
    """One of the scripted histories, named as its function."""
    SCRIPTED[play.__name__] = play
    return play


@history
async def all_goes_well(story: Story) -> None:
    await story.start()
    await story.rest()


def rejected(position: int, code: str, message: str = "why") -> History:
    """The history of an error in the task at this position."""

    async def play(story: Story) -> None:
        await story.start()
        await story.up_to(position)
        await story.reject(await story.take(), code, message)
        await story.rest()

    return play


SCRIPTED["price_missing"] = rejected(0, "PRICE_MISSING")
SCRIPTED["price_expired"] = rejected(0, "PRICE_EXPIRED")
SCRIPTED["specification_invalid"] = rejected(1, "SPECIFICATION_INVALID")
SCRIPTED["entry_refused_without_a_reason"] = rejected(2, "ENTRY_REFUSED", "")
SCRIPTED["an_error_that_only_the_event_for_any_takes"] = rejected(1, "NOT_IN_THE_DIAGRAM")


@history
async def an_error_where_nothing_takes_it(story: Story) -> None:
    await story.start()
    await story.reject(await story.take(), "PRICE_MISSING")
    task = await story.take()
    await story.attempt("error", task.id, "w1", "NO_UNDO", "x")
    await story.fail(task, 0, "cannot undo")
    await story.incidents()
    await story.offered()
    await story.retry()
    await story.incidents()
    await story.rest()


@history
async def three_failures_then_success(story: Story) -> None:
    await story.start()
    await story.up_to(1)
    for left in (3, 2, 1):
        await story.fail(await story.take(), left)
    await story.incidents()
    await story.rest()


@history
async def tries_used_up_and_given_again(story: Story) -> None:
    await story.start()
    await story.up_to(2)
    for left in (2, 1, 0):
        await story.fail(await story.take(), left, f"boom {left}")
    await story.incidents()
    await story.offered()
    await story.retry()
    await story.incidents()
    await story.retry()
    await story.rest()


@history
async def a_pause_after_a_failure(story: Story) -> None:
    await story.start()
    await story.fail(await story.take(), 2, "later", pause=SHORT)
    await story.offered()
    await story.offered("w2")
    await asyncio.sleep(SHORT + 0.2)
    await story.rest()


def timed_out(position: int) -> History:
    """The history of two minutes that are over while the task at this position waits."""

    async def play(story: Story) -> None:
        await story.start()
        await story.up_to(position)
        await story.fire()
        await story.rest()

    return play


for _number, _name in enumerate(("lock_prices", "validate", "stage_entry", "confirm")):
    SCRIPTED[f"two_minutes_are_over_at_{_name}"] = timed_out(_number)


@history
async def two_minutes_are_over_while_somebody_is_at_it(story: Story) -> None:
    await story.start()
    await story.up_to(2)
    task = await story.take()
    await story.fire()
    await story.attempt("complete", task.id, "w1", {"late": True})
    await story.attempt("error", task.id, "w1", "ENTRY_REFUSED", "x")
    await story.attempt("failure", task.id, "w1", "x", 1)
    await story.attempt("extend", task.id, "w1", 1.0)
    await story.rest()


@history
async def two_minutes_are_over_for_what_is_stuck(story: Story) -> None:
    await story.start()
    await story.up_to(1)
    await story.fail(await story.take(), 0)
    await story.incidents()
    await story.fire()
    await story.incidents()
    await story.rest()


@history
async def a_timer_fires_by_itself(story: Story) -> None:
    story.process = QUICK
    await story.start()
    await story.take()
    await story.bench.pass_by(story.process, story.business_key, 2.0)
    await story.rest()


@history
async def a_lock_runs_out_and_another_takes_it(story: Story) -> None:
    await story.start()
    task = await story.take(lock=SHORT)
    await story.offered("w2")
    await asyncio.sleep(SHORT + 0.2)
    again = await story.take("w2")
    assert again.id == task.id
    await story.attempt("complete", task.id, "w1", {"by": "w1"})
    await story.attempt("error", task.id, "w1", "PRICE_MISSING", "x")
    await story.attempt("failure", task.id, "w1", "x", 1)
    await story.attempt("extend", task.id, "w1", 1.0)
    await story.done(again, "w2", by="w2")
    await story.attempt("complete", task.id, "w1", {"by": "w1"})
    await story.rest()


@history
async def a_lock_runs_out_and_nobody_takes_it(story: Story) -> None:
    await story.start()
    task = await story.take(lock=0.1)
    await asyncio.sleep(0.3)
    await story.attempt("extend", task.id, "w1", 1.0)
    await story.attempt("complete", task.id, "w1")
    await story.rest()


@history
async def a_lock_is_extended_and_given_back(story: Story) -> None:
    await story.start()
    other, mine = f"w2 {story.business_key}", f"w1 {story.business_key}"
    (task,) = await story.bench.engine.fetch(TOPICS, mine, lock=2.0, business_key=story.business_key)
    await story.bench.engine.extend(task.id, mine, LONG)
    await asyncio.sleep(2.2)
    await story.offered("w2")
    await story.attempt("extend", task.id, other, 9.0)
    await story.attempt("complete", task.id, other)
    await story.attempt("unlock_all", other)
    await story.attempt("unlock_all", mine)
    await story.attempt("complete", task.id, mine)
    await story.done(await story.take("w2"), "w2")
    await story.attempt("unlock_all", mine)
    await story.rest()


@history
async def started_twice(story: Story) -> None:
    await story.start()
    await story.start(other=1)
    await story.rest()
    await story.start(other=2)
    await story.offered()


@history
async def variables_flow(story: Story) -> None:
    await story.start(traceparent="00-ab-cd-01")
    task = await story.take()
    story.sees(task)
    await story.done(task, holdToken=7, offeringId="o-2")
    task = await story.take()
    story.sees(task)
    await story.done(task, specOk=True, ratio=1.5, nothing=None)
    await story.reject(await story.take(), "ENTRY_REFUSED", "name taken", problems="[1]")
    for _ in UNDO:
        task = await story.take()
        story.sees(task)
        await story.done(task)


@history
async def texts_that_are_too_long(story: Story) -> None:
    await story.start()
    task = await story.take()
    await story.attempt("complete", task.id, "w1", {"big": "x" * 4001})
    await story.attempt("complete", task.id, "w1", {"zero": "\0"})
    await story.attempt("complete", task.id, "w1", {"half": "\ud800"})
    await story.attempt("error", task.id, "w1", "PRICE_MISSING", "x" * 4001)
    await story.fail(task, 1, "x\0" * 9000)
    task = await story.take()
    await story.attempt("complete", task.id, "w1", {"big": "x" * 4000})
    task = await story.take()
    story.say("sees", len(str(task.variables["big"])), "characters")
    await story.reject(task, "SPECIFICATION_INVALID", "y" * 4000)
    await story.rest()


@history
async def what_nobody_should_send(story: Story) -> None:
    await story.start()
    task = await story.take()
    await story.attempt("error", task.id, "w1", " ", "x")
    await story.attempt("failure", task.id, "w1", "x", -1)
    await story.attempt("extend", task.id, "w1", 0.0)
    await story.attempt("complete", task.id, "w1", {"list": [1]})
    await story.attempt("complete", task.id, "w1", {"huge": 2**63})
    await story.attempt("complete", task.id, "w1", {"endless": float("inf")})
    await story.retry(0)
    await story.done(task, large=2**40, text="a'é\n\U0001f600", no=False, small=-(2**63))
    task = await story.take()
    story.sees(task)
    await story.attempt("complete", "0" * 32, "w1")
    await story.attempt("complete", "no-such-task", "w1")
    await story.attempt("error", task.id, "w1", "specification_invalid", " ")
    await story.rest()


@history
async def cancelled(story: Story) -> None:
    await story.start()
    await story.up_to(2)
    task = await story.take()
    await story.cancel()
    await story.attempt("complete", task.id, "w1")
    await story.offered()
    await story.cancel()
    await story.retry()
    await story.start()
    await story.offered()


@history
async def another_diagram_while_it_runs(story: Story) -> None:
    """What runs goes on by its own diagram, what begins later runs by the new one."""
    story.process = f"{PROCESS}-{story.business_key[:8]}"
    renamed = ("store.drop-entry", "store.renamed")
    topics = (*TOPICS, "store.renamed")
    await story.bench.engine.deploy(diagram(process=story.process), f"{story.process}.bpmn")
    await story.start()
    await story.up_to(1)
    await story.bench.engine.deploy(diagram(renamed, process=story.process), f"{story.process}.bpmn")
    await story.reject(await story.take(), "SPECIFICATION_INVALID", "")
    await story.rest()
    story.business_key += "-2"
    await story.start()
    await story.reject(await story.take(), "PRICE_MISSING", "")
    while (task := await story.offered(topics=topics)) is not None:
        await story.done(task)


CODES = (
    "PRICE_MISSING",
    "PRICE_EXPIRED",
    "SPECIFICATION_INVALID",
    "ENTRY_REFUSED",
    "OTHER",
    "price_missing",
    " ",
)
MOVES = {
    "take": 34,
    "complete": 34,
    "error": 5,
    "failure": 8,
    "extend": 4,
    "retry": 8,
    "timer": 2,
    "expire": 4,
    "start": 2,
    "cancel": 1,
    "look": 3,
}


def at_random(seed: int) -> History:
    """A history of ten to fifty moves, many of them late, doubled, or somebody else's."""

    async def play(story: Story) -> None:
        chance = random.Random(seed)  # noqa: S311  # a history, not a secret
        await story.start(n=seed)
        seen: list[tuple[str, str]] = []
        for _ in range(chance.randint(10, 50)):
            (move,) = chance.choices(list(MOVES), list(MOVES.values()))
            worker, recent, left = (
                chance.choice(["w1", "w1", "w2"]),
                chance.random() < 0.8,
                chance.randint(0, 3),
            )
            which, code = chance.random(), chance.choice(CODES)
            told: dict[str, Scalar] = {chance.choice("abc"): chance.choice([1, "x", True, None, 2.5])}
            task, holder = ("", worker)
            if seen:
                task, holder = seen[-1] if recent else seen[int(which * len(seen))]
            who = holder if left else worker
            match move:
                case "take" | "expire":
                    found = await story.offered(worker, lock=LONG if move == "take" else 0.1)
                    if found is not None:
                        seen.append((found.id, worker))
                        story.sees(found)
                        await asyncio.sleep(0.0 if move == "take" else 0.25)
                case "timer":
                    await story.fire()
                case "retry":
                    await story.retry(1 + left)
                    await story.incidents()
                case "start":
                    await story.start()
                case "cancel":
                    await story.cancel()
                case "look":
                    await story.look()
                    await story.incidents()
                case "complete" if task:
                    await story.attempt("complete", task, who, told)
                case "error" if task:
                    await story.attempt("error", task, who, code, f"m{left}" if left else "")
                case "failure" if task:
                    await story.attempt("failure", task, who, f"boom{left}", left)
                case "extend" if task:
                    await story.attempt("extend", task, who, LONG)

    return play


def expected() -> dict[str, Trace]:
    """What is seen of the scripted histories on Camunda 7."""
    return read(FILE.read_text())


async def _seen(url: str) -> dict[str, Trace]:
    async with over_rest(url) as bench:
        return await played(bench, SCRIPTED)


if __name__ == "__main__":
    from tests.servers import camunda

    with camunda("camunda") as running:
        FILE.write_text(written(asyncio.run(_seen(running.url("catalog")))))
