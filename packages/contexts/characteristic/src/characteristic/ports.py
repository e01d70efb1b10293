"""What the use cases need from outside: the characteristics, and who uses them."""

from collections.abc import Collection
from contextlib import AbstractAsyncContextManager
from typing import Protocol
from uuid import UUID

from characteristic.domain import Characteristic
from kernel.auth import Principal
from kernel.query import Page, Query
from kernel.uses import Uses


class Characteristics(Protocol):
    """All characteristics."""

    async def get(self, id: UUID) -> Characteristic:
        """The characteristic with this id. Raises NotFound."""

    async def many(self, ids: Collection[UUID]) -> list[Characteristic]:
        """Those of these ids that exist, in no particular order."""

    async def page(self, query: Query) -> Page[Characteristic]:
        """The part of the list that `query` asks for."""

    async def save(self, characteristic: Characteristic, /) -> None:
        """Keep it and publish what happened to it; nothing when nothing did.

        Raises:
            Conflict: when another one has its key (`key_taken`).
            Stale: when somebody else changed it since it was read.
        """

    async def delete(self, characteristic: Characteristic, /) -> None:
        """Remove it and publish that. Raises Stale."""


class Work(Protocol):
    """What one transaction may touch. It is kept when its block ends, and undone when the block raises."""

    @property
    def characteristics(self) -> Characteristics: ...
    @property
    def uses(self) -> Uses: ...


class Begin(Protocol):
    """Opens a work."""

    def __call__(self, by: Principal, /) -> AbstractAsyncContextManager[Work]:
        """A work in which `by` does everything."""
