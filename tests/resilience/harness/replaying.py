"""A replay as a process that can be killed: `python -m tests.resilience.harness.replaying`.

REPLAY_BROKER_URL and REPLAY_RATE tell it what to do. It prints `COUNT SECONDS` for each message that it has
handed over, SECONDS by the monotonic clock, and at the end `returned COUNT`.
"""

import asyncio
import os
import time

from kernel.rabbit import RabbitDeadLetters
from tests.resilience.harness.copying import NAME

RETURNED = "returned"


def _said(count: int) -> None:
    print(count, time.monotonic(), flush=True)  # noqa: T201


async def main() -> None:
    """Replay everything."""
    letters = RabbitDeadLetters(os.environ["REPLAY_BROKER_URL"], [NAME])
    count = await letters.replay(NAME, None, rate=float(os.environ["REPLAY_RATE"]), said=_said)
    print(RETURNED, count)  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main())
