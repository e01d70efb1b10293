"""P28: what is built wrong turns its promise red. A promise that nobody has seen fail proves nothing."""

from pathlib import Path

import pytest

from tests.resilience import test_p10_late_commits as p10
from tests.resilience.harness.servers import Servers
from tests.resilience.harness.stack import harness

pytestmark = pytest.mark.real


async def test_a_relay_with_a_cursor_loses_events(servers: Servers, tmp_path: Path) -> None:
    env = {**p10.OUT_OF_ORDER, "SABOTEUR": "id_cursor"}
    with harness(servers, tmp_path, services=2, service_env=env) as stack:
        with pytest.raises(AssertionError, match=r"lost=[1-9]\d* phantom=0 "):
            await p10.promise(stack, within=5)
