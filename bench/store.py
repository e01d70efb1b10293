"""What the store costs: questions over HTTP beside bare pymongo, hearing events, and how soon they show.

`python -m bench.store` measures one of 10,000 entries, `python -m bench.store 10000 100000` those of these
sizes.
"""

import asyncio
import sys
import time
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import httpx
import pytest
import uvloop
from pymongo import AsyncMongoClient
from rich.console import Console
from rich.table import Table

from bench.figures import Figure, Floor, at_least, at_most
from bench.load import measure
from bench.processes import Servers
from bench.store_catalogue import Catalogue, seeded
from bench.store_questions import SORTS, Counts, Documents, Question, Sort
from bench.store_writes import Shown, heard, shown
from kernel.logging import configure_logging
from kernel.settings import LogSettings
from store_app.mongo.editions import MongoStore
from tests.servers import mongod, postgres, rabbitmq

T = TypeVar("T")

SMALL, SIZE = 3_000, 10_000
"""Entries of the store in `make bench`, and here by default."""
_EVENTS, _LAG = 1_000, 0.3
"""Meant: the least events a second, the most seconds from commit to visible for 95 of 100."""
_BATCH = 2_000
_ROUNDS = 3


@dataclass(frozen=True)
class Answered:
    """Milliseconds until half of the questions were answered, by hand and over HTTP, and the server's CPU for
    each of these. `found` is how many entries are found in all, in the middle."""

    floor: float
    ours: float
    cpu: float
    found: int | None


async def seed(url: str, catalogue: Catalogue, size: int) -> tuple[float, float]:
    """Fill an empty store; returns how many copies it keeps a second, and entries it composes."""
    kept, composed, keeping, composing = 0, 0, 0.0, 0.0
    async with MongoStore(url, "store") as editions:
        edition = await editions.present()
        await edition.keep_all(catalogue.about())
        items = catalogue.items(0, size)
        while some := [copy for item in islice(items, _BATCH) for copy in item.copies]:
            began = time.perf_counter()
            await edition.keep_all(some)
            keeping += time.perf_counter() - began
            kept += len(some)
        began = time.perf_counter()
        while done := (await edition.refresh(datetime.now(UTC))).composed:
            composed += done
        composing = time.perf_counter() - began
    return kept / keeping, composed / composing


async def by_hand(url: str, questions: Sequence[Question]) -> tuple[float, list[Counts]]:
    """Ask one after the other; returns the middle in milliseconds, and what each has found."""
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(url)
    try:
        entries: Documents = client["store"]["entries__1"]
        await questions[-1].by_hand(entries)  # connects
        times, found = list[float](), list[Counts]()
        for one in questions:
            began = time.perf_counter()
            counts = await one.by_hand(entries)
            times.append((time.perf_counter() - began) * 1000)
            found.append(counts)
    finally:
        await client.close()
    return median(times), found


def over_http(port: int, pid: int, questions: Sequence[Question]) -> tuple[float, float]:
    """Ask the same with one client; returns the middle in milliseconds, and the server's CPU for each."""

    def request(number: int) -> bytes:
        return f"GET {questions[number % len(questions)].path} HTTP/1.1\r\nHost: bench\r\n\r\n".encode()

    measured = _run(measure(port, request, pid, count=len(questions), connections=1))
    return measured.median, measured.cpu / 1000


def answered(url: str, port: int, pid: int, sort: Sort, size: int) -> Answered:
    """Ask in turns, so that what else the machine does meets both alike."""
    catalogue, random = Catalogue(), seeded(size)
    floors, ours = list[float](), list[tuple[float, float]]()
    totals = list[int]()
    for _ in range(_ROUNDS):
        questions = [sort.make(catalogue, random, size) for _ in range(sort.count)]
        floor, found = _run(by_hand(url, questions))
        floors.append(floor)
        ours.append(over_http(port, pid, questions))
        _compare(port, questions[0], found[0])
        totals += [total for _, total in found if total is not None]
    return Answered(
        median(floors),
        median(one for one, _ in ours),
        median(cpu for _, cpu in ours),
        round(median(totals)) if totals else None,
    )


def _compare(port: int, question: Question, found: Counts) -> None:
    """Both were asked the same, or else the figures say nothing."""
    answer = httpx.get(f"http://127.0.0.1:{port}{question.path}", trust_env=False).raise_for_status().json()
    told = (len(answer["items"]), answer["total"]) if "items" in answer else (1, None)
    if told != found:
        raise RuntimeError(f"{question.path} finds {told}, by hand {found}")


