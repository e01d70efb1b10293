"""What many ask for at the same time is done for all of them together."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from typing import Generic, TypeVar

from kernel.errors import Unavailable
from kernel.tracing import within

T = TypeVar("T")


class Gathering(Generic[T]):
    """Does for many at once what each of them asks for: while one batch is on its way, the next one gathers.

    Who is alone waits for nobody. `name` is what traces call it. A round trip costs more than most of what is
    asked for in it, so what comes in eight lanes costs a third when it is done together.
    """

    def __init__(self, name: str, do: Callable[[Sequence[T]], Awaitable[object]], most: int) -> None:
        self._name = name
        self._do = do
        self._most = most
        self._waiting: list[tuple[T, asyncio.Future[None]]] = []
        self._working: asyncio.Task[None] | None = None

    async def __call__(self, wanted: T) -> None:
        """Return when it is done.

        Raises:
            Exception: what doing it raises. Where a batch fails each of it is done again, alone, so that
                nobody fails for another; but not what is Unavailable, which it would be for each.
        """
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((wanted, done))
        if self._working is None or self._working.done():
            # in a context of its own: the batch belongs to no caller's trace, and has no caller's deadline
            self._working = asyncio.create_task(self._work(), context=Context())
        with within(self._name):  # what is done is in no trace, waiting for it is
            await done

    async def _work(self) -> None:
        batch: list[tuple[T, asyncio.Future[None]]] = []
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                await self._together([one for one in batch if not one[1].done()])  # not for who gave up
                await asyncio.sleep(0)  # whoever was served may come again at once, and is in the next batch
        except BaseException:  # the process ends
            for _, done in (*batch, *self._waiting):
                done.cancel()
            self._waiting = []
            raise

    async def _together(self, batch: Sequence[tuple[T, asyncio.Future[None]]]) -> None:
        error = await self._failure([wanted for wanted, _ in batch]) if batch else None
        for wanted, done in batch:
            own = error
            if error is not None and len(batch) > 1 and not isinstance(error, Unavailable):
                own = await self._failure([wanted])
            if done.done():
                continue
            if own is None:
                done.set_result(None)
            else:
                done.set_exception(own)

    async def _failure(self, wanted: Sequence[T]) -> Exception | None:
        try:
            await self._do(wanted)
        except Exception as error:
            return error
        return None
