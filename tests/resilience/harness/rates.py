"""A load with a rate, and what rate there can be: the two cores are shared, and nobody knows by whom."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from tests.resilience.harness.crowd import Answer, tally

CLIENTS = 16
"""Clients that ask again at once: what they are answered is the capacity."""
_TICK = 0.005  # seconds
Ask = Callable[[], Awaitable[Answer]]


@dataclass
class Load:
    """So many requests a second, whatever becomes of them, as from people who do not know of each other.

    At most `most` are under way: what should have come meanwhile comes late.
    """

    ask: Ask
    most: int = 500
    answers: list[Answer] = field(default_factory=list)
    stopping: bool = False
    _under_way: int = field(default=0, init=False)

    async def at(self, rate: float, seconds: float = 600.0) -> float:
        """Ask until told to stop, and wait for all answers; returns the rate that could be kept."""
        begin, begun = time.monotonic(), 0
        async with asyncio.TaskGroup() as every:
            while (passed := time.monotonic() - begin) < seconds and not self.stopping:
                due = max(0, min(int(passed * rate) - begun, self.most - self._under_way))
                for _ in range(due):
                    self._under_way += 1
                    every.create_task(self._one())
                begun += due
                await asyncio.sleep(_TICK)
        return begun / passed

    async def _one(self) -> None:
        self.answers.append(await self.ask())
        self._under_way -= 1


async def capacity(ask: Ask, rounds: int = 4) -> float:
    """How many requests a second are answered when a few clients ask one after the other.

    Each round takes a second, and the best one counts: processes that have just started are slow.
    """
    return max([await _answered_in_a_second(ask) for _ in range(rounds)])


async def _answered_in_a_second(ask: Ask) -> float:
    begin, answers = time.monotonic(), list[Answer]()

    async def client() -> None:
        while time.monotonic() < begin + 1:
            answers.append(await ask())

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    assert tally(answers).keys() <= {"200", "201"}, tally(answers)
    return len(answers) / (time.monotonic() - begin)
