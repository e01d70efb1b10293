"""The consumer as a process: `python -m tests.resilience.harness.consumer`.

It reads COPY_... (see `CopySettings`) and SABOTEUR, and stops in order on SIGTERM.
"""

import asyncio
import os
import signal

from kernel.logging import configure_logging, get_logger
from tests.resilience.harness import saboteurs
from tests.resilience.harness.copying import NAME, CopyContainer, CopySettings, listening

STARTED = "consumer.started"
"""What its log says once it has begun to consume."""


async def consume(container: CopyContainer) -> None:
    """Consume until told to stop."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    async with container.database(), container.subscriptions().subscribe(listening(container)):
        get_logger(__name__).info(STARTED)
        await told.wait()


def main() -> None:
    """Build it, sabotaged or not, and run it."""
    settings = CopySettings.load()
    configure_logging(NAME, settings)
    container = CopyContainer(settings=settings)
    if name := os.environ.get("SABOTEUR"):
        saboteurs.IN_CONSUMER[name](container)
    asyncio.run(consume(container))


if __name__ == "__main__":
    main()
