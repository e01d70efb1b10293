"""Work in the background: restarted when they fail, ended when they are told to, and never lost silently."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from contextvars import Context

from kernel.logging import get_logger

_log = get_logger(__name__)

_AGAIN = 1.0
"""Seconds after which a task is told again to end: `asyncio.wait_for` of Python 3.11, by which pymongo waits,
loses a cancellation that comes when what it waits for has just been done."""
_SHORTEST, _LONGEST = 0.2, 5.0  # seconds between the end of one try and the next


class Interrupted(Exception):
    """A library ended an await with a cancellation that nobody had asked for."""


class Waker:
    """Wakes a task of this process that waits because there was nothing to do."""

    def __init__(self) -> None:
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """There is something to do."""
        self._woken.set()

    async def wait(self, seconds: float) -> None:
        """Return when it is woken, or after so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        self._woken.clear()


async def unless_cancelled(awaitable: Awaitable[object]) -> None:
    """Await what may raise a CancelledError of its own, as aio-pika does out of `publish` on a silent link.

    Raises:
        Interrupted: in its place. A cancellation of the present task stays one.
    """
    try:
        await awaitable
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        raise Interrupted("an await was cancelled by nobody") from None


@asynccontextmanager
async def kept_running(name: str, work: Callable[[], Awaitable[object]]) -> AsyncIterator[asyncio.Task[None]]:
    """Run `work` in a task while the block lasts; what it raises is logged, and it starts anew.

    The task has a context of its own, so that it belongs to no request's trace.
    """
    task = asyncio.create_task(_forever(name, work), name=name, context=Context())
    try:
        yield task
    finally:
        while not task.done():
            task.cancel()
            await asyncio.wait([task], timeout=_AGAIN)


async def _forever(name: str, work: Callable[[], Awaitable[object]]) -> None:
    pause = _SHORTEST
    while True:
        began = asyncio.get_running_loop().time()
        try:
            await unless_cancelled(work())
        except Exception as error:
            _log.warning("task.restarts", task=name, error=error)
        if asyncio.get_running_loop().time() - began > 10 * _LONGEST:
            pause = _SHORTEST
        await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311  # jitter, not a secret
        pause = min(_LONGEST, pause * 2)
