"""P28: what is built wrong turns its promise red. A promise that nobody has seen fail proves nothing."""

from pathlib import Path

import pytest

from tests.resilience import test_p05_silent_links as p05
from tests.resilience import test_p06_routed_and_confirmed as p06
from tests.resilience import test_p09_order as p09
from tests.resilience import test_p10_late_commits as p10
from tests.resilience import test_p11_applied_once as p11
from tests.resilience.harness.servers import Servers
from tests.resilience.harness.stack import harness
from tests.resilience.harness.watching import outbox_of

pytestmark = pytest.mark.real


async def test_a_relay_with_a_cursor_loses_events(servers: Servers, tmp_path: Path) -> None:
    env = {**p10.OUT_OF_ORDER, "SABOTEUR": "id_cursor"}
    with harness(servers, tmp_path, services=2, service_env=env) as stack:
        with pytest.raises(AssertionError, match=r"lost=[1-9]\d* phantom=0 "):
            await p10.promise(stack, within=15)


async def test_relays_side_by_side_turn_the_order_round(servers: Servers, tmp_path: Path) -> None:
    env = {**p09.OUT_OF_ORDER, "SABOTEUR": "skip_locked"}
    with harness(
        servers, tmp_path, services=3, via_proxy=p09.VIA_PROXY, service_env=env, consumer_env=p09.SLOW
    ) as stack:
        with pytest.raises(AssertionError, match=r"lost=0 .* order_inversions=[1-9]"):
            await p09.promise(stack, rounds=1)


async def test_an_acknowledgement_before_the_commit_loses_events(servers: Servers, tmp_path: Path) -> None:
    env = {**p11.AGAIN_AND_LATE, "SABOTEUR": "ack_before_commit"}
    with harness(servers, tmp_path, consumer_env=env) as stack:
        with pytest.raises(AssertionError, match=r"lost=[1-9]\d* phantom=0 "):
            await p11.promise(stack, within=15)  # what is only late is not lost


async def test_a_consumer_without_an_inbox_does_it_twice(servers: Servers, tmp_path: Path) -> None:
    env = {**p11.AGAIN_AND_LATE, "SABOTEUR": "no_inbox"}
    with harness(servers, tmp_path, consumer_env=env) as stack:
        with pytest.raises(AssertionError, match=r"lost=0 phantom=0 duplicate_effects=[1-9]"):
            await p11.promise(stack)


async def test_a_copy_that_takes_whatever_comes_is_stale(servers: Servers, tmp_path: Path) -> None:
    env = {**p11.AGAIN_AND_LATE, "SABOTEUR": "no_version_check"}
    with harness(servers, tmp_path, consumer_env=env) as stack:
        with pytest.raises(AssertionError, match=r"duplicate_effects=0 .* stale_docs=[1-9]"):
            await p11.promise(stack)


async def test_a_store_that_takes_whatever_comes_loses_changes(servers: Servers, tmp_path: Path) -> None:
    env = {**p10.OUT_OF_ORDER, "SABOTEUR": "no_version_check"}
    with harness(servers, tmp_path, service_env=env) as stack:
        with pytest.raises(AssertionError, match=r"(?s)lost=[1-9].* was overwritten"):
            await p10.promise(stack)


async def test_a_publisher_that_asks_for_no_complaint_loses_events(servers: Servers, tmp_path: Path) -> None:
    env = {"SABOTEUR": "mandatory_off"}
    with harness(servers, tmp_path, services=1, service_env=env) as stack:
        with pytest.raises(AssertionError, match=r"lost=[1-9]\d* phantom=0 "):
            await p06.promise(stack, within=15)


async def test_a_relay_that_catches_every_exception_dies_of_silence(servers: Servers, tmp_path: Path) -> None:
    env = {"SABOTEUR": "except_exception"}
    with harness(servers, tmp_path, services=1, via_proxy=p05.BROKER, service_env=env) as stack:
        with pytest.raises(AssertionError, match="nothing flows"):
            await p05.promise(stack)
        assert (await outbox_of(stack.urls["service-1"]))["status"] == "down", "its task has ended"
