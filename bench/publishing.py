"""What a publication costs: from the click to the store, many at once, and the CPU of every process.

`python -m bench.publishing` measures the embedded stack, `python -m bench.publishing embedded native` both.
Each is a whole stack as `catalog up` starts it, which is asked through its gateway.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import psutil
from rich.console import Console
from rich.table import Table

from bench.commits import committed, rate
from bench.figures import Figure, Floor, at_most
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


@dataclass(frozen=True)
class Published:
    """The seconds until each was visible, in order; for those at once: seconds until all had ended, how many
    ended how, and of each the CPU ms by process and the commits in PostgreSQL."""

    visible: Sequence[float]
    seconds: float
    statuses: dict[str, int]
    spent: dict[str, float]
    commits: float


async def measured(world: World) -> Published:
    """Publish all drafts."""
    token, url = world.sign_in("publisher")["accessToken"], world.database("offering")
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
        before, begun = cpu(world), await committed(url)
        seconds, statuses = await publisher.seconds_for_all(rest[:AT_ONCE])
        after, commits = cpu(world), await committed(url) - begun
    spent = {name: (after[name] - before.get(name, 0.0)) * 1000 / AT_ONCE for name in after}
    return Published(sorted(visible), seconds, statuses, spent, commits / AT_ONCE)


def published(stack: str) -> tuple[Published, float]:
    """Measure one stack; returns the seconds of its commits, one after another, too."""
    with world_of(stack) as world, TemporaryDirectory() as folder:
        file = Path(folder) / "catalogue.ndjson"
        rows = catalogue(5 + CLICKS + AT_ONCE)
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
        world.catalog("import", str(file))
        one = asyncio.run(measured(world))
        return one, one.commits / asyncio.run(rate(world.database("offering"), 1))


def _table(stack: str, one: Published, floor: float) -> Table:
    table = Table(f"publishing, {stack} stack", "measured", "meant")
    table.add_row(f"click to visible, {RATE:.0f} a second: median", f"{_at(one.visible, 0.5):.2f} s", "")
    table.add_row("95 of 100", f"{_at(one.visible, 0.95):.2f} s", f"at most {_SOON:.0f} s")
    table.add_row(f"all {len(one.visible)}", f"{one.visible[-1]:.2f} s", "")
    table.add_row(f"floor: its {one.commits:.0f} commits one after another, by asyncpg", f"{floor:.2f} s", "")
    said = ", ".join(f"{count} {status}" for status, count in one.statuses.items())
    table.add_row(f"{AT_ONCE} at once, until all have ended", f"{one.seconds:.1f} s", f"{AT_ONCE} PUBLISHED")
    table.add_row("", said, "")
    for name, milliseconds in sorted(one.spent.items(), key=lambda spent: -spent[1]):
        table.add_row(f"CPU of {name} for each", f"{milliseconds:.1f} ms", "")
    table.add_row("CPU of all for each", f"{sum(one.spent.values()):.1f} ms", "")
    return table


def _figures(stack: str, one: Published, floor: float) -> Iterator[Figure]:
    least = Floor(f"its {one.commits:.0f} commits one after another, by asyncpg", floor)
    for what, part, budgets in (
        ("median", 0.5, ()),
        ("95 of 100", 0.95, (at_most(_SOON),)),
    ):
        yield Figure(
            part="publish",
            what=f"click to visible, {RATE:.0f} a second, {stack} stack, {what}",
            value=_at(one.visible, part),
            unit="s",
            floor=least,
            budgets=budgets,
        )
    yield Figure(
        part="publish",
        what=f"CPU of all processes, {stack} stack",
        value=sum(one.spent.values()),
        unit="ms",
    )


def _at(ordered: Sequence[float], part: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def main(console: Console, stacks: Sequence[str] = ("embedded",)) -> Sequence[Figure]:
    """Print the tables of these stacks; returns their figures."""
    figures = list[Figure]()
    for stack in stacks:
        one, floor = published(stack)
        console.print(_table(stack, one, floor))
        figures += _figures(stack, one, floor)
    return figures


if __name__ == "__main__":
    configure_logging("bench", LogSettings(log_level="error"))
    main(Console(), sys.argv[1:] or ["embedded"])
