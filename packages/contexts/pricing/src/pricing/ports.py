"""What the use cases need from outside: the prices, who uses and who sells by them, and what time it is."""

from collections.abc import Collection
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from kernel.auth import Principal
from kernel.query import Page, Query
from kernel.uses import Uses
from pricing.domain import Price, Sale


class Prices(Protocol):
    """All prices."""

    async def get(self, id: UUID) -> Price:
        """The price with this id. Raises NotFound."""

    async def many(self, ids: Collection[UUID]) -> list[Price]:
        """Those of these ids that exist, in no particular order."""

    async def take(self, ids: Collection[UUID], holder: UUID | None = None) -> list[Price]:
        """The same to be changed, and those that the offering `holder` has a hold on, in the order of ids.

        Whoever else takes or changes one of them waits until this work has ended, so none is changed
        meanwhile; and who takes several waits for all in the same order, so nobody waits for ever.
        """

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


class Sales(Protocol):
    """The sales of all offerings, also of those that do not exist any more. They have no events."""

    async def take(self, offering_id: UUID) -> Sale:
        """The sale of an offering, a new one when nothing is known.

        Whoever else takes it waits until this work has ended: what is done for an offering is done one after
        the other.
        """

    async def save(self, sale: Sale, /) -> None:
        """Keep it as it is. It has been taken."""


class Work(Protocol):
    """What one transaction may touch. It is kept when its block ends, and undone when the block raises."""

    @property
    def prices(self) -> Prices: ...
    @property
    def uses(self) -> Uses: ...
    @property
    def sales(self) -> Sales: ...

    async def now(self) -> datetime:
        """The present moment by the clock of the store, in UTC.

        Leases are judged by it, so that processes whose clocks differ agree.
        """


class Begin(Protocol):
    """Opens a work."""

    def __call__(self, by: Principal, /) -> AbstractAsyncContextManager[Work]:
        """A work in which `by` does everything."""
