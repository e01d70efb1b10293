"""What the authors of a load have attempted, and what they were told: the history that everything must fit.

An operation is one wish of an author, however often its request is sent. Its id ends up in what it writes (a
definition has it as its key, a revision as its description), so that the event log can be read back to it.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class Kind(StrEnum):
    """What an author wants; the value is the type of the event that it leads to."""

    DEFINE = "characteristic.defined.v1"
    REVISE = "characteristic.revised.v1"
    DEPRECATE = "characteristic.deprecated.v1"
    DELETE = "characteristic.deleted.v1"


class Word(StrEnum):
    """What a line of the history says about an operation.

    `UNKNOWN`: the connection died, or the answer was 5xx, so that it may have been done or not.
    """

    ATTEMPTED = "attempted"
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Line:
    """One line of the history; `at` is in seconds of the monotonic clock."""

    at: float
    operation: str
    word: Word
    detail: str = ""


@dataclass
class Operation:
    """One wish: to change `aggregate`, seen at version `seen`; a definition has None and 0.

    `version` is the one that was acknowledged, 0 before. One equal to `seen` means that nothing changed.
    """

    id: str
    kind: Kind
    aggregate: UUID | None = None
    seen: int = 0
    version: int = 0
    words: set[Word] = field(default_factory=set)

    @property
    def may_have_effect(self) -> bool:
        """Whether an event of it is no surprise: a refusal leaves none, unless an earlier try is unknown."""
        return Word.REFUSED not in self.words or bool(self.words & {Word.UNKNOWN, Word.ACKNOWLEDGED})


class Ledger:
    """The history, which only grows, and the operations it is about."""

    def __init__(self) -> None:
        self.history: list[Line] = []
        self._operations: dict[str, Operation] = {}

    def attempt(self, id: str, kind: Kind, aggregate: UUID | None = None, seen: int = 0) -> Operation:
        """Note that an operation begins, before anything of it is sent."""
        operation = Operation(id, kind, aggregate, seen)
        self._operations[id] = operation
        self._write(operation, Word.ATTEMPTED, f"{kind.name} {aggregate or ''} seen={seen}")
        return operation

    def acknowledge(self, operation: Operation, aggregate: UUID, version: int) -> None:
        """Note that its author was told that it is done, and that the aggregate has this version now."""
        operation.aggregate, operation.version = aggregate, version
        self._write(operation, Word.ACKNOWLEDGED, f"{aggregate} version={version}")

    def refuse(self, operation: Operation, detail: str) -> None:
        """Note that its author was told that it is not done."""
        self._write(operation, Word.REFUSED, detail)

    def lose_sight(self, operation: Operation, detail: str) -> None:
        """Note that a try of it has ended, and nobody knows how."""
        self._write(operation, Word.UNKNOWN, detail)

    def count(self, word: Word) -> int:
        """How many operations that was said about."""
        return sum(word in operation.words for operation in self._operations.values())

    def operation(self, id: str) -> Operation | None:
        """The operation with this id."""
        return self._operations.get(id)

    def about(self, id: str) -> list[Line]:
        """What the history says about an operation."""
        return [line for line in self.history if line.operation == id]

    def __iter__(self) -> Iterator[Operation]:
        return iter(self._operations.values())

    def __len__(self) -> int:
        return len(self._operations)

    def _write(self, operation: Operation, word: Word, detail: str) -> None:
        operation.words.add(word)
        self.history.append(Line(time.monotonic(), operation.id, word, detail))
