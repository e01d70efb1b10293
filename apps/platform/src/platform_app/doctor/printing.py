"""Findings as a table for people, and as data for programs."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from platform_app.console import out, printable
from platform_app.doctor.findings import Finding, Level, Verdict

_MARKS = {
    Level.WELL: "[green]✓[/]",
    Level.PASSING: "[yellow]~[/]",
    Level.WRONG: "[bold red]✗[/]",
    Level.UNKNOWN: "[bold yellow]?[/]",
}
_SENTENCE, _GAPS = 60, 12
"""Columns for sentences, which are folded, and between all columns."""


def show(stack: str, findings: Sequence[Finding], verdict: Verdict, to: Console = out) -> None:
    """Print one screen: a line for each finding, what to type, and a last sentence."""
    # A command is not broken, so it stands beside what it is for where there is room for all of it.
    longest = max(len(one.command) for one in findings) + max(len(_what(one)) for one in findings)
    commands = dict.fromkeys(one.command for one in findings if one.command)
    wide = bool(commands) and to.width >= longest + _SENTENCE + _GAPS
    titles: list[Column | str] = ["", "what", Column("how it is", overflow="fold")]
    if wide:
        titles.append(Column("what to do", no_wrap=True))
    table = Table(*titles, box=SIMPLE, title=f"The {stack} stack", title_justify="left", title_style="bold")
    for one in findings:
        row = [_MARKS[one.level], _plain(_what(one)), _plain(one.said)]
        table.add_row(*row, *([_plain(one.command)] if wide else []))
    to.print(table)
    if commands and not wide:
        to.print("What to do:")
        for command in commands:
            to.print(f"  {_plain(command)}", soft_wrap=True)
    to.print(_last(findings, verdict))


def document(findings: Sequence[Finding], verdict: Verdict) -> Mapping[str, Any]:
    """The same for programs."""
    return {"verdict": verdict, "findings": [asdict(one) for one in findings]}


def _what(one: Finding) -> str:
    return f"{one.about} {one.name}".rstrip()


def _last(findings: Sequence[Finding], verdict: Verdict) -> str:
    match verdict:
        case Verdict.WELL:
            return "[bold green]All is well.[/]"
        case Verdict.NOT_UP:
            return "[bold red]The platform is not up.[/]"
        case Verdict.NEEDS_A_PERSON:
            count = sum(one.level in (Level.WRONG, Level.UNKNOWN) for one in findings)
            return f"[bold red]{count} {'thing needs' if count == 1 else 'things need'} a person.[/]"


def _plain(text: str) -> str:
    return escape(printable(text))
