"""What a command costs: the service beside the least that could commit a row, over HTTP, in one run."""

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg
from rich.console import Console
from rich.table import Table

from bench.figures import Figure, Floor, at_least, at_most
from bench.load import Measured, measure, post
from bench.processes import Servers
from kernel.logging import configure_logging
from kernel.settings import LogSettings
from tests.servers import postgres, rabbitmq

COUNT, ALONE = 3000, 500
SERVICE, CORE, DRIVER = (
    "the characteristic service",
    "FastAPI, SQLAlchemy Core, one row",
    "FastAPI, asyncpg, one row",
)
MEANT = {CORE: 0.5, DRIVER: 0.25}
"""The least shares of the floors' rates that the service shall have."""
SOON = 5.0
"""Meant: the most milliseconds for half of the commands of one client."""


def document(number: int) -> dict[str, Any]:
    """What is written: about as much as authors write."""
    return {
        "name": f"Screen size {number}",
        "valueType": "decimal",
        "unit": "cm",
        "description": "The visible diagonal of the screen, measured without its frame. " * 3,
    }


def commands() -> tuple[dict[str, Measured], dict[str, Measured]]:
    """Each server in turn, with 16 clients and with one."""
    together, alone = dict[str, Measured](), dict[str, Measured]()
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
        for what, path, server in (
            (DRIVER, "/floor", ("raw", url)),
            (CORE, "/floor", ("core", url)),
            (
                SERVICE,
                "/characteristics",
                ("characteristic", realm, database.url("characteristic"), broker.url),
            ),
        ):
            given = token if what == SERVICE else ""
            with ExitStack() as stack:
                port, pid = servers.start(stack, *server)
                together[what] = asyncio.run(measure(port, post(path, document, given), pid, count=COUNT))
            with ExitStack() as stack:  # anew, so that nothing is left to do of what came before
                port, pid = servers.start(stack, *server)
                other = post(path, lambda number: document(10 * COUNT + number), given)
                alone[what] = asyncio.run(measure(port, other, pid, count=ALONE, connections=1))
    return together, alone


async def _prepare(url: str) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    await connection.execute("create table floor (id uuid primary key, body jsonb not null)")
    await connection.close()


def main(console: Console) -> Sequence[Figure]:
    """Print the table; returns its figures."""
    together, alone = commands()
    table = Table("create", "commits/s, 16 clients", "CPU us/commit", "median ms", "median ms, 1 client")
    for what, one in together.items():
        name = what if what == SERVICE else f"floor: {what}"
        cells = (f"{one.rate:,.0f}", f"{one.cpu:.0f}", f"{one.median:.1f}", f"{alone[what].median:.1f}")
        table.add_row(name, *cells)
    console.print(table)
    return [
        *(
            Figure(
                part="create",
                what="a characteristic, 16 clients",
                value=together[SERVICE].rate,
                unit="/s",
                floor=Floor(floor, together[floor].rate),
                budgets=(at_least(least, ratio=True),),
            )
            for floor, least in MEANT.items()
        ),
        Figure(
            part="create",
            what="a characteristic, 1 client, median",
            value=alone[SERVICE].median,
            unit="ms",
            floor=Floor(CORE, alone[CORE].median),
            budgets=(at_most(SOON),),
        ),
    ]


if __name__ == "__main__":
    configure_logging("bench", LogSettings(log_level="error"))
    main(Console())
