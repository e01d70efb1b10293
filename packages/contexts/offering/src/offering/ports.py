"""What the use cases need from outside: the offerings, their publications, and the process that publishes."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol
from uuid import UUID

from kernel.auth import Principal
from kernel.query import Page, Query
from offering.domain import Offering, Publication


class Offerings(Protocol):
    """All offerings."""

    async def get(self, id: UUID) -> Offering:
        """The offering with this id. Raises NotFound."""

    async def page(self, query: Query) -> Page[Offering]:
        """The part of the list that `query` asks for."""

    async def save(self, offering: Offering, /) -> None:
        """Keep it and publish what happened to it; nothing when nothing did.

        Raises:
            Conflict: when another one has its key (`key_taken`).
            Stale: when somebody else changed it since it was read.
        """

    async def delete(self, offering: Offering, /) -> None:
        """Remove it and publish that. Raises Stale."""


class Publications(Protocol):
    """All publications, also of offerings that do not exist any more. They have no events of their own."""

    async def get(self, id: UUID) -> Publication:
        """The publication with this id. Raises NotFound."""

    async def take(self, id: UUID) -> Publication:
        """The same, to be changed: whoever else takes it waits until this work has ended. Raises NotFound."""

    async def save(self, publication: Publication, /) -> None:
        """Keep it as it is."""


class Work(Protocol):
    """What one transaction may touch. It is kept when its block ends, and undone when the block raises."""

    @property
    def offerings(self) -> Offerings: ...
    @property
    def publications(self) -> Publications: ...


class Begin(Protocol):
    """Opens a work."""

    def __call__(self, by: Principal, /) -> AbstractAsyncContextManager[Work]:
        """A work in which `by` does everything."""


class PublishProcess(Protocol):
    """What checks an offering and makes it visible; it ends by confirming or rejecting the publication."""

    async def start(self, publication: Publication, /) -> None:
        """Begin to publish; once for each publication, however often it is called.

        Raises:
            Unavailable: when it cannot be begun now.
        """
