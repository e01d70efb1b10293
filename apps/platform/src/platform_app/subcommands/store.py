"""`catalog store`: make the store anew, prove it, mend it, or go back to how it was."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import typer
from rich.box import SIMPLE
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from kernel.errors import CatalogError
from platform_app.choices import Kind, OneStack
from platform_app.console import err, out
from platform_app.home import Home
from platform_app.report import Report
from platform_app.trouble import Trouble

if TYPE_CHECKING:
    from store.ports import Drift
    from store_app.maintenance import Maintenance

T = TypeVar("T")

cli = typer.Typer(help="The store: make it anew, verify it, repair it.", no_args_is_help=True)
_SHOWN = 20


@cli.command()
def rebuild(stack: OneStack = Kind.EMBEDDED) -> None:
    """Make the store anew from the event logs; readers notice nothing. Interrupted, it goes on next time."""

    async def work(store: "Maintenance") -> int:
        with _progress() as tell:
            return await store.rebuild(tell)

    out.print(f"The store is made anew: {_run(stack, work)} aggregates were read.")


@cli.command()
def verify(stack: OneStack = Kind.EMBEDDED) -> None:
    """Compare the store with the event logs. Ends with status 1 when it differs."""
    found = _run(stack, _verified)
    _say(found)
    if found:
        raise typer.Exit(1)


@cli.command()
def repair(stack: OneStack = Kind.EMBEDDED) -> None:
    """Verify the store, and mend what differs."""

    async def work(store: "Maintenance") -> "list[Drift]":
        found = await _verified(store)
        await store.repair(found)
        return found

    found = _run(stack, work)
    _say(found)
    if found:
        out.print(f"{len(found)} mended.")


@cli.command("roll-back")
def roll_back(stack: OneStack = Kind.EMBEDDED) -> None:
    """Read the edition that was read before the last rebuild again."""

    async def work(store: "Maintenance") -> bool:
        return await store.roll_back()

    if not _run(stack, work):
        raise Trouble("There is no edition before this one.")
    out.print("The store reads the edition before again.")


async def _verified(store: "Maintenance") -> "list[Drift]":
    with _progress() as tell:
        return list(await store.verify(tell))


def _say(found: "list[Drift]") -> None:
    if not found:
        out.print("The store is what the event logs say.")
        return
    table = Table("what", "of", "id", box=SIMPLE)
    for one in found[:_SHOWN]:
        table.add_row(one.what, one.of, str(one.id))
    out.print(table)
    counts = Counter(one.what for one in found)
    out.print(", ".join(f"{count} {what}" for what, count in sorted(counts.items())))


class _progress:  # noqa: N801  # used as a function
    """A bar for each step, on a terminal; nothing elsewhere."""

    def __init__(self) -> None:
        self._bars: dict[str, TaskID] = {}
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=err,
            disable=not err.is_terminal,
        )

    def __enter__(self) -> Callable[[str, int, int], None]:
        self._progress.start()
        return self._tell

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def _tell(self, step: str, done: int, total: int) -> None:
        if step not in self._bars:
            self._bars[step] = self._progress.add_task(step)
        self._progress.update(self._bars[step], completed=done, total=total)


@asynccontextmanager
async def _open(kind: Kind) -> AsyncIterator["Maintenance"]:
    # These libraries take a second to load, which other commands shall not.
    from platform_app import embedded, native
    from store_app.maintenance import Maintenance

    home = Home.of(kind)
    if not Report.of(home).alive:
        raise Trouble(f"The {kind} stack is not up: `catalog up --stack {kind}` starts it.")
    told = native.store_env(home) if kind is Kind.NATIVE else embedded.store_env(home)
    if "STORE_MONGO_URL" not in told:
        raise Trouble("This store is in memory, and made anew at every start: there is nothing to maintain.")
    logs = json.loads(told["STORE_EVENT_LOGS"])
    async with Maintenance.of(told["STORE_MONGO_URL"], "store", logs) as store:
        yield store


def _run(kind: Kind, work: "Callable[[Maintenance], Coroutine[Any, Any, T]]") -> T:
    async def whole() -> T:
        async with _open(kind) as store:
            return await work(store)

    try:
        return asyncio.run(whole())
    except CatalogError as error:
        raise Trouble(error.message) from error
