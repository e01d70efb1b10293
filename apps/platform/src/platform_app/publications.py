"""`catalog publications`: how far they are, and what an operator can do about one that is stuck."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeVar
from uuid import UUID

import typer
from rich.box import SIMPLE
from rich.markup import escape
from rich.table import Column, Table

from kernel.domain import new_id
from kernel.errors import CatalogError
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
Status = Annotated[
    str | None, typer.Option("--status", help="Only REQUESTED, RUNNING, STUCK, PUBLISHED or REJECTED.")
]
Offering = Annotated[str | None, typer.Option("--offering", help="Only those of the offering with this key.")]


@cli.command("list")
def list_(
    status: Status = None, offering: Offering = None, as_json: AsJson = False, stack: OneStack = Kind.EMBEDDED
) -> None:
    """Show the newest hundred."""
    asked = {"size": str(_MOST)}
    if status is not None:
        asked["status"] = status.upper()
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
    table = Table(Column("id", no_wrap=True), "offering", "status", "requested", "by", "cause", box=SIMPLE)
    for one in found["items"]:
        at = f"{datetime.fromisoformat(one['requestedAt']):%Y-%m-%d %H:%M:%S}"
        table.add_row(
            one["id"], one["offeringKey"], _coloured(one["status"]), at, one["requestedBy"], _cause(one)
        )
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
def retry(id: UUID, stack: OneStack = Kind.EMBEDDED) -> None:
    """Let a step that is stuck be tried again, after what was wrong has been mended."""
    _show(_run(stack, lambda calls: _post(calls, f"/api/publications/{id}/retry")))


@cli.command()
def cancel(
    id: UUID,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    stack: OneStack = Kind.EMBEDDED,
) -> None:
    """Give up a publication that goes on: everything is undone, and the offering is where it was."""
    if not yes:
        typer.confirm(f"Give up the publication {id}?", abort=True)
    _show(_run(stack, lambda calls: _post(calls, f"/api/publications/{id}/cancel")))


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
    except (Away, CatalogError) as error:
        raise Trouble(str(error)) from error


def _show(one: Document) -> None:
    out.print(
        f"{escape(one['offeringKey'])}, requested by {escape(one['requestedBy'])}: {_coloured(one['status'])}"
    )
    if cause := _cause(one):
        out.print(cause)
    if one["steps"] is None:
        out.print("The process engine does not answer, so the steps are not known now.")
    else:
        table = Table("step", "state", Column("tries", justify="right"), "from", "to", "problem", box=SIMPLE)
        for step in one["steps"]:
            tries = str(step["attempts"] or "")
            said = escape(printable(step["problem"] or ""))
            at = [f"{datetime.fromisoformat(when):%H:%M:%S.%f}"[:-3] if when else "" for when in _times(step)]
            table.add_row(escape(step["title"]), step["state"], tries, *at, said)
        out.print(table)
    if one["nextAction"]:
        out.print(escape(printable(one["nextAction"])))


def _times(step: Document) -> tuple[str | None, str | None]:
    return step["startedAt"], step["endedAt"]


def _cause(one: Document) -> str:
    cause = one["cause"]
    return "" if cause is None else escape(printable(f"{cause['code']}: {cause['message']}"))


def _coloured(status: str) -> str:
    colour = _COLOURS.get(status)
    return f"[{colour}]{status}[/]" if colour else status
