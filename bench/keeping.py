"""The last table: every figure beside its floor and what is meant, printed and kept."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from rich.box import SIMPLE
from rich.table import Column, Table

from bench.figures import Budget, Figure
from bench.machine import machine, versions

COLUMNS = ("part", "what", "measured", "floor", "the floor is", "x floor", "meant")
_RIGHT = frozenset({"measured", "floor", "x floor"})


def table(figures: Sequence[Figure]) -> Table:
    """For a terminal; what is not as it is meant to be is red."""
    columns = [Column(name, justify="right" if name in _RIGHT else "left") for name in COLUMNS]
    made = Table(*columns, title="Everything beside its floor", box=SIMPLE)
    for figure in figures:
        made.add_row(*_row(figure), style="red" if figure.kept is False else "")
    return made


def keep(figures: Sequence[Figure], folder: Path, name: str, seconds: float) -> None:
    """Write them as Markdown and as JSON; what is there of the same name is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    date = f"{datetime.now(UTC).date()}"
    about = {"machine": machine(), "versions": versions()}
    document = {"date": date, **about, "seconds": round(seconds), "figures": [*map(_document, figures)]}
    (folder / f"{name}.json").write_text(json.dumps(document, indent=1) + "\n")
    missed = sum(figure.kept is False for figure in figures)
    lines = [
        "# What `make bench` has measured",
        f"{date}, in {seconds / 60:.0f} minutes. {', '.join(about['machine'].values())}.",
        "",
        f"{', '.join(f'{what} {version}' for what, version in about['versions'].items())}.",
        "",
        f"{len(figures)} figures, of which {missed or 'none'} {'are' if missed > 1 else 'is'} not as meant"
        f"{' (**bold**)' if missed else ''}. `x floor` is how many times its floor a figure is.",
        "",
        *_markdown(figures),
        "",
    ]
    (folder / f"{name}.md").write_text("\n".join(lines))


def _markdown(figures: Sequence[Figure]) -> Iterator[str]:
    yield f"| {' | '.join(COLUMNS)} |"
    yield f"|{'|'.join('---:' if name in _RIGHT else '---' for name in COLUMNS)}|"
    for figure in figures:
        *cells, meant = _row(figure)
        yield f"| {' | '.join([*cells, f'**{meant}**' if figure.kept is False else meant])} |"


def _row(figure: Figure) -> Sequence[str]:
    floor = figure.floor
    return (
        figure.part,
        figure.what,
        f"{number(figure.value)} {figure.unit}",
        f"{number(floor.value)} {figure.unit}" if floor else "",
        floor.what if floor else "",
        "" if figure.ratio is None else f"{figure.ratio:.2f}",
        " and ".join(_said(budget, figure.unit) for budget in figure.budgets),
    )


def _said(budget: Budget, unit: str) -> str:
    bound = f"x {number(budget.bound)}" if budget.ratio else f"{number(budget.bound)} {unit}"
    return f"{'>=' if budget.least else '<='} {bound}"


def number(value: float) -> str:
    """With as many digits as mean something."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _document(figure: Figure) -> dict[str, object]:
    return {**asdict(figure), "ratio": figure.ratio, "kept": figure.kept}
