"""A process of ours that tells how many tasks it has: `python -m tests.resilience.harness.observed`.

OBSERVED names the module that is run, as `python -m` would run it. At SIGUSR1 the number of asyncio tasks is
written to the file that OBSERVED_TASKS names. Events on their way to a broker are not counted: where there is
none, the relay tries them again and again.
"""

import asyncio
import os
import runpy
import signal
from pathlib import Path
from types import FrameType


def _tell(_: int, __: FrameType | None) -> None:
    file = Path(os.environ["OBSERVED_TASKS"])
    half = file.with_suffix(".half")
    try:
        names = [getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks()]
        half.write_text(str(len(names) - names.count("Relay._publish")))
    except RuntimeError:  # no loop runs, or a task came or went while they were counted
        half.write_text("-1")
    half.replace(file)


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, _tell)
    runpy.run_module(os.environ["OBSERVED"], run_name="__main__", alter_sys=True)
