"""Long-lived tasks end when they are told to."""

import asyncio

import pytest

from kernel import background
from kernel.background import Waker, kept_running


async def test_a_task_that_loses_a_cancellation_is_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a library does that ends an await with what was just done instead of with the cancellation."""
    monkeypatch.setattr(background, "_AGAIN", 0.01)
    lost, running = 0, asyncio.Event()

    async def work() -> None:
        nonlocal lost
        while True:
            running.set()
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                lost += 1
                if lost == 3:
                    raise

    async with asyncio.timeout(5):
        async with kept_running("work", work) as task:
            await running.wait()
    assert (lost, task.done()) == (3, True)


async def test_a_waker_is_heard_by_who_waits_and_by_who_waits_next() -> None:
    waker = Waker()
    async with asyncio.timeout(5):
        waker.wake()
        await waker.wait(60)  # woken before it waited
        waiting = asyncio.create_task(waker.wait(60))
        await asyncio.sleep(0)
        assert not waiting.done()  # each call counts once
        waker.wake()
        await waiting
        await waker.wait(0.01)  # nobody wakes it, and it returns
