"""P6: published means that a queue has it for sure; what is not routed or not confirmed stays pending."""

import asyncio
from pathlib import Path

import pytest

from tests.resilience.harness.broker import Alarm, alarm, bind, unbind
from tests.resilience.harness.ledger import Word
from tests.resilience.harness.quiet import parked, under_way
from tests.resilience.harness.servers import Servers
from tests.resilience.harness.sizes import SOAK
from tests.resilience.harness.stack import Stack, harness
from tests.resilience.harness.watching import pids, resumed, told

pytestmark = pytest.mark.real

UNBOUND = 30.0 if SOAK else 4.0
ALARM = 60.0 if SOAK else 8.0
"""Seconds; the relay sees that nothing is confirmed after five."""


async def promise(stack: Stack, within: float = 30.0) -> None:
    """The queue of the consumer is bound no more, until somebody repairs it."""
    async with stack.writers(count=4, pause=0.05).writing():
        await resumed(stack)
        await unbind(stack.servers)
        seen = await told(stack, "service-1", lambda outbox: outbox.get("failing", 0) >= 1, within=5)
        await asyncio.sleep(UNBOUND)
        pending = (await under_way(stack.servers))["outbox"]
        await bind(stack.servers)
    print(f"without a binding: seen after {seen} s, then {pending} events pending")  # noqa: T201
    await stack.check(within)  # first: what is lost says more than what was not seen
    assert seen is not None, f"seed={stack.seed} /readyz does not show that events fail"
    assert isinstance(pending, int)
    assert pending > 0


async def test_what_nobody_would_get_stays_pending(servers: Servers, tmp_path: Path) -> None:
    with harness(servers, tmp_path, services=1) as stack:
        await promise(stack)


@pytest.mark.parametrize("kind", ["memory", *(["disk"] if SOAK else [])])
async def test_an_alarm_of_the_broker_stops_no_command(servers: Servers, tmp_path: Path, kind: Alarm) -> None:
    with harness(servers, tmp_path, services=1) as stack:
        before = pids(stack)
        async with stack.writers(count=4, pause=0.05).writing() as load:
            await resumed(stack)
            async with alarm(servers, kind):
                already = load.acknowledged
                blocked = await told(stack, "service-1", lambda outbox: outbox["status"] == "down", within=8)
                await asyncio.sleep(ALARM - (blocked or ALARM))
                meanwhile = load.acknowledged - already
                pending = (await under_way(servers))["outbox"]
        print(f"{kind} alarm: {meanwhile} commands done meanwhile, {pending} events pending")  # noqa: T201
        await stack.check(within=30)
        assert blocked is not None, "the relay does not say that it is blocked"
        assert meanwhile >= 10 * ALARM
        assert isinstance(pending, int)
        assert pending >= meanwhile / 2, "the alarm has stopped nothing, so this test has shown nothing"
        assert stack.ledger.count(Word.UNKNOWN) == 0, "a command was not answered, or with 5xx"
        assert await parked(servers) == set()
        assert pids(stack) == before
