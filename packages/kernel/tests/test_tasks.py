"""Long-lived tasks end when they are told to."""

import asyncio

import pytest

from kernel import tasks
from kernel.tasks import kept_running


async def test_a_task_that_loses_a_cancellation_is_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a library does that ends an await with what was just done instead of with the cancellation."""
    monkeypatch.setattr(tasks, "_AGAIN", 0.01)
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
