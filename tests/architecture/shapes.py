"""What the code must look like, checked on the code itself. Each function returns one sentence per fault."""

import ast
import inspect
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

from dependency_injector.containers import DeclarativeContainer

_EVENT = re.compile(r"[a-z][a-z_-]*\.[a-z][a-z_]*")
_LEVELS = frozenset({"debug", "info", "warning", "error", "critical", "exception"})


def not_frozen(modules: Iterable[ModuleType]) -> Iterator[str]:
    """Commands, events and use cases are facts or recipes: their dataclasses are frozen."""
    for module in modules:
        for name, kind in inspect.getmembers(module, inspect.isclass):
            parameters = getattr(kind, "__dataclass_params__", None)
            if kind.__module__ == module.__name__ and parameters is not None and not parameters.frozen:
                yield f"{module.__name__}.{name} is not frozen"


def awaitable_providers(container: DeclarativeContainer) -> Iterator[str]:
    """A container constructs and never connects, so nothing it provides needs awaiting."""
    for name, provider in container.providers.items():
        if inspect.isawaitable(found := provider()):
            if inspect.iscoroutine(found):
                found.close()
            yield f"{type(container).__name__}.{name} provides something to await"


def bad_log_events(source: str, name: str) -> Iterator[str]:
    """Events are `noun.verb` in a literal; values are fields."""
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        if node.func.attr not in _LEVELS or not _is_logger(node.func.value):
            continue
        event = node.args[0]
        if not (isinstance(event, ast.Constant) and _EVENT.fullmatch(str(event.value))):
            yield f"{name}:{node.lineno} logs {ast.unparse(event)}, which is not noun.verb"


def readers_of_the_environment(source: str, name: str) -> Iterator[str]:
    """Nothing but settings reads the environment."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv"):
            yield f"{name}:{node.lineno} reads the environment"


def sources(root: Path, *patterns: str) -> Iterator[tuple[str, str]]:
    """The source files that match, with their names."""
    for pattern in patterns:
        for file in sorted(root.glob(pattern)):
            yield str(file.relative_to(root)), file.read_text()


def _is_logger(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("_log", "log", "logger")
