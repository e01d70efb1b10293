"""What the use cases need from outside: the prices, who uses them, and what time it is."""

from collections.abc import Collection
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from kernel.auth import Principal
from kernel.query import Page, Query
from kernel.uses import Uses
from pricing.domain import Price


class Prices(Protocol):
    """All prices."""

    async def get(self, id: UUID) -> Price:
        """The price with this id. Raises NotFound."""

    async def many(self, ids: Collection[UUID]) -> list[Price]:
        """Those of these ids that exist, in no particular order."""

    async def page(self, query: Query) -> Page[Price]:
        """The part of the list that `query` asks for."""

    async def save(self, price: Price, /) -> None:
        """Keep it and publish what happened to it; nothing when nothing did.

        Raises:
            Conflict: when another one has its key (`key_taken`).
            Stale: when somebody else changed it since it was read.
        """

    async def delete(self, price: Price, /) -> None:
        """Remove it and publish that. Raises Stale."""


class Work(Protocol):
    """What one transaction may touch. It is kept when its block ends, and undone when the block raises."""

    @property
    def prices(self) -> Prices: ...
    @property
    def uses(self) -> Uses: ...

    async def now(self) -> datetime:
        """The present moment by the clock of the store, in UTC.

        Leases are judged by it, so that processes whose clocks differ agree.
        """


class Begin(Protocol):
    """Opens a work."""

    def __call__(self, by: Principal, /) -> AbstractAsyncContextManager[Work]:
        """A work in which `by` does everything."""
