"""P7: the bell wakes the relay at once, and without it everything comes all the same, a look later.

How fast "at once" is stands in the benchmarks; here it is only that nothing takes longer than a look.
"""

import asyncio
import time
from collections import Counter
from pathlib import Path

import asyncpg
import pytest

from kernel.relay import POLL
from tests.resilience.harness.servers import COPY, SERVICE, Servers
from tests.resilience.harness.sizes import sized
from tests.resilience.harness.stack import Stack, harness
from tests.resilience.harness.watching import outbox_of

pytestmark = pytest.mark.real

SECONDS = sized(6)
RATE = 50
"""Commands in a second, as far as those go with whom we share the cores."""
AUTHORS, PAUSE = 15, 0.26


async def modes(stack: Stack, until: "asyncio.Task[None]") -> Counter[str]:
    """How the leading relay says it is woken, asked four times in a second, from the second second on."""
    found = Counter[str]()
    await asyncio.sleep(1.5)
    while not until.done():
        for url in stack.urls.values():
            found[str((await outbox_of(url)).get("mode"))] += 1
        await asyncio.sleep(0.25)
    found.pop("standby", None)
    return found


async def delays(servers: Servers) -> list[float]:
    """For each event the seconds from its insert to the transaction that applied it, the shortest first."""
    service = await asyncpg.connect(servers.database(SERVICE))
    copy = await asyncpg.connect(servers.database(COPY))
    try:
        logged = dict(await service.fetch("select event_id, occurred_at from event_log"))
        applied = dict(await copy.fetch("select event_id, min(at) from effect group by event_id"))
        return sorted((applied[id] - at).total_seconds() for id, at in logged.items())
    finally:
        service.terminate()
        copy.terminate()


async def promise(stack: Stack) -> Counter[str]:
    began = time.monotonic()
    load = asyncio.create_task(stack.writers(count=AUTHORS, pause=PAUSE, most=RATE * SECONDS).run())
    found = await modes(stack, load)
    await load
    took = time.monotonic() - began
    await stack.check(within=10)
    sorted_delays = await delays(stack.servers)
    middle, longest = sorted_delays[len(sorted_delays) // 2], sorted_delays[-1]
    print(  # noqa: T201
        f"{len(stack.ledger) / took:.0f} commands/s, modes {dict(found)}, median delay {middle:.3f} s,"
        f" longest {longest:.3f} s"
    )
    assert longest <= POLL + 2, f"seed={stack.seed} an event took {longest:.1f} s"
    return found


async def test_the_bell_is_heard(servers: Servers, tmp_path: Path) -> None:
    with harness(servers, tmp_path, services=2) as stack:
        found = await promise(stack)
    assert found["notify"] > 0.8 * found.total(), found


async def test_nothing_depends_on_the_bell(servers: Servers, tmp_path: Path) -> None:
    with harness(servers, tmp_path, services=2, service_env={"BELL": "silent"}) as stack:
        found = await promise(stack)
    assert found == {"poll": found.total()}, found
