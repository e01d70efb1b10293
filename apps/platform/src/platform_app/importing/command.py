"""An import from beginning to end, as a person at a terminal sees it."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from rich.box import SIMPLE
from rich.markup import escape
from rich.table import Column, Table

from kernel.errors import CatalogError
from platform_app.calling.calls import Away, Calls
from platform_app.calling.http import Connections
from platform_app.console import err, out, printable
from platform_app.importing.gateway import Gateway
from platform_app.importing.progress import Shown
from platform_app.importing.report import Outcome, Report
from platform_app.importing.rows import Index, Kind
from platform_app.importing.run import AT_A_TIME, Import
from platform_app.trouble import Trouble

_INTERRUPTED = 130
"""What shells expect of a program that was interrupted."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be imported, where to, and as whom."""

    file: Path
    url: str
    username: str
    password: str = field(repr=False)
    dry: bool = False
    publish: bool = False
    report: Path | None = None


def carry_out(wanted: Wanted) -> int:
    """Import, and say what became of it; returns the status to exit with.

    Raises:
        Trouble: when a file cannot be read or written, or the platform is away.
    """
    begin, ended = time.monotonic(), ""
    with _sink(wanted.report) as sink:
        report = Report(sink)
        try:
            asyncio.run(_run(wanted, report))
        except KeyboardInterrupt:
            ended = "Interrupted. This is what was done; run it again to go on."
        except (Away, CatalogError) as error:  # what a row's refusal is, is in the report
            ended = f"{error}. This is what was done; run it again to go on."
    _show(report, time.monotonic() - begin, wanted)
    if ended.startswith("Interrupted"):
        err.print(ended)
        return _INTERRUPTED
    if ended:
        raise Trouble(ended)
    return 1 if report.rejected else 0


async def _run(wanted: Wanted, report: Report) -> None:
    try:
        index = Index.of(wanted.file, report.reject)
    except OSError as error:
        raise Trouble(f"{wanted.file} cannot be read: {error.strerror}.") from error
    async with Connections(wanted.url, AT_A_TIME + 1) as http:  # one more to look ahead
        gateway = Gateway(Calls(http, wanted.username, wanted.password))
        work = Import(gateway, report, Shown(err), dry=wanted.dry, publish=wanted.publish)
        await work(index)


@contextmanager
def _sink(file: Path | None) -> Iterator[TextIO | None]:
    if file is None:
        yield None
        return
    try:
        with file.open("w", encoding="utf-8") as stream:
            yield stream
    except OSError as error:
        raise Trouble(f"{file} cannot be written: {error.strerror}.") from error


def _show(report: Report, seconds: float, wanted: Wanted) -> None:
    if report.first:
        out.print(_faults(report))
        if report.faults > len(report.first):
            where = f"all are in {wanted.report}" if wanted.report else "--report FILE writes all of them"
            out.print(f"These are the first {len(report.first)} of {report.faults} faults; {where}.")
    table = Table("kind", *(Column(one.value, justify="right") for one in Outcome), box=SIMPLE)
    for kind in (*Kind, ""):
        counts = [report.counts[kind, one] for one in Outcome]
        if any(counts):
            table.add_row(kind or "no row", *(f"{count:,}" for count in counts))
    table.add_section()
    table.add_row("all", *(f"{report.of(one):,}" for one in Outcome))
    out.print(table)
    rate = report.rows / max(seconds, 0.001)
    would = "would be " if wanted.dry else ""
    out.print(
        f"{report.rows:,} rows in {seconds:.1f} s, {rate:,.0f} a second; "
        f"{report.published:,} offerings {would}published."
    )
    if report.left:
        out.print(f"{report.left:,} more were asked to be published, which goes on by itself.")
    if wanted.dry:
        out.print("This was a dry run: nothing was written.")


def _faults(report: Report) -> Table:
    table = Table("row", "kind", "key", "field", "code", Column("message", overflow="fold"), box=SIMPLE)
    for one in sorted(report.first, key=lambda one: one.row):
        said = [one.kind, one.key, one.field, one.code, one.message]
        table.add_row(str(one.row), *(escape(printable(text)) for text in said))
    return table
