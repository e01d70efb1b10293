"""`catalog doctor`."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from platform_app.choices import Kind
from platform_app.doctor.findings import Finding, Verdict
from platform_app.doctor.printing import document, show
from platform_app.home import Home
from platform_app.report import Report

cli = typer.Typer()
_STATUS = {Verdict.WELL: 0, Verdict.NEEDS_A_PERSON: 1, Verdict.NOT_UP: 2}


@cli.command()
def doctor(
    stack: Annotated[
        Kind | None,
        typer.Option("--stack", envvar="CATALOG_STACK", help="Only this one; default: whatever runs."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Say what is up, what lags, what is parked, what is stuck, and what to do.

    Ends with status 0 when all is well, 1 when something needs a person, 2 when the platform is not up.
    """
    chosen = Kind if stack is None else (stack,)
    reports = {kind.value: Report.of(Home.of(kind)) for kind in chosen}
    looked = _look(_of_interest(reports))
    if as_json:
        told = {kind: document(*found) for kind, found in looked.items()}
        print(json.dumps(told, indent=2))  # noqa: T201  # exact output, no markup
    else:
        for kind, found in looked.items():
            show(kind, *found)
    if status := max(_STATUS[verdict] for _, verdict in looked.values()):
        raise typer.Exit(status)


def _of_interest(reports: Mapping[str, Report]) -> Mapping[str, Report]:
    """The stacks of which something runs, or else ran until it ended by itself, or else the first."""
    alive = {kind: one for kind, one in reports.items() if one.alive}
    ended = {kind: one for kind, one in reports.items() if one.processes}
    return alive or ended or dict([next(iter(reports.items()))])


def _look(reports: Mapping[str, Report]) -> dict[str, tuple[Sequence[Finding], Verdict]]:
    # These libraries take a second to load, which other commands shall not.
    from platform_app.doctor.gathering import gather
    from platform_app.doctor.judging import findings_of, findings_without, verdict_of

    async def look(kind: str, report: Report) -> tuple[Sequence[Finding], Verdict]:
        if not report.alive:
            ended = [one.name for one in report.processes]
            return findings_without(kind, ended), Verdict.NOT_UP
        facts = await gather(Home.of(kind), report)
        findings = findings_of(facts)
        return findings, verdict_of(findings, facts)

    async def whole() -> dict[str, tuple[Sequence[Finding], Verdict]]:
        found = await asyncio.gather(*(look(kind, one) for kind, one in reports.items()))
        return dict(zip(reports, found, strict=True))

    return asyncio.run(whole())
