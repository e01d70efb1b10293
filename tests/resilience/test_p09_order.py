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
OUT_OF_ORDER = {"COMMIT_DELAY": "0.05"}
"""Transactions of up to 0.05 s, so that those of 16 writers end in another order than they have begun."""
SLOW = {"COPY_SLOWEST": "0.05"}
"""Handling of up to 0.05 s, so that there is always something in the hands of a consumer that dies."""
_SESSION = "the leader's session"


async def promise(stack: Stack, rounds: int = ROUNDS, within: float = 30.0) -> None:
    """In each round every process dies once, and the leader loses the session that made it one."""
    async with stack.writers(count=16, pause=0.01, aggregates=AGGREGATES).writing():
        for _ in range(rounds):
            victims = [*sorted(stack.children), _SESSION]
            stack.random.shuffle(victims)
            for victim in victims:
                await asyncio.sleep(stack.random.uniform(0.4, 0.8))
                await (end_relays(stack.servers) if victim == _SESSION else stack.restart(victim))
    await stack.check(within)
    led = sum(log.read_text().count("relay.leads") for log in stack.heard.parent.glob("service-*.log"))
    print(f"seed={stack.seed} leaders={led}")  # noqa: T201  # what a run was good for
    assert led > rounds, "somebody else has led after each round"


async def end_relays(servers: Servers) -> None:
    """End the relays' sessions in the database; the processes live."""
    connection = await asyncpg.connect(servers.database(SERVICE))
    await connection.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name like '% relay'"
    )
    await connection.close()


async def test_versions_are_first_heard_in_order_through_failovers(servers: Servers, tmp_path: Path) -> None:
    with harness(servers, tmp_path, service_env=OUT_OF_ORDER, consumer_env=SLOW) as stack:
        await promise(stack)
