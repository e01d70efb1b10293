"""P25: the store is made anew while others write and read, and is killed while it is: nobody notices."""

import asyncio
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.resilience.harness.phones import imported
from tests.resilience.harness.sizes import chosen_seed, sized
from tests.worlds import World, world_of

pytestmark = pytest.mark.real

OFFERINGS = sized(300)
WRITES, READS = 20.0, 30.0
"""A second, while the store is rebuilt. The machine also rebuilds, and has two cores."""
KILLS = 2


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """A stack of its own."""
    with world_of("embedded") as world:
        yield world


def rebuild(world: World, *, kill_after: float | None) -> int | None:
    """`catalog store rebuild` as a process; it is killed after so many seconds, unless it is done by then."""
    process = subprocess.Popen(
        [sys.executable, "-m", "platform_app.cli", "store", "rebuild"],
        env={**os.environ, "CATALOG_HOME": str(world.state), "CATALOG_STACK": world.stack},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        return process.wait(kill_after or 120)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)
        return None


class Crowd:
    """Those who read and write meanwhile, and what they have seen."""

    def __init__(self, world: World, seed: int) -> None:
        self._world = world
        self._random = random.Random(seed)  # noqa: S311  # a choice, not a secret
        self._token = world.sign_in("publisher")["accessToken"]
        self.reads, self.writes, self.faults = 0, 0, list[str]()

    async def __aenter__(self) -> "Crowd":
        self._http = httpx.AsyncClient(base_url=self._world.gateway, timeout=10, trust_env=False)
        self._tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._write())]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        for ended in await asyncio.gather(*self._tasks, return_exceptions=True):
            if not isinstance(ended, asyncio.CancelledError):
                self.faults.append(repr(ended))
        await self._http.aclose()

    async def _read(self) -> None:
        while True:
            index = self._random.randrange(OFFERINGS)
            pages = await self._http.get("/api/store/offerings", params={"category": "phones", "limit": 5})
            one = await self._http.get(f"/api/store/offerings/phone-{index}")
            if pages.status_code != 200 or pages.json()["total"] != OFFERINGS:
                self.faults.append(f"page: {pages.status_code} {pages.text[:200]}")
            if one.status_code != 200:
                self.faults.append(f"one: {one.status_code} {one.text[:200]}")
            self.reads += 2
            await asyncio.sleep(2 / READS)

    async def _write(self) -> None:
        """Characteristics are renamed, which touches every entry, and offerings are published anew."""
        said = {"authorization": f"Bearer {self._token}"}
        while True:
            index = self._random.randrange(OFFERINGS)
            found = await self._http.get("/api/offerings", params={"key": f"phone-{index}"}, headers=said)
            (one,) = found.json()["items"]
            if one["status"] == "PUBLISHED":
                body = {**one["live"], "description": f"As of write {self.writes}."}
                version = {**said, "if-match": f'"{one["version"]}"'}
                put = await self._http.put(f"/api/offerings/{one['id']}", json=body, headers=version)
                version = {**said, "if-match": put.headers.get("etag", '"0"')}
                await self._http.post(f"/api/offerings/{one['id']}/publish", headers=version)
                self.writes += 1
            await asyncio.sleep(1 / WRITES)


async def test_nobody_notices(world: World, tmp_path: Path) -> None:
    seed = chosen_seed()
    await asyncio.to_thread(imported, world, tmp_path, OFFERINGS)
    async with Crowd(world, seed) as crowd:
        killed = 0
        for index in range(KILLS):
            ended = await asyncio.to_thread(rebuild, world, kill_after=3.0 + index)
            killed += ended is None
        begin = time.monotonic()
        done = await asyncio.to_thread(rebuild, world, kill_after=None)
        seconds = time.monotonic() - begin
        await asyncio.sleep(1.5)  # those who read have met the new edition
    print(f"seed={seed} killed={killed} reads={crowd.reads} writes={crowd.writes} seconds={seconds:.1f}")  # noqa: T201
    assert done == 0
    assert crowd.faults == []
    assert killed >= 1
    assert crowd.reads > 50
    assert crowd.writes > 10
    await asyncio.to_thread(world.catalog, "store", "verify")  # equal to the fold of the event logs
    await asyncio.to_thread(world.catalog, "store", "roll-back")
    await asyncio.to_thread(world.catalog, "store", "verify")  # the edition before has heard everything, too
