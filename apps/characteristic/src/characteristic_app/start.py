"""What happens while the first requests come."""

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import Self

from kernel.units import check_unit


class Units(AbstractAsyncContextManager["Units"]):
    """Reads the definitions of all units in a thread: their first use takes 0.6 s, which no request shall."""

    def __init__(self) -> None:
        self._reading: asyncio.Task[object] | None = None

    async def __aenter__(self) -> Self:
        self._reading = asyncio.create_task(asyncio.to_thread(check_unit, "GB"))
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._reading is not None:
            await self._reading
