"""`catalog import` and `catalog sample`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from platform_app.calling.signing_in import gateway_of, password_of
from platform_app.choices import Kind, OneStack
from platform_app.home import Home
from platform_app.repository import repository

cli = typer.Typer()
USER = "publisher"
"""The demo user who imports: the least that may author and publish."""


class Sample(StrEnum):
    """The catalogues that come along, in `samples/`."""

    AI_MODELS = "ai-models"
    TELECOM = "telecom"


Url = Annotated[
    str | None, typer.Option(help="Another gateway that knows the stack's users. [default: the stack's own]")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Judge every row, and write nothing.")]
ReportTo = Annotated[
    Path | None, typer.Option("--report", help="A file for all that is wrong: JSON, one fault a line.")
]


@cli.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="NDJSON: one characteristic, ..., offering a line.")],
    dry_run: DryRun = False,
    publish: Annotated[bool, typer.Option("--publish", help="Publish all offerings of the file.")] = False,
    report: ReportTo = None,
    stack: OneStack = Kind.EMBEDDED,
    url: Url = None,
) -> None:
    """Bring the catalogue to what a file says. What is there already is not made again."""
    _carry_out(file, stack, url, dry_run, publish, report)


@cli.command()
def sample(
    name: Sample,
    dry_run: DryRun = False,
    report: ReportTo = None,
    stack: OneStack = Kind.EMBEDDED,
    url: Url = None,
) -> None:
    """Import and publish a catalogue that comes along: 1,442 language models, or a telecom shop."""
    _carry_out(repository() / "samples" / f"{name}.ndjson", stack, url, dry_run, False, report)


def _carry_out(
    file: Path, stack: Kind, url: str | None, dry: bool, publish: bool, report: Path | None
) -> None:
    from platform_app.importing.command import Wanted, carry_out  # its libraries take a second to load

    home = Home.of(stack)
    status = carry_out(
        Wanted(
            file=file,
            url=url or gateway_of(home),
            username=USER,
            password=password_of(home, USER),
            dry=dry,
            publish=publish,
            report=report,
        )
    )
    if status:
        raise typer.Exit(status)
