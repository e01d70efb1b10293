"""What the person at the terminal sees: a line per step with its time, and bars for downloads."""

import sys
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from platform_app.servers import Say

_WIDE = None if sys.stdout.isatty() else 120  # a pipe has no width of its own
out = Console(highlight=False, width=_WIDE)
err = Console(stderr=True, highlight=False)
_UNSEEN = 0.5  # seconds
_UNSHOWN = ("Cc", "Cf", "Cs", "Zl", "Zp")  # controls, invisible formatting, half characters, line separators


def printable(text: str) -> str:
    """Text of others for the terminal, which would obey what is a control character: these are escaped.

    A tab is harmless, and becomes spaces.
    """
    return "".join(
        ascii(one)[1:-1] if unicodedata.category(one) in _UNSHOWN else one for one in text.expandtabs(4)
    )


class Steps:
    """The steps of a long command. On a terminal they move; elsewhere each is one line when it is done."""

    def __init__(self) -> None:
        self._progress = Progress(
            SpinnerColumn(finished_text="[green]✓[/]"),
            TextColumn("{task.fields[what]}", style="bold"),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TimeElapsedColumn(),
            console=out,
            disable=not sys.stdout.isatty(),
        )

    @contextmanager
    def shown(self) -> Iterator["Steps"]:
        """Draw while the block runs."""
        with self._progress:
            yield self

    @contextmanager
    def step(self, what: str, done: str = "ready") -> Iterator[Say]:
        """One step; the block gets a `Say` that tells what is being done and how far it is.

        A step that has nothing to say and takes no time leaves no line.
        """
        task = self._progress.add_task("", what=what, total=None)
        said = _Line(self._progress, task)
        begin = time.monotonic()
        try:
            yield said
        except BaseException:
            self._progress.update(task, description="[red]failed[/]", total=1)
            raise
        self._progress.update(task, description=done, total=1, completed=1)
        if not said.anything and time.monotonic() - begin < _UNSEEN:
            self._progress.remove_task(task)
        elif self._progress.disable:
            out.print(f"{what}: {done} after {time.monotonic() - begin:.1f} s")


class _Line:
    """A `Say` that writes into one line of the progress display."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task
        self.anything = False

    def __call__(self, text: str, *, done: float | None = None, total: float | None = None) -> None:
        self.anything = True
        self._progress.update(self._task, description=text, completed=done or 0, total=total)
