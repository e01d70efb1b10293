"""The embedded engine with one line changed: what is built wrong must be seen in a history."""

import importlib
import importlib.abc
import importlib.util
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import ModuleType

import kernel
from kernel.engine import EmbeddedEngine

_KERNEL = Path(kernel.__file__ or "").parent
_PACKAGES = ("bpmn", "engine")


@dataclass(frozen=True)
class Saboteur:
    """Has `new` in place of `old` somewhere in the engine; `histories` are those that must notice."""

    wrong: str
    old: str
    new: str
    histories: tuple[str, ...]

    @property
    def file(self) -> Path:
        """The one source file that has `old` in it, once."""
        files = [file for name in _PACKAGES for file in _KERNEL.glob(f"{name}/**/*.py")]
        (found,) = [file for file in files for _ in range(file.read_text().count(self.old))]
        return found

    def engine(self) -> type[EmbeddedEngine]:
        """The class of the engine that is built wrong, beside the right one."""
        with _forgotten(), _found_first(_Finder(self)):
            found: type[EmbeddedEngine] = importlib.import_module("kernel.engine").EmbeddedEngine
        return found


SABOTEURS = (
    Saboteur(
        "the event for any error comes first",
        "for wanted in (code, None):",
        "for wanted in (None, code):",
        ("price_missing", "entry_refused_without_a_reason"),
    ),
    Saboteur(
        "what an error was is not told",
        "if event.code_variable:",
        "if False:",
        ("price_missing", "an_error_that_only_the_event_for_any_takes"),
    ),
    Saboteur(
        "errors are looked for on the task alone",
        "            inside = scope\n",
        "            inside = None\n",
        ("price_missing",),
    ),
    Saboteur(
        "an error that nothing takes completes",
        'raise TaskRefused(f"No event of the diagram takes {code}.", code="uncaught")',
        "return self.complete(token, now, variables)",
        ("an_error_where_nothing_takes_it",),
    ),
    Saboteur(
        "timers are never due",
        "return min(self._timers).due if self._timers else None",
        "return None",
        ("a_timer_fires_by_itself",),
    ),
    Saboteur(
        "timers outlive what they are on",
        "self._timers = [timer for timer in self._timers if timer.token != token]",
        "pass",
        ("two_minutes_are_over_at_confirm",),
    ),
    Saboteur(
        "what a task tells is lost",
        "        self.variables.update(variables)\n        self._leave(token)",
        "        self._leave(token)",
        ("variables_flow",),
    ),
    Saboteur(
        "anybody may report",
        "if row.worker != worker:",
        "if False:",
        ("a_lock_runs_out_and_another_takes_it", "a_lock_is_extended_and_given_back"),
    ),
    Saboteur(
        "locks are not kept",
        "(lock_until is null or lock_until <= clock_timestamp())",
        "true",
        ("a_lock_runs_out_and_another_takes_it", "a_pause_after_a_failure"),
    ),
    Saboteur(
        "what is stuck is offered",
        "(retries is null or retries > 0)",
        "true",
        ("tries_used_up_and_given_again", "an_error_where_nothing_takes_it"),
    ),
    Saboteur(
        "an operator's tries go to everything",
        "where instance = :id and retries = 0 returning",
        "where instance = :id returning",
        ("tries_used_up_and_given_again",),
    ),
    Saboteur(
        "there is no pause after a failure",
        "lock_until = clock_timestamp() + make_interval(secs => :pause)",
        "lock_until = null",
        ("a_pause_after_a_failure",),
    ),
    Saboteur(
        "a lock that has run out is extended",
        "if not locked:",
        "if False:",
        ("a_lock_runs_out_and_nobody_takes_it",),
    ),
    Saboteur(
        "what begins runs by the first diagram",
        "select max(version) as version",
        "select min(version) as version",
        ("another_diagram_while_it_runs",),
    ),
    Saboteur(
        "what runs follows the newest diagram",
        "where key = :key and version = :version",
        "where key = :key and version >= :version order by version desc limit 1",
        ("another_diagram_while_it_runs",),
    ),
)


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the module that is changed."""

    def __init__(self, saboteur: Saboteur) -> None:
        self._saboteur = saboteur
        self._file = saboteur.file
        self._name = ".".join(self._file.relative_to(_KERNEL.parent).with_suffix("").parts)

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != self._name:
            return None
        loader = _Changed(name, str(self._file))
        loader.saboteur = self._saboteur
        return importlib.util.spec_from_file_location(name, self._file, loader=loader)


class _Changed(SourceFileLoader):
    """Reads the source with the change in it, and neither uses nor keeps anything compiled."""

    saboteur: Saboteur

    def get_data(self, path: str) -> bytes:
        if not path.endswith(".py"):
            raise OSError("not from what was compiled before")
        return super().get_data(path).decode().replace(self.saboteur.old, self.saboteur.new).encode()

    def set_data(self, path: str, data: object, *, _mode: int = 0) -> None:
        """Not to what will be compiled later."""


@contextmanager
def _forgotten() -> Iterator[None]:
    """Within the block the engine's modules are as if never imported; afterwards they are as before."""
    names = tuple(f"kernel.{name}" for name in _PACKAGES)
    ours = {name: module for name, module in sys.modules.items() if name.startswith(names)}
    for name in ours:
        del sys.modules[name]
    try:
        yield
    finally:
        for name in [name for name in sys.modules if name.startswith(names)]:
            del sys.modules[name]
        sys.modules.update(ours)
        for name in _PACKAGES:
            setattr(kernel, name, sys.modules[f"kernel.{name}"])


@contextmanager
def _found_first(finder: importlib.abc.MetaPathFinder) -> Iterator[None]:
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
