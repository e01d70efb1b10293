"""P24: while the engine is away requests are taken as ever, and each starts one process when it is back."""

import asyncio
import time
from uuid import uuid4

import pytest

from tests.resilience.harness.publishing import Harm, Phones, at_engine, in_between, publishing
from tests.resilience.harness.sizes import SOAK, sized
from tests.worlds import World

pytestmark = pytest.mark.real

PUBLICATIONS = sized(50)
AWAY = 120.0 if SOAK else 5.0
"""Seconds for which the engine stays away after the last request."""
LONGEST = 1.0
"""Seconds that an answer may take meanwhile."""


async def test_no_request_is_lost(native: World) -> None:
    world, harm = native, Harm(native)
    async with publishing(world) as publisher:
        phones = await Phones.of(publisher)
        drafts = [await phones.drafted() for _ in range(PUBLICATIONS)]
        await asyncio.to_thread(harm.kill, "camunda")
        slowest = 0.0
        for one in drafts:
            key = str(uuid4())
            answers = []
            for _ in range(2):
                began = time.monotonic()
                answers.append(await publisher.publish(one, key))
                slowest = max(slowest, time.monotonic() - began)
            assert [answer.status_code for answer in answers] == [202, 202]
            assert answers[0].json() == answers[1].json()
            one["publication"] = answers[0].json()["id"]
        began = time.monotonic()
        shown = await publisher.send("reader", "GET", f"/api/publications/{drafts[0]['publication']}")
        slowest = max(slowest, time.monotonic() - began)
        assert (shown.status_code, shown.json()["steps"]) == (200, None)
        await asyncio.sleep(AWAY)
        await asyncio.to_thread(harm.start, "camunda")
        began = time.monotonic()
        ids = {one["publication"] for one in drafts}
        ended = await publisher.all_ended(ids, within=120, help=False)
        seconds = time.monotonic() - began
        print(f"ended={dict(ended)} slowest={slowest:.2f}s after={seconds:.1f}s")  # noqa: T201
        assert slowest <= LONGEST
        assert ended == {"PUBLISHED": PUBLICATIONS}
        for id in ids:
            found = at_engine(world, "/history/process-instance/count", processInstanceBusinessKey=id)
            assert found["count"] == 1, id
        assert await in_between(world, publisher, drafts) == []
