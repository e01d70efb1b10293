"""What this service does by itself, every few seconds."""

import asyncio
from contextlib import AbstractAsyncContextManager

from kernel.tasks import kept_running
from offering.use_cases.keep_timelines import KeepTimelines
from offering.use_cases.note_stuck import NoteStuck

EVERY = 5.0
"""Seconds between two rounds."""


def watching(
    note_stuck: NoteStuck, keep_timelines: KeepTimelines, *, every: float = EVERY
) -> AbstractAsyncContextManager[object]:
    """Note which publications are stuck, and keep the steps of those that have ended, while it is open."""

    async def watch() -> None:
        while True:
            await asyncio.sleep(every)
            await note_stuck()
            await keep_timelines()

    return kept_running("watch publications", watch)