def questions(console: Console, servers: Servers, url: str, size: int) -> Iterator[Figure]:
    """Print what shoppers wait for; yields its figures."""
    table = Table("question", "found", "floor ms", "store ms", "x floor", "CPU ms", "meant")
    with ExitStack() as stack:
        keys, _ = servers.start(stack, "keys")
        port, pid = servers.start(stack, "store", f"http://127.0.0.1:{keys}/realms/catalog", url)
        for sort in SORTS:
            one = answered(url, port, pid, sort, size)
            table.add_row(
                sort.name,
                "" if one.found is None else f"{one.found:,}",
                f"{one.floor:.1f}",
                f"{one.ours:.1f}",
                f"{one.ours / one.floor:.1f}",
                f"{one.cpu:.1f}",
                f"<= {sort.most(size)}",
            )
            yield Figure(
                part="search",
                what=f"{sort.name}, {size:,} entries, median",
                value=one.ours,
                unit="ms",
                floor=Floor("bare pymongo", one.floor),
                budgets=(at_most(sort.most(size)),),
            )
    console.print(f"{size:,} entries, asked by one client; half were answered within")
    console.print(table)


def writes(console: Console, servers: Servers, url: str, size: int) -> Iterator[Figure]:
    """Print how fast events are heard, and how soon they show; yields its figures."""
    table = Table(f"events, {size:,} entries", "measured", "meant")
    one = _run(heard(url, Catalogue(), size))
    table.add_row("floor: guarded upserts by bare pymongo", f"{one.floor:,.0f}/s", "")
    table.add_row("heard, and all entries composed", f"{one.ours:,.0f}/s", f"at least {_EVENTS:,}/s")
    table.add_row("store / floor", f"{one.ours / one.floor:.2f}", "")
    table.add_row("entries that came of them", f"{one.composed:,.0f}/s", "")
    yield Figure(
        part="store",
        what="events heard, and all entries composed",
        value=one.ours,
        unit="/s",
        floor=Floor("guarded upserts by bare pymongo", one.floor),
        budgets=(at_least(_EVENTS),),
    )
    with postgres("offering") as database, rabbitmq() as broker, ExitStack() as stack:
        keys, _ = servers.start(stack, "keys")
        issuer = f"http://127.0.0.1:{keys}/realms/catalog"
        port, _ = servers.start(stack, "store", issuer, url, broker.url)
        token = servers.token(keys, "store")
        lag = _run(_shown(database.url("offering"), broker.url, port, token))
    table.add_row(f"commit to visible, {lag.rate:.0f} publications/s: median", f"{lag.p50 * 1000:.0f} ms", "")
    table.add_row("95 of 100", f"{lag.p95 * 1000:.0f} ms", f"at most {_LAG * 1000:.0f} ms")
    table.add_row(f"all {lag.count}, the first one of the process too", f"{lag.most * 1000:.0f} ms", "")
    console.print(table)
    yield Figure(
        part="store",
        what=f"commit to visible, {lag.rate:.0f} publications/s, 95 of 100",
        value=lag.p95 * 1000,
        unit="ms",
        budgets=(at_most(_LAG * 1000),),
    )


async def _shown(database_url: str, broker_url: str, port: int, token: str) -> Shown:
    headers = {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}", headers=headers, trust_env=False
    ) as store:
        return await shown(database_url, broker_url, store, Catalogue())


def _run(measurement: Coroutine[Any, Any, T]) -> T:
    """Measure on the loop that the services have."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(measurement)


def main(console: Console, sizes: Sequence[int] = (SMALL,)) -> Sequence[Figure]:
    """Print the tables of stores of these sizes; returns their figures."""
    figures = list[Figure]()
    for size in sizes:
        try:
            with mongod() as server, TemporaryDirectory() as folder:
                url = server.server.url("store")
                kept, composed = _run(seed(url, Catalogue(), size))
                console.print(f"a new store: {kept:,.0f} copies/s kept, {composed:,.0f} entries/s composed")
                figures += questions(console, Servers(Path(folder)), url, size)
                figures += writes(console, Servers(Path(folder)), url, size)
        except pytest.skip.Exception as reason:
            console.print(f"The store is not measured: {reason}")
            break
    return figures


if __name__ == "__main__":
    configure_logging("bench", LogSettings(log_level="error"))
    main(Console(), [int(size) for size in sys.argv[1:]] or [SIZE])
