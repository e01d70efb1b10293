"""What a question costs: a characteristic, and a page of them, beside the least that could answer from rows.

`python -m bench.reading` measures this alone.
"""

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
from rich.console import Console
from rich.table import Table

from bench.figures import Figure, Floor
from bench.load import Measured, Request, ask, get, measure, post
from bench.processes import Servers
from bench.writing import document
from kernel.logging import configure_logging
from kernel.settings import LogSettings
from tests.servers import postgres

ROWS = 1_000
READS, LISTS, ALONE = 3_000, 1_000, 300
READ, LIST = "one by its id", f"20 of {ROWS:,} by name, and how many there are"


@dataclass(frozen=True)
class Asked:
    """How a server answers sixteen clients, and one."""

    together: Measured
    alone: Measured


@dataclass(frozen=True)
class Source:
    """A server that keeps documents: where they are written, listed and kept, and who may do so."""

    port: int
    pid: int
    path: str
    listed: str
    kept: str
    table: str
    token: str = ""

    async def fill(self) -> None:
        """Write all documents."""
        await ask(self.port, post(self.path, document, self.token), ROWS)

    async def answers(self) -> dict[str, Asked]:
        """Ask both questions."""
        connection = await asyncpg.connect(self.kept.replace("+asyncpg", ""))
        id = await connection.fetchval(f"select id from {self.table} limit 1")  # noqa: S608  # our own table
        await connection.close()
        return {
            READ: await self._asked(get(f"{self.path}/{id}", self.token), READS),
            LIST: await self._asked(get(self.listed, self.token), LISTS),
        }

    async def _asked(self, request: Request, count: int) -> Asked:
        return Asked(
            await measure(self.port, request, self.pid, count=count),
            await measure(self.port, request, self.pid, count=ALONE, connections=1),
        )


def questions() -> tuple[dict[str, Asked], dict[str, Asked]]:
    """What the floor answers, and what the service does: one after the other, on the same PostgreSQL."""
    with (
        TemporaryDirectory() as folder,
        postgres("bench", "characteristic") as database,
        ExitStack() as stack,
    ):
        servers, url, own = Servers(Path(folder)), database.url("bench"), database.url("characteristic")
        asyncio.run(_prepare(url))
        keys, _ = servers.start(stack, "keys")
        token = servers.token(keys, "characteristic")
        realm = f"http://127.0.0.1:{keys}/realms/catalog"
        core = servers.start(stack, "core", url)
        service = servers.start(stack, "characteristic", realm, own, "")
        path = "/characteristics"
        floor, ours = (
            Source(*core, "/floor", "/floor", url, "floor"),
            Source(*service, path, f"{path}?sort=name", own, "characteristic", token),
        )
        for one in (floor, ours):
            asyncio.run(one.fill())
        return asyncio.run(floor.answers()), asyncio.run(ours.answers())


async def _prepare(url: str) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    await connection.execute("create table floor (id uuid primary key, body jsonb not null)")
    await connection.execute("create index on floor ((body ->> 'name'), id)")
    await connection.close()


def main(console: Console) -> Sequence[Figure]:
    """Print the table; returns its figures."""
    floors, ours = questions()
    table = Table("question, of the characteristic service", "answers/s", "CPU us", "p50 ms, 1 client")
    for what, floor in floors.items():
        for name, one in ((f"floor: {what}", floor), (what, ours[what])):
            together, alone = one.together, one.alone
            table.add_row(name, f"{together.rate:,.0f}", f"{together.cpu:,.0f}", f"{alone.median:.1f}")
    console.print(table)
    return [
        figure
        for part, what in (("read", READ), ("list", LIST))
        for figure in _figures(part, what, floors[what], ours[what])
    ]


def _figures(part: str, what: str, floor: Asked, ours: Asked) -> Sequence[Figure]:
    least = "FastAPI and SQLAlchemy Core, the same from a table"
    return (
        Figure(
            part=part,
            what=f"{what}, 16 clients",
            value=ours.together.rate,
            unit="/s",
            floor=Floor(least, floor.together.rate),
        ),
        Figure(
            part=part,
            what=f"{what}, 1 client, median",
            value=ours.alone.median,
            unit="ms",
            floor=Floor(least, floor.alone.median),
        ),
    )


if __name__ == "__main__":
    configure_logging("bench", LogSettings(log_level="error"))
    main(Console())
