"""P25: the store is made anew while others write and read, and is killed while it is: nobody notices."""

import asyncio
import os
import random
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.resilience.harness.checker import Verdict
from tests.resilience.harness.phones import Documents, documents_of, drift, imported, pointer_of
from tests.resilience.harness.publishing import ENDED
from tests.resilience.harness.sizes import chosen_seed, sized
from tests.worlds import World, world_of

pytestmark = pytest.mark.real

OFFERINGS = sized(300)
WRITES, READS = 20.0, 30.0
"""A second, while the store is rebuilt. The machine also rebuilds, and has two cores."""
ENDED_WITHIN = 150.0
"""Seconds in which each publication has ended: after two minutes its timer gives it up."""
AGAIN = 2.5
"""Seconds after which the next one is killed, too: it waits for two before it goes on."""


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """A stack of its own."""
    with world_of("embedded") as world:
        yield world


@pytest.fixture
def documents(world: World) -> Iterator[Documents]:
    """The store's own database, behind its back."""
    with documents_of(world) as documents:
        yield documents


def rebuilding(world: World) -> subprocess.Popen[str]:
    """`catalog store rebuild` as a process."""
    return subprocess.Popen(
        [sys.executable, "-m", "platform_app.cli", "store", "rebuild"],
        env={**os.environ, "CATALOG_HOME": str(world.state), "CATALOG_STACK": world.stack},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def killed_when(world: World, enough: Callable[[], bool]) -> bool:
    """Whether a rebuild was killed as soon as it was enough; it was not when it has ended by itself."""
    with rebuilding(world) as process:
        while process.poll() is None and not enough():
            time.sleep(0.01)
        process.kill()
    return process.returncode < 0


def rebuilt(world: World) -> int:
    """How many aggregates a rebuild has read that nobody disturbs."""
    said, _ = rebuilding(world).communicate(timeout=120)
    found = re.search(r"(\d+) aggregates were read", said)
    assert found is not None, said
    return int(found[1])


@dataclass(frozen=True)
class Published:
    """What an offering was to say, and the publication that was accepted for it."""

    description: str
    publication: str


class Crowd:
    """Those who read and write meanwhile, and what they have seen."""

    def __init__(self, world: World, seed: int) -> None:
        self._world = world
        self._random = random.Random(seed)  # noqa: S311  # a choice, not a secret
        self._token = world.sign_in("publisher")["accessToken"]
        self.reads, self.faults, self.gone_back = 0, list[str](), list[str]()
        self.published: dict[str, Published] = {}  # what was said last of each offering, by key
        self.writes = 0
        self._seen: dict[str, int] = {}

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
            else:
                self._see(f"phone-{index}", one.json()["version"])
            self.reads += 2
            await asyncio.sleep(2 / READS)

    async def ended(self) -> dict[str, str]:
        """How the last publication of each offering has ended, "PUBLISHED" or why not, by key.

        Accepted is not published: they queue, and what is not done in time is given up, all or nothing. One
        that has not even ended in time is in it with what it is at.
        """
        said = {"authorization": f"Bearer {self._token}"}
        found, going_on = dict[str, str](), dict.fromkeys(self.published, "")
        until = time.monotonic() + ENDED_WITHIN
        async with httpx.AsyncClient(base_url=self._world.gateway, timeout=10, trust_env=False) as http:
            while going_on and time.monotonic() < until:
                for key in list(going_on):
                    id = self.published[key].publication
                    one = (await http.get(f"/api/publications/{id}", headers=said)).json()
                    going_on[key] = f"{one['status']}: {one['note'] or one['nextAction']} {one['steps']}"
                    if one["status"] in ENDED:
                        found[key] = one["status"] if one["status"] == "PUBLISHED" else str(one["cause"])
                        del going_on[key]
                await asyncio.sleep(0.2)
        return found | going_on

    def _see(self, key: str, version: int) -> None:
        if version < (before := self._seen.get(key, 0)):
            self.gone_back.append(f"{key}: version {version} was read after version {before}")
        self._seen[key] = version

    async def _write(self) -> None:
        """Offerings are edited and published anew."""
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
                done = await self._http.post(f"/api/offerings/{one['id']}/publish", headers=version)
                if done.status_code == 202:
                    self.writes += 1
                    self.published[one["key"]] = Published(body["description"], done.json()["id"])
            await asyncio.sleep(1 / WRITES)


async def judged(world: World, documents: Documents, crowd: Crowd, ended: Mapping[str, str]) -> Verdict:
    """The ledger: what was published is shown, no offering twice, and the store is what the logs say.

    A version that was read after a newer one is out of order.
    """
    unseen = {key: one.description for key, one in crowd.published.items() if ended[key] == "PUBLISHED"}
    until = time.monotonic() + 30
    while unseen and time.monotonic() < until:
        for key, said in list(unseen.items()):
            if world.get(f"/api/store/offerings/{key}").json().get("description") == said:
                del unseen[key]
        await asyncio.sleep(0.2)
    verified = await asyncio.to_thread(world.catalog, "store", "verify", check=False)
    found = drift(verified.stdout)
    assert found or verified.returncode == 0, verified.stdout + verified.stderr
    entries = documents[f"entries__{pointer_of(documents)['active']}"]
    keys = Counter(one["key"] for one in entries.find({"key": {"$gte": ""}}, {"key": 1}))
    return Verdict(
        lost=[
            *(f"{key}: {said} is not shown" for key, said in unseen.items()),
            *["missing"] * found["missing"],
        ],
        phantom=["extra"] * found["extra"],
        duplicate_effects=[key for key, count in keys.items() if count > 1],
        order_inversions=crowd.gone_back,
        stale_docs=[what for what in ("stale", "changed") for _ in range(found[what])],
    )


def begun(documents: Documents) -> bool:
    """Whether a rebuild has noted anything."""
    pointer = pointer_of(documents)
    return pointer["building"] is not None and bool(pointer["progress"])


def aggregates(documents: Documents) -> int:
    """How many there are in the edition that is read."""
    pointer = pointer_of(documents)
    return sum(
        documents[f"{kind}__{pointer['active']}"].count_documents({}) for kind in ("copies", "entries")
    )


async def test_nobody_notices(world: World, documents: Documents, tmp_path: Path) -> None:
    seed = chosen_seed()
    await asyncio.to_thread(imported, world, tmp_path, OFFERINGS)
    async with Crowd(world, seed) as crowd:
        total = await asyncio.to_thread(aggregates, documents)
        assert await asyncio.to_thread(killed_when, world, lambda: begun(documents))
        begin = time.monotonic()
        assert await asyncio.to_thread(killed_when, world, lambda: time.monotonic() > begin + AGAIN)
        assert begun(documents)
        begin = time.monotonic()
        read = await asyncio.to_thread(rebuilt, world)
        seconds = time.monotonic() - begin
        await asyncio.sleep(1.5)  # those who read have met the new edition
    begin = time.monotonic()
    ended = await crowd.ended()
    drained = time.monotonic() - begin
    verdict = await judged(world, documents, crowd, ended)
    unpublished = {key: how for key, how in ended.items() if how != "PUBLISHED"}
    print(  # noqa: T201
        f"{verdict.line(seed)} kills=2 read={read} total={total} reads={crowd.reads} writes={crowd.writes}"
        f" unpublished={len(unpublished)} drained={drained:.1f}s seconds={seconds:.1f}"
    )
    verdict.require_clean(seed)
    assert read < total  # it went on where the one was that was killed
    assert unpublished == {}
    assert crowd.faults == []
    assert crowd.reads > 50
    assert crowd.writes > 10
    await asyncio.to_thread(world.catalog, "store", "roll-back")
    await asyncio.to_thread(world.catalog, "store", "verify")  # the edition before has heard everything, too
