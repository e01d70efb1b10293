"""What this service does by itself, every few seconds."""

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager

from kernel.background import Waker, kept_running
from kernel.logging import get_logger
from offering.use_cases.keep_timelines import KeepTimelines
from offering.use_cases.mend_lost import MendLost
from offering.use_cases.note_stuck import NoteStuck, Stuck
from offering.use_cases.start_waiting import StartWaiting

EVERY = 5.0
"""Seconds between two rounds."""
LOOK = 2.0
"""Seconds between two looks at what waits, when nobody wakes us: another process may have ended something."""

_log = get_logger(__name__)


def beginning(start_waiting: StartWaiting, room: Waker) -> AbstractAsyncContextManager[object]:
    """Begin what waits as others end, while it is open; `room` is told when one has."""

    async def begin() -> None:
        while True:
            if not await start_waiting():
                await room.wait(LOOK)

    return kept_running("begin publications", begin)


def watching(
    note_stuck: NoteStuck, mend_lost: MendLost, keep_timelines: KeepTimelines, *, every: float = EVERY
) -> AbstractAsyncContextManager[object]:
    """Note which publications are stuck, mend what the engine has lost, keep the steps of what has ended.

    It does so while it is open. Each that becomes stuck is a warning in the log, which alerts people.
    """

    def tell(stuck: Sequence[Stuck]) -> None:
        for one in stuck:
            id = str(one.publication_id)
            _log.warning("publication.stuck", publication=id, offering=one.offering_key, step=one.step)

    async def watch() -> None:
        while True:
            await asyncio.sleep(every)
            tell(await note_stuck())
            tell(await mend_lost())
            await keep_timelines()

    return kept_running("watch publications", watch)
