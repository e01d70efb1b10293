"""What a command costs: the service beside the least that could commit a row, over HTTP, in one run."""

import asyncio
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg
from rich.console import Console
from rich.table import Table

from bench.load import Measured, measure, post
from bench.processes import Servers
from tests.servers import postgres, rabbitmq

COUNT = 3000
MEANT = {
    "service / Core": ("the characteristic service", "floor: FastAPI, SQLAlchemy Core, one row", 0.5),
    "service / asyncpg": ("the characteristic service", "floor: FastAPI, asyncpg, one row", 0.25),
}
"""Ratios of rates and the least they shall be."""


def document(number: int) -> dict[str, Any]:
    """What is written: about as much as authors write."""
    return {
        "name": f"Screen size {number}",
        "valueType": "decimal",
        "unit": "cm",
        "description": "The visible diagonal of the screen, measured without its frame. " * 3,
    }


def commands() -> tuple[dict[str, Measured], Measured]:
    """Each server in turn with 16 clients, and then the service with one."""
    found: dict[str, Measured] = {}
    with (
        TemporaryDirectory() as folder,
        postgres("bench", "characteristic") as database,
        rabbitmq() as broker,
        ExitStack() as issuer,
    ):
        servers, url = Servers(Path(folder)), database.url("bench")
        asyncio.run(_prepare(url))
        keys, _ = servers.start(issuer, "keys")
        token = servers.token(keys, "characteristic")
        realm = f"http://127.0.0.1:{keys}/realms/catalog"
        service = ("characteristic", realm, database.url("characteristic"), broker.url)
        for what, path, server in (
            ("floor: FastAPI, asyncpg, one row", "/floor", ("raw", url)),
            ("floor: FastAPI, SQLAlchemy Core, one row", "/floor", ("core", url)),
            ("the characteristic service", "/characteristics", service),
        ):
            with ExitStack() as stack:
                port, pid = servers.start(stack, *server)
                given = token if server is service else ""
                found[what] = asyncio.run(measure(port, post(path, document, given), pid, count=COUNT))
        with ExitStack() as stack:
            port, pid = servers.start(stack, *service)
            alone = post("/characteristics", lambda number: document(10 * COUNT + number), token)
            one = asyncio.run(measure(port, alone, pid, count=500, connections=1))
    return found, one


async def _prepare(url: str) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    await connection.execute("create table floor (id uuid primary key, body jsonb not null)")
    await connection.close()


def main(console: Console) -> None:
    """Print the table."""
    found, one = commands()
    table = Table("create, 16 clients", "commits/s", "CPU us/commit", "median ms")
    for what, measured in found.items():
        table.add_row(what, f"{measured.rate:,.0f}", f"{measured.cpu:.0f}", f"{measured.median:.1f}")
    table.add_row(
        "the service, 1 client", f"{one.rate:,.0f}", f"{one.cpu:.0f}", f"{one.median:.1f} (at most 5)"
    )
    console.print(table)
    for what, (ours, floor, least) in MEANT.items():
        ratio = found[ours].rate / found[floor].rate
        console.print(f"{what}: {ratio:.2f} (at least {least})")
