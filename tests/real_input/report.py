"""The outcome for people: tables on a terminal, and Markdown and JSON to be kept."""

import json
import os
import platform
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Column, Table

from tests.real_input.run import AFTER_IMPORT, Outcome
from tests.real_input.usage import Step

Rows = list[Sequence[str]]
STEPS = ("step", "things", "seconds", "a second", "CPU s", "of it, most", "CPU s of others")
PROCESSES = ("process", "CPU s", "peak MB", "MB after the import", "MB at the end", "MB, shared once")


def machine() -> str:
    """What the figures were measured on."""
    system = platform.system()
    with suppress(OSError):
        system = platform.freedesktop_os_release()["PRETTY_NAME"]
    return f"{os.cpu_count()} cores, {platform.machine()}, {system}, Python {platform.python_version()}"


def steps(outcome: Outcome) -> Rows:
    """What each step took."""
    return [_step(one) for one in outcome.steps]


def _step(step: Step) -> Sequence[str]:
    most = sorted(step.cpu.items(), key=lambda one: -one[1])[:3]
    rate = f"{step.count / step.seconds:.0f}" if step.count and step.seconds else ""
    of_it = ", ".join(f"{name} {seconds:.1f}" for name, seconds in most if seconds >= 0.05)
    total = sum(step.cpu.values())
    count = f"{step.count:,}" if step.count else ""
    return step.name, count, f"{step.seconds:.1f}", rate, f"{total:.1f}", of_it, f"{step.elsewhere:.1f}"


def processes(outcome: Outcome) -> Rows:
    """What each process took in all, the biggest first."""
    names = {name: max(step.peak.get(name, 0.0) for step in outcome.steps) for name in _names(outcome.steps)}
    imported = next((one for one in outcome.steps if one.name.startswith(AFTER_IMPORT)), None)
    last = outcome.steps[-1]
    return [
        (
            name,
            f"{sum(step.cpu.get(name, 0.0) for step in outcome.steps):.1f}",
            f"{peak:.0f}",
            _megabytes(imported.end.get(name) if imported else None),
            _megabytes(last.end.get(name)),
            _megabytes(last.fair.get(name)),
        )
        for name, peak in sorted(names.items(), key=lambda one: -one[1])
    ]


def _names(found: Sequence[Step]) -> Iterator[str]:
    yield from dict.fromkeys(name for step in found for name in step.peak)


def _megabytes(value: float | None) -> str:
    return "" if value is None else f"{value:.0f}"


def ledgers(outcome: Outcome) -> Iterator[str]:
    """What was compared and what differed, a line for each time."""
    for when, ledger in outcome.ledgers.items():
        looked = ", ".join(f"{count:,} {name}" for name, count in ledger.compared.items())
        wrong = ", ".join(f"{name} {count}" for name, count in ledger.counts.items())
        yield f"{when}: {wrong} (compared: {looked})"


def show(outcome: Outcome, console: Console) -> None:
    """Print it."""
    for title, names, rows in (
        ("steps", STEPS, steps(outcome)),
        ("processes", PROCESSES, processes(outcome)),
    ):
        first, *others = names
        left = {"of it, most"}
        columns = [Column(name, justify="left" if name in left else "right") for name in others]
        table = Table(first, *columns, title=f"{title}, {outcome.stack} stack", box=SIMPLE)
        for row in rows:
            table.add_row(*row)
        console.print(table)
    for line in ledgers(outcome):
        console.print(line)
    console.print("All is as the plain count says." if outcome.clean else f"[red]It differs:[/]\n{outcome}")


def keep(outcome: Outcome, folder: Path) -> None:
    """Write it as Markdown and as JSON; what is there of the same stack is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    today = datetime.now(UTC).date()
    file = folder / f"real-input-{outcome.stack}"
    lines = [
        f"# The {outcome.stack} stack on 1,442 models",
        f"`python -m tests.real_input {outcome.stack}`, {today}, {machine()}.",
        "",
        *(f"- {line}" for line in ledgers(outcome)),
        f"- {'all is as the plain count says' if outcome.clean else 'it differs'}",
        "",
        *_markdown(STEPS, steps(outcome)),
        "",
        *_markdown(PROCESSES, processes(outcome)),
        "",
    ]
    file.with_suffix(".md").write_text("\n".join(lines))
    document = {"machine": machine(), "date": f"{today}", "clean": outcome.clean, **asdict(outcome)}
    file.with_suffix(".json").write_text(json.dumps(_rounded(document), indent=1) + "\n")


def _markdown(names: Sequence[str], rows: Rows) -> Iterator[str]:
    yield f"| {' | '.join(names)} |"
    yield "|---" * len(names) + "|"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return round(value, 2)
    if isinstance(value, dict):
        return {name: _rounded(one) for name, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, list) else value
