"""What many ask for at the same time is done together, and nobody fails for another."""

import asyncio
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field

import pytest

from kernel.errors import Unavailable
from store_app.mongo.gathering import Gathering

_CALLER = ContextVar("caller", default="nobody")


@dataclass
class Work:
    """Notes each batch, and for whom it is done; while `held`, none ends. What is `wrong` fails its batch."""

    wrong: dict[int, Exception] = field(default_factory=dict)
    batches: list[list[int]] = field(default_factory=list)
    callers: set[str] = field(default_factory=set)
    free: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, batch: Sequence[int]) -> None:
        self.batches.append([*batch])
        self.callers.add(_CALLER.get())
        await self.free.wait()
        for one in batch:
            if one in self.wrong:
                raise self.wrong[one]


async def turns(count: int = 5) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_who_comes_while_a_batch_is_on_its_way_is_in_the_next() -> None:
    work = Work()
    do = Gathering("work", work, 3)
    first = asyncio.create_task(do(0))
    await turns()
    others = [asyncio.create_task(do(number)) for number in range(1, 6)]
    await turns()
    assert work.batches == [[0]]
    work.free.set()
    await asyncio.gather(first, *others)
    assert work.batches == [[0], [1, 2, 3], [4, 5]]


async def test_who_is_served_and_comes_again_is_in_the_next_batch_with_all_others() -> None:
    work = Work()
    work.free.set()
    do = Gathering("work", work, 8)

    async def lane(number: int) -> None:
        for _ in range(3):
            await do(number)

    await asyncio.gather(*map(lane, range(4)))
    assert work.batches == [[0, 1, 2, 3]] * 3


async def test_a_batch_has_no_caller_s_context() -> None:
    work = Work()
    work.free.set()
    _CALLER.set("somebody")
    await Gathering("work", work, 2)(0)
    assert work.callers == {"nobody"}


async def test_nobody_fails_for_another() -> None:
    work = Work(wrong={1: ValueError("one"), 3: ValueError("three")})
    work.free.set()
    do = Gathering("work", work, 8)
    done = await asyncio.gather(*map(do, range(4)), return_exceptions=True)
    assert [repr(one) for one in done] == ["None", "ValueError('one')", "None", "ValueError('three')"]
    assert work.batches == [[0, 1, 2, 3], [0], [1], [2], [3]]


async def test_what_is_away_is_away_for_all() -> None:
    work = Work(wrong={0: Unavailable("away")})
    work.free.set()
    do = Gathering("work", work, 8)
    done = await asyncio.gather(*map(do, range(3)), return_exceptions=True)
    assert [type(one) for one in done] == [Unavailable] * 3
    assert work.batches == [[0, 1, 2]]


async def test_who_gives_up_is_left_out_and_nobody_else() -> None:
    work = Work()
    do = Gathering("work", work, 8)
    tasks = [asyncio.create_task(do(0))]
    await turns()
    tasks += [asyncio.create_task(do(number)) for number in (1, 2)]
    await turns()
    tasks[0].cancel()
    tasks[1].cancel()
    await turns()
    work.free.set()
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(one) for one in done] == [asyncio.CancelledError, asyncio.CancelledError, type(None)]
    assert work.batches == [[0], [2]]


async def test_when_the_process_ends_nobody_waits_for_ever() -> None:
    work = Work()
    do = Gathering("work", work, 1)
    tasks = [asyncio.create_task(do(number)) for number in range(2)]
    await turns()
    (working,) = asyncio.all_tasks() - {*tasks, asyncio.current_task()}
    working.cancel()
    await asyncio.wait(tasks, timeout=1)
    assert [task.cancelled() for task in tasks] == [True, True]
    work.free.set()
    await do(2)
    with pytest.raises(asyncio.CancelledError):
        await tasks[0]
