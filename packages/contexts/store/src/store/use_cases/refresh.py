"""Entries are composed anew when something that they are made of has changed, or its time has come."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kernel.domain import now
from store.domain.lag import Lags
from store.ports import Copies


async def compose_all(
    copies: Copies, clock: Callable[[], datetime], tell: Callable[[int], None] = lambda _: None
) -> None:
    """Compose until nothing is left to do; `tell` hears after each batch how many that were so far."""
    composed = 0
    while step := (await copies.refresh(clock())).composed:
        composed += step
        tell(composed)


@dataclass(frozen=True)
class RefreshEntries:
    """Compose what is to be composed anew, and measure how late it is."""

    copies: Copies
    lags: Lags
    clock: Callable[[], datetime] = now

    async def __call__(self) -> int:
        """Compose one batch; returns how many entries that were, 0 when nothing is left to do."""
        moment = self.clock()
        done = await self.copies.refresh(moment)
        for entry in done.shown:
            if entry.visible_at is not None:
                self.lags.note((self.clock() - entry.committed_at).total_seconds())
        return done.composed
