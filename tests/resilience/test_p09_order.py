"""P9: a consumer first hears the versions of an aggregate in ascending order, whoever leads or dies."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from tests.resilience.harness.servers import SERVICE, Servers
from tests.resilience.harness.sizes import sized
from tests.resilience.harness.stack import Stack, harness

pytestmark = pytest.mark.real

ROUNDS = sized(2)
AGGREGATES = 8
"""Few, so that each has many versions."""
OUT_OF_ORDER = {"COMMIT_DELAY": "0.05", "PUBLISH_DELAY": "0.3"}
"""Transactions of 16 writers end in another order than they have begun, and no two messages are as fast."""
SLOW = {"COPY_SLOWEST": "0.15"}
"""Handling of up to 0.15 s, so that there is always something in the hands of a consumer that dies."""
VIA_PROXY = ("service-broker",)
_SESSION, _LINK = "the leader's session", "the services' link to the broker"
_SILENCE = 1.0  # seconds
_LEAD = 1.0  # seconds of peace, so that the first victim has something in hand
_DRAINED = float(sized(30))
"""Seconds in which all is heard after the last write: consumers that are slow fall behind all the while."""


async def promise(stack: Stack, rounds: int = ROUNDS, within: float = _DRAINED) -> None:
    """In each round every process dies once, and the leader loses the session that made it one.

    Once the link to the broker falls silent, too: then versions pile up, for a relay to bring them in order.
    """
    async with stack.writers(count=16, pause=0.01, aggregates=AGGREGATES).writing():
        await asyncio.sleep(_LEAD)
        for _ in range(rounds):
            victims = [*sorted(stack.children), _SESSION, _LINK]
            stack.random.shuffle(victims)
            for victim in victims:
                await asyncio.sleep(stack.random.uniform(0.2, 0.6))
                await _harm(stack, victim)
    await stack.check(within)
    led = sum(log.read_text().count("relay.leads") for log in stack.heard.parent.glob("service-*.log"))
    print(f"seed={stack.seed} leaders={led}")  # noqa: T201  # what a run was good for
    assert led > rounds, "somebody else has led after each round"


async def _harm(stack: Stack, victim: str) -> None:
    if victim == _SESSION:
        await _end_relays(stack.servers)
    elif victim == _LINK:
        stack.proxies["service-broker"].hole()
        await asyncio.sleep(_SILENCE)
        stack.proxies["service-broker"].up()
    else:
        await stack.restart(victim)


async def _end_relays(servers: Servers) -> None:
    """End the relays' sessions in the database; the processes live."""
    connection = await asyncpg.connect(servers.database(SERVICE))
    await connection.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name like '% relay'"
    )
    await connection.close()


async def test_versions_are_first_heard_in_order_through_failovers(servers: Servers, tmp_path: Path) -> None:
    with harness(
        servers, tmp_path, via_proxy=VIA_PROXY, service_env=OUT_OF_ORDER, consumer_env=SLOW
    ) as stack:
        await promise(stack)
