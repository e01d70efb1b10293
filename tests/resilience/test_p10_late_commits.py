"""P10: an event whose transaction commits late is never skipped."""

from pathlib import Path

import pytest

from tests.resilience.harness.servers import Servers
from tests.resilience.harness.sizes import sized
from tests.resilience.harness.stack import Stack, harness

pytestmark = pytest.mark.real

OPERATIONS = sized(400)
OUT_OF_ORDER = {"COMMIT_DELAY": "0.2"}
"""Transactions of up to 0.2 s, so that those of 16 writers end in another order than they have begun."""


async def promise(stack: Stack, within: float = 30.0) -> None:
    await stack.writers(count=16, pause=0.0, most=OPERATIONS).run()
    await stack.check(within)


async def test_late_commits_are_never_skipped(servers: Servers, tmp_path: Path) -> None:
    with harness(servers, tmp_path, services=2, service_env=OUT_OF_ORDER) as stack:
        await promise(stack)
