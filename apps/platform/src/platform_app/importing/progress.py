"""How far an import is: a bar with count and rate on a terminal, and a line now and then elsewhere."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from rich import progress
from rich.console import Console

_EVERY = 10.0  # seconds between two lines


class Progress(Protocol):
    """Told of each row that is dealt with."""

    def of(self, what: str, total: int) -> AbstractContextManager[None]:
        """So many of these are dealt with in the block."""

    def one(self) -> None:
        """One more is."""


class Shown:
    """On a console."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar = progress.Progress(
            progress.TextColumn("{task.description}"),
            progress.BarColumn(bar_width=30),
            progress.MofNCompleteColumn(),
            progress.TextColumn("{task.fields[rate]}/s"),
            progress.TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )

    @contextmanager
    def of(self, what: str, total: int) -> Iterator[None]:
        """See `Progress`."""
        self._what, self._total, self._done = what, total, 0
        self._begin = self._said = time.monotonic()
        self._task = self._bar.add_task(what, total=total, rate=0)
        with self._bar:
            yield
        if self._bar.disable:
            self._say()

    def one(self) -> None:
        """See `Progress`."""
        self._done += 1
        self._bar.update(self._task, completed=self._done, rate=self._rate)
        if self._bar.disable and time.monotonic() - self._said > _EVERY:
            self._say()

    @property
    def _rate(self) -> int:
        return round(self._done / max(time.monotonic() - self._begin, 0.001))

    def _say(self) -> None:
        self._said = time.monotonic()
        self._console.print(f"{self._what}: {self._done} of {self._total}, {self._rate}/s")


class Silent:
    """Nowhere."""

    @contextmanager
    def of(self, what: str, total: int) -> Iterator[None]:
        """See `Progress`."""
        yield

    def one(self) -> None:
        """See `Progress`."""
