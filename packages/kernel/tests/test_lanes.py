"""Deliveries side by side and in order, and the gate in which one is alone."""

import asyncio
import random

import pytest

from kernel.rabbit import lanes as module
from kernel.rabbit.lanes import Gate, Lanes


async def test_items_of_a_key_are_done_in_their_order_while_others_are_under_way() -> None:
    done: dict[str, list[int]] = {}
    at_once = most = 0
    all_done = asyncio.Event()

    async def work(item: tuple[str, int]) -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(random.uniform(0, 0.002))  # noqa: S311
        done.setdefault(item[0], []).append(item[1])
        at_once -= 1
        if sum(map(len, done.values())) == 200:
            all_done.set()

    async with Lanes(work, 4) as lanes:
        for number in range(200):
            lanes.put(f"key-{number % 10}", (f"key-{number % 10}", number))
        async with asyncio.timeout(10):
            await all_done.wait()
    assert all(numbers == sorted(numbers) for numbers in done.values())
    assert 1 < most <= 4


async def test_closing_waits_for_what_has_begun_and_drops_the_rest() -> None:
    done: list[int] = []
    begun = asyncio.Event()

    async def work(item: int) -> None:
        begun.set()
        await asyncio.sleep(0.05)
        done.append(item)

    async with Lanes(work, 1) as lanes:
        lanes.put("key", 1)
        lanes.put("key", 2)
        await begun.wait()
    assert done == [1]


async def test_closing_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "DRAIN", 0.05)
    async with asyncio.timeout(5), Lanes(asyncio.sleep, 1) as lanes:
        lanes.put("key", 60)
        await asyncio.sleep(0.01)
    assert all(task.done() for task in lanes.tasks)


async def test_a_lane_whose_work_raises_ends_with_that() -> None:
    async def work(item: int) -> None:
        raise KeyError(item)

    async with Lanes(work, 1) as lanes:
        lanes.put("key", 1)
        await asyncio.wait(lanes.tasks, timeout=5)
        assert isinstance(lanes.tasks[0].exception(), KeyError)


async def test_alone_is_alone() -> None:
    gate, inside, seen = Gate(), 0, list[int]()

    async def many(entering: asyncio.Event) -> None:
        nonlocal inside
        async with gate.together():
            inside += 1
            entering.set()
            await asyncio.sleep(0.02)
            inside -= 1

    async def one() -> None:
        async with gate.alone():
            seen.append(inside)
            await asyncio.sleep(0.02)
            seen.append(inside)

    entered = asyncio.Event()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        group.create_task(many(entered))
        group.create_task(many(asyncio.Event()))
        await entered.wait()
        group.create_task(one())
        await asyncio.sleep(0)
        group.create_task(many(asyncio.Event()))
    assert seen == [0, 0]
