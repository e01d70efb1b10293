"""P5: a link on which nothing comes and nothing fails heals by itself: no task of ours dies of it."""

import asyncio
from pathlib import Path

import pytest

from tests.resilience.harness.author import Author
from tests.resilience.harness.links import LINKS
from tests.resilience.harness.quiet import parked
from tests.resilience.harness.servers import Servers
from tests.resilience.harness.sizes import SOAK
from tests.resilience.harness.stack import Stack, harness
from tests.resilience.harness.watching import pids, resumed, told

pytestmark = pytest.mark.real

SILENCE = 30.0 if SOAK else 20.0
"""Seconds; three heartbeats that did not come end a connection to the broker after 18."""
BROKER, POSTGRES = LINKS[:2], LINKS[2:]


async def promise(stack: Stack, within: float = 30.0) -> None:
    """All proxies of the stack say nothing for a while."""
    before = pids(stack)
    async with stack.writers(count=4, pause=0.1).writing():
        await resumed(stack)
        for proxy in stack.proxies.values():
            proxy.hole()
        await asyncio.sleep(SILENCE)
        for proxy in stack.proxies.values():
            proxy.up()
        served, flows = await asyncio.gather(
            Author(stack).gets_through("service-1"), resumed(stack, within=10)
        )
        # The bell rings and is heard: the two tasks of which nobody would miss one.
        rings = await told(stack, "service-1", lambda outbox: outbox.get("mode") == "notify", within=15)
        print(  # noqa: T201
            f"after the silence: a command is done after {served:.1f} s, events flow after {flows:.1f} s,"
            f" and {'no bell' if rings is None else f'the bell {rings:.1f} s later'}"
        )
    await stack.check(within)
    assert rings is not None, f"seed={stack.seed} the bell is silent"
    assert await parked(stack.servers) == set()
    assert pids(stack) == before


@pytest.mark.parametrize("links", [BROKER, POSTGRES, *([*((one,) for one in LINKS), LINKS] if SOAK else [])])
async def test_silent_links_heal(servers: Servers, tmp_path: Path, links: tuple[str, ...]) -> None:
    with harness(servers, tmp_path, services=1, via_proxy=links) as stack:
        await promise(stack)
