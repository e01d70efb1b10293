"""P11, its live part: in whatever order and however often events come, each is applied once."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.resilience.harness.servers import Servers
from tests.resilience.harness.sizes import sized
from tests.resilience.harness.stack import Stack, harness

pytestmark = pytest.mark.real

OPERATIONS = sized(800)
AGGREGATES = 8
"""Few, so that a version that comes late finds a newer one."""
AGAIN_AND_LATE = {"COPY_DYING": "60", "COPY_STUMBLING": "0.2", "COPY_SLOWEST": "0.02"}
"""The consumer dies when it has committed 60 and acknowledged 59; a fifth waits in a retry tier first."""


async def promise(stack: Stack, within: float = 30.0) -> None:
    """The consumer is started again whenever it dies; with less harm than planned, the run proves nothing."""
    async with stack.supervised("consumer-1"):
        await stack.writers(count=16, pause=0.0, most=OPERATIONS, aggregates=AGGREGATES).run()
        await stack.check(within)
    heard = stack.heard.read_text().splitlines()
    deaths, again, late = stack.children["consumer-1"].starts - 1, len(heard) - len(set(heard)), _late(heard)
    print(f"seed={stack.seed} deaths={deaths} again={again} late={late}")  # noqa: T201
    assert again >= deaths >= OPERATIONS // 200
    assert late >= OPERATIONS // 50


def _late(heard: Sequence[str]) -> int:
    """How often a version came after a higher one of its aggregate."""
    highest: dict[str, int] = {}
    late = 0
    for aggregate, version in map(str.split, heard):
        late += int(version) < highest.get(aggregate, 0)
        highest[aggregate] = max(int(version), highest.get(aggregate, 0))
    return late


async def test_what_comes_again_or_late_changes_nothing(servers: Servers, tmp_path: Path) -> None:
    with harness(servers, tmp_path, consumer_env=AGAIN_AND_LATE) as stack:
        await promise(stack)
