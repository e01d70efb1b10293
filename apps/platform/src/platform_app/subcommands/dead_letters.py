"""`catalog dlq`: look at what nobody could handle, and hand it over again or drop it."""

import asyncio
import json
from collections.abc import AsyncIterator, Collection, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Annotated, Any, TypeVar
from uuid import UUID

import typer
from rich.box import SIMPLE
from rich.markup import escape
from rich.progress import Progress
from rich.table import Column, Table

from kernel.dead_letters import DeadLetter, DeadLetters
from kernel.errors import CatalogError, NotFound
from platform_app.apps import WRITERS
from platform_app.choices import Kind, OneStack
from platform_app.console import err, out, printable
from platform_app.home import Home
from platform_app.report import Report
from platform_app.trouble import Trouble

T = TypeVar("T")

cli = typer.Typer(help="What nobody could handle: look, replay, drop.", no_args_is_help=True)

_SHOWN = 100
Consumer = Annotated[str | None, typer.Option("--consumer", help="Only this consumer's.")]
OneConsumer = Annotated[str, typer.Option("--consumer", help="Whose they are.")]
Ids = Annotated[list[UUID] | None, typer.Argument(help="Ids as `list` shows them.")]
All = Annotated[bool, typer.Option("--all", help="All that there are now.")]


@cli.command("list")
def list_(
    stack: OneStack = Kind.EMBEDDED,
    consumer: Consumer = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs: all of them, one a line.")] = False,
) -> None:
    """Show what is parked: the oldest hundred of each place, with the reason."""
    letters = _run(_look(stack, consumer, most=None if as_json else _SHOWN))
    if as_json:
        for one in letters:
            print(json.dumps(_document(one)))  # noqa: T201  # exact output, no markup
        return
    table = Table(Column("id", no_wrap=True), "consumer", "type", "tries", "parked at", "reason", box=SIMPLE)
    for one in letters:
        said = escape(printable(one.reason))
        at = f"{one.parked_at:%Y-%m-%d %H:%M:%S}" if one.parked_at else "unknown"
        table.add_row(str(one.id or "unknown"), one.consumer, escape(one.type), str(one.attempts), at, said)
    out.print(table if letters else "Nothing is parked.")


@cli.command()
def show(id: UUID, stack: OneStack = Kind.EMBEDDED) -> None:
    """Show one parked message as a whole."""
    found = [one for one in _run(_look(stack, None, most=None)) if one.id == id]
    if not found:
        raise Trouble(f"No message with the id {id} is parked: `catalog dlq list` shows what is.")
    for one in found:
        print(json.dumps(_document(one), indent=2))  # noqa: T201  # exact output, no markup


@cli.command()
def replay(
    consumer: OneConsumer,
    ids: Ids = None,
    every: All = False,
    rate: Annotated[float, typer.Option(min=0.1, help="The most a second.")] = 50.0,
    stack: OneStack = Kind.EMBEDDED,
) -> None:
    """Hand parked messages to their consumer again, after what was wrong has been mended."""
    count = _run(_replay(stack, consumer, _chosen(ids, every), rate))
    out.print(f"{count} handed to {consumer} again.")


@cli.command()
def drop(
    consumer: OneConsumer,
    ids: Ids = None,
    every: All = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    stack: OneStack = Kind.EMBEDDED,
) -> None:
    """Delete parked messages for ever."""
    chosen = _chosen(ids, every)
    if not yes:
        what = "everything" if chosen is None else f"{len(chosen)} messages"
        typer.confirm(f"Delete {what} parked for {consumer}, for ever?", abort=True)
    count = _run(_drop(stack, consumer, chosen))
    out.print(f"{count} of {consumer} dropped.")


def _chosen(ids: list[UUID] | None, every: bool) -> frozenset[UUID] | None:
    if bool(ids) == every:
        raise Trouble("Say which ones: either their ids, or --all.")
    return None if every else frozenset(ids or ())


@asynccontextmanager
async def _places(kind: Kind) -> AsyncIterator[list[DeadLetters]]:
    """Where messages may be parked in a stack that runs: at the broker, and in the services' databases."""
    # These libraries take a second to load, which other commands shall not.
    from kernel.rabbit import RabbitDeadLetters
    from kernel.sql import Database, RefusedEvents
    from platform_app import native
    from platform_app.topology import QUEUES

    home = Home.of(kind)
    if not Report.of(home).alive:
        raise Trouble(f"The {kind} stack is not up: `catalog up --stack {kind}` starts it.")
    async with AsyncExitStack() as stack:
        places: list[DeadLetters] = []
        if kind is Kind.NATIVE:
            places.append(RabbitDeadLetters(native.broker(home).url, [queue.name for queue in QUEUES]))
        for url in databases(home).values():
            database = Database(url, service="catalog dlq", size=2)
            places.append(RefusedEvents(await stack.enter_async_context(database)))
        yield places


def databases(home: Home) -> Mapping[str, str]:
    """The address of each writing service's database, in a stack that has been up."""
    from platform_app import embedded, native  # these libraries take a second to load

    postgres = native.postgres(home) if home.stack == Kind.NATIVE else embedded.postgres(home)
    return {name: postgres.url(name) for name in WRITERS}


async def _look(kind: Kind, consumer: str | None, *, most: int | None) -> list[DeadLetter]:
    found: list[DeadLetter] = []
    async with _places(kind) as places:
        for place in places:
            count = 0
            with suppress(NotFound):  # another place may know this consumer
                async for one in place.look(consumer):
                    found.append(one)
                    count += 1
                    if count == most:
                        err.print(f"There may be more than these {most}; --json shows all.")
                        break
    return found


async def _replay(kind: Kind, consumer: str, ids: Collection[UUID] | None, rate: float) -> int:
    count = 0
    async with _places(kind) as places:
        with Progress(console=err, transient=True) as progress:
            task = progress.add_task(f"replaying to {consumer}", total=None)
            for place in places:
                before = count

                def said(number: int, before: int = before) -> None:
                    progress.update(
                        task, completed=before + number, description=f"{before + number} replayed"
                    )

                with suppress(NotFound):
                    count += await place.replay(consumer, ids, rate=rate, said=said)
    return count


async def _drop(kind: Kind, consumer: str, ids: Collection[UUID] | None) -> int:
    count = 0
    async with _places(kind) as places:
        for place in places:
            with suppress(NotFound):
                count += await place.drop(consumer, ids)
    return count


def _document(one: DeadLetter) -> dict[str, Any]:
    try:
        message = json.loads(one.body)
    except ValueError:
        message = one.body.decode(errors="backslashreplace")
    return {
        "id": str(one.id) if one.id else None,
        "consumer": one.consumer,
        "type": one.type,
        "reason": one.reason,
        "attempts": one.attempts,
        "parkedAt": one.parked_at.isoformat() if one.parked_at else None,
        "message": message,
    }


def _run(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except CatalogError as error:
        raise Trouble(error.message) from error
