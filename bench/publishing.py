"""What a publication costs: from the click to the store, many at once, and the CPU of every process.

`python -m bench.publishing` measures the embedded stack, `python -m bench.publishing embedded native` both.
Each is a whole stack as `catalog up` starts it, which is asked through its gateway.
"""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import psutil
from rich.console import Console
from rich.table import Table

from kernel.logging import configure_logging
from kernel.settings import LogSettings
from platform_app.processes import Processes
from tests.resilience.harness.phones import catalogue
from tests.worlds import World, world_of

RATE, CLICKS = 5.0, 60
"""Publications a second, and how many: twelve seconds."""
AT_ONCE = 50
_SOON = 2.0
"""Meant: the most seconds from the click to the store, for 95 of 100."""
_PATIENCE = 60.0
_LOOK, _SELDOM = 0.03, 0.5
"""Seconds between two looks: at the store by who waits for an entry, at the list of those that go on."""

Document = dict[str, Any]


@dataclass(frozen=True)
class Publisher:
    """Somebody who publishes drafts, and looks into the store."""

    http: httpx.AsyncClient

    async def drafts(self) -> list[Document]:
        """All drafts."""
        found, page = list[Document](), 1
        while True:
            asked: Document = {"status": "DRAFT", "size": 100, "page": page, "sort": "key"}
            answer = (await self.http.get("/api/offerings", params=asked)).raise_for_status().json()
            found += answer["items"]
            if not answer["next"]:
                return found
            page += 1

    async def publish(self, draft: Document) -> str:
        """Ask for a publication; returns its id."""
        seen = {"if-match": f'"{draft["version"]}"'}
        answer = await self.http.post(f"/api/offerings/{draft['id']}/publish", headers=seen)
        return str(answer.raise_for_status().json()["id"])

    async def seconds_until_visible(self, draft: Document) -> float:
        """Publish, and wait until a shopper sees it."""
        began = time.perf_counter()
        await self.publish(draft)
        async with asyncio.timeout(_PATIENCE):
            while (await self.http.get(f"/api/store/offerings/{draft['key']}")).status_code != 200:
                await asyncio.sleep(_LOOK)
        return time.perf_counter() - began

    async def seconds_for_all(self, drafts: Sequence[Document]) -> tuple[float, dict[str, int]]:
        """Publish them all at once, and wait until all have ended; returns how many ended how, too."""
        began = time.perf_counter()
        ids = await asyncio.gather(*map(self.publish, drafts))
        asked: Document = {"size": len(ids), "sort": "-requestedAt"}
        async with asyncio.timeout(_PATIENCE):
            while True:
                answer = (await self.http.get("/api/publications", params=asked)).raise_for_status().json()
                ended = {one["id"]: one["status"] for one in answer["items"] if one["endedAt"] is not None}
                if ended.keys() >= set(ids):
                    break
                await asyncio.sleep(_SELDOM)
        seconds = time.perf_counter() - began
        statuses = [ended[id] for id in ids]
        return seconds, {status: statuses.count(status) for status in sorted(set(statuses))}


def cpu(world: World) -> dict[str, float]:
    """The CPU seconds of every process of the stack so far, with those of its children."""
    processes, found = Processes(world.home), dict[str, float]()
    for name in processes.names():
        if (process := processes.find(name)) is None:
            continue
        total = 0.0
        for one in [process, *process.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                times = one.cpu_times()
                total += times.user + times.system
        found[name] = total
    return found


async def measured(world: World) -> tuple[list[float], float, dict[str, int], dict[str, float]]:
    """The seconds until visible, those until all at once had ended, how they did, and CPU ms for each."""
    token = world.sign_in("publisher")["accessToken"]
    async with httpx.AsyncClient(
        base_url=world.gateway,
        headers={"authorization": f"Bearer {token}"},
        timeout=30,
        trust_env=False,
        limits=httpx.Limits(max_connections=AT_ONCE),
    ) as http:
        publisher = Publisher(http)
        drafts = await publisher.drafts()
        warm, clicked, rest = drafts[:5], drafts[5 : 5 + CLICKS], drafts[5 + CLICKS :]
        for one in warm:
            await publisher.seconds_until_visible(one)
        waiting = []
        for one in clicked:
            waiting.append(asyncio.create_task(publisher.seconds_until_visible(one)))
            await asyncio.sleep(1 / RATE)
        visible = await asyncio.gather(*waiting)
        before = cpu(world)
        seconds, statuses = await publisher.seconds_for_all(rest[:AT_ONCE])
        after = cpu(world)
    spent = {name: (after[name] - before.get(name, 0.0)) * 1000 / AT_ONCE for name in after}
    return sorted(visible), seconds, statuses, spent


def table_of(stack: str) -> Table:
    """Measure one stack."""
    with world_of(stack) as world, TemporaryDirectory() as folder:
        file = Path(folder) / "catalogue.ndjson"
        rows = catalogue(5 + CLICKS + AT_ONCE)
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
        world.catalog("import", str(file))
        visible, seconds, statuses, spent = asyncio.run(measured(world))
    table = Table(f"publishing, {stack} stack", "measured", "meant")
    table.add_row(f"click to visible, {RATE:.0f} a second: median", f"{_at(visible, 0.5):.2f} s", "")
    table.add_row("95 of 100", f"{_at(visible, 0.95):.2f} s", f"at most {_SOON:.0f} s")
    table.add_row(f"all {len(visible)}", f"{visible[-1]:.2f} s", "")
    said = ", ".join(f"{count} {status}" for status, count in statuses.items())
    table.add_row(f"{AT_ONCE} at once, until all have ended", f"{seconds:.1f} s", f"{AT_ONCE} PUBLISHED")
    table.add_row("", said, "")
    for name, milliseconds in sorted(spent.items(), key=lambda one: -one[1]):
        table.add_row(f"CPU of {name} for each", f"{milliseconds:.1f} ms", "")
    table.add_row("CPU of all for each", f"{sum(spent.values()):.1f} ms", "")
    return table


def _at(ordered: Sequence[float], part: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def main(console: Console, stacks: Sequence[str] = ("embedded",)) -> None:
    """Print the tables of these stacks."""
    for stack in stacks:
        console.print(table_of(stack))


if __name__ == "__main__":
    configure_logging("bench", LogSettings(log_level="error"))
    main(Console(), sys.argv[1:] or ["embedded"])
