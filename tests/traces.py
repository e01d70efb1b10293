"""What use cases leave behind in memory: what was published last, and of a refusal nothing at all."""

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol
from uuid import UUID

import pytest

from kernel.auth import Principal
from kernel.domain import Aggregate
from kernel.errors import CatalogError
from kernel.memory import MemoryDatabase, Recorded


class Kept(Protocol):
    """A context's `Memory`, seen from outside."""

    @property
    def database(self) -> MemoryDatabase: ...
    @property
    def published(self) -> Sequence[Recorded]: ...


@contextmanager
def unchanged(memory: Kept) -> Iterator[None]:
    """The block leaves no trace: the same rows, the same uses, and nothing more is published."""
    rows, usage, published = copy.deepcopy((memory.database.rows, memory.database.usage, _told(memory)))
    yield
    assert memory.database.rows == rows, "rows have changed"
    assert memory.database.usage == usage, "uses have changed"
    assert _told(memory) == published, "something was published"


@contextmanager
def refused(memory: Kept, kind: type[CatalogError], code: str | None = None) -> Iterator[None]:
    """The block is refused with this kind and code, and leaves no trace."""
    with unchanged(memory), pytest.raises(kind) as refusal:
        yield
    assert refusal.value.code == (code or kind.code)


def last(memory: Kept) -> tuple[str, UUID, int, str]:
    """Type, id, version and author of what was published last."""
    found = memory.published[-1]
    return found.event.type, found.aggregate.id, found.aggregate.version, found.by.name


def _told(memory: Kept) -> list[tuple[str, Aggregate, Principal]]:
    return [(one.event.type, one.aggregate, one.by) for one in memory.published]
