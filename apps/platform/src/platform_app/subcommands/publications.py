"""`catalog publications`: how far they are, and what an operator can do about one that is stuck."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, TypeVar
from uuid import UUID

import typer
from rich.box import SIMPLE
from rich.markup import escape
from rich.table import Column, Table

from kernel.domain import new_id
from kernel.errors import CatalogError, NotFound, RuleBroken
from platform_app.calling.signing_in import gateway_of, password_of
from platform_app.choices import Kind, OneStack
from platform_app.console import out, printable
from platform_app.home import Home
from platform_app.trouble import Trouble

if TYPE_CHECKING:
    from platform_app.calling.calls import Calls

T = TypeVar("T")
Document = Mapping[str, Any]

cli = typer.Typer(
    help="Publications: how far they are, and help for those that are stuck.", no_args_is_help=True
)

USER = "operator"
_COLOURS = {"PUBLISHED": "green", "REJECTED": "red", "STUCK": "bold red", "RUNNING": "yellow"}
_MOST = 100
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


class Progress(StrEnum):
    """How far a publication is: the words of `offering.domain`, which takes long to load."""

    REQUESTED = "REQUESTED"
    RUNNING = "RUNNING"
    STUCK = "STUCK"
    PUBLISHED = "PUBLISHED"
    REJECTED = "REJECTED"


Status = Annotated[
    Progress | None, typer.Option("--status", case_sensitive=False, help="Only those that are that far.")
]
Offering = Annotated[str | None, typer.Option("--offering", help="Only those of the offering with this key.")]


@cli.command("list")
def list_(
    status: Status = None, offering: Offering = None, as_json: AsJson = False, stack: OneStack = Kind.EMBEDDED
) -> None:
    """Show the newest hundred; `show` says of each why it was rejected."""
    asked = {"size": str(_MOST)}
    if status is not None:
        asked["status"] = status
    if offering is not None:
        asked["offeringKey"] = offering
    found = _run(stack, lambda calls: calls.send("GET", "/api/publications", query=asked))
    if as_json:
        for one in found["items"]:
            print(json.dumps(one))  # noqa: T201  # exact output, no markup
        return
    if not found["items"]:
        out.print("There are no such publications.")
        return
    titles = (Column("id", no_wrap=True), "offering", "status", "requested (UTC)", "by", "cause")
    table = Table(*titles, box=SIMPLE)
    for one in found["items"]:
        at = _utc(one["requestedAt"], "%Y-%m-%d %H:%M:%S")
        by, cause = _plain(one["requestedBy"]), _plain((one["cause"] or {}).get("code", ""))
        table.add_row(one["id"], _plain(one["offeringKey"]), _coloured(one["status"]), at, by, cause)
    out.print(table)
    if found["total"] > len(found["items"]):
        out.print(f"These are the newest {len(found['items'])} of {found['total']:,}.")


@cli.command()
def show(id: UUID, as_json: AsJson = False, stack: OneStack = Kind.EMBEDDED) -> None:
    """Show one with its steps."""
    found = _run(stack, lambda calls: calls.send("GET", f"/api/publications/{id}"))
    if as_json:
        print(json.dumps(found, indent=2))  # noqa: T201  # exact output, no markup
    else:
        _show(found)


@cli.command()
def retry(
    id: Annotated[UUID | None, typer.Argument(help="The publication, as `list` shows it.")] = None,
    stuck: Annotated[bool, typer.Option("--stuck", help="All that are stuck.")] = False,
    stack: OneStack = Kind.EMBEDDED,
) -> None:
    """Let a step that is stuck be tried again, after what was wrong has been mended."""
    if (id is not None) == stuck:
        raise Trouble("Say what to try again: the id of one publication, or --stuck for all that are stuck.")
    if id is not None:
        _show(_run(stack, lambda calls: _post(calls, f"/api/publications/{id}/retry")))
    elif not _run(stack, _retry_all):
        out.print("Nothing is stuck.")


@cli.command()
def cancel(
    id: UUID,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    stack: OneStack = Kind.EMBEDDED,
) -> None:
    """Give up a publication that goes on: the offering is where it was, and what was prepared is undone."""
    if not yes:
        typer.confirm(f"Give up the publication {id}?", abort=True)
    _show(_run(stack, lambda calls: _post(calls, f"/api/publications/{id}/cancel")))


async def _retry_all(calls: "Calls") -> int:
    """Each that is stuck, the oldest first, with a line for each; returns how many those were."""
    asked = {"status": Progress.STUCK, "sort": "requestedAt", "size": str(_MOST)}
    found, page = list[Document](), 1
    while page:
        some = await calls.send("GET", "/api/publications", query={**asked, "page": str(page)})
        found += some["items"]
        page = some["next"]
    for one in found:
        try:
            now = await _post(calls, f"/api/publications/{one['id']}/retry")
            said = _coloured(now["status"])
        except (RuleBroken, NotFound) as error:  # it goes on by other means, or cannot
            said = _plain(error.message)
        out.print(f"{one['id']} {_plain(one['offeringKey'])}: {said}", soft_wrap=True)
    return len(found)


def _post(calls: "Calls", path: str) -> Awaitable[Any]:
    """A POST that may be repeated by whoever loses its answer."""
    return calls.send("POST", path, headers={"Idempotency-Key": f"catalog-{new_id()}"})


def _run(stack: Kind, work: "Callable[[Calls], Awaitable[T]]") -> T:
    # These libraries take a second to load, which other commands shall not.
    from platform_app.calling.calls import Away, Calls
    from platform_app.calling.http import Connections

    home = Home.of(stack)
    url, password = gateway_of(home), password_of(home, USER)

    async def ask() -> T:
        async with Connections(url, 1) as http:
            return await work(Calls(http, USER, password, patience=10.0))

    try:
        return asyncio.run(ask())
    except Away as error:
        raise Trouble(str(error)) from error
    except CatalogError as error:
        faults = [f"{one.pointer}: {one.message}" for one in error.problems]
        raise Trouble(" ".join([error.message, *faults])) from error


def _show(one: Document) -> None:
    by = _plain(one["requestedBy"])
    out.print(f"{_plain(one['offeringKey'])}, requested by {by}: {_coloured(one['status'])}")
    if cause := one["cause"]:
        out.print(_plain(f"{cause['code']}: {cause['message']}"))
    for fault in one["problems"]:
        out.print(_plain(f"{fault['pointer']}: {fault['message']}"))
    if one["steps"] is None:
        out.print("The process engine does not answer, so the steps are not known now.")
    elif not one["steps"]:
        out.print("It ended before any of its steps began.")
    else:
        tries = Column("tries", justify="right")
        titles = ("step", "state", tries, "from (UTC)", "to (UTC)", Column("problem", overflow="fold"))
        table = Table(*titles, box=SIMPLE)
        for step in one["steps"]:
            at = [_utc(step[name], "%H:%M:%S.%f")[:-3] for name in ("startedAt", "endedAt")]
            said = _plain(step["problem"] or "")
            table.add_row(_plain(step["title"]), step["state"], str(step["attempts"] or ""), *at, said)
        out.print(table)
    if one["nextAction"]:
        out.print(_plain(one["nextAction"]))


def _utc(when: str | None, form: str) -> str:
    return "" if when is None else datetime.fromisoformat(when).astimezone(UTC).strftime(form)


def _plain(text: str) -> str:
    """Text of others, as it is: for the terminal and for rich it means nothing."""
    return escape(printable(text))


def _coloured(status: str) -> str:
    colour = _COLOURS.get(status)
    return f"[{colour}]{status}[/]" if colour else status
