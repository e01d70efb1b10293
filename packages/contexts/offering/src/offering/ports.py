"""What the use cases need from outside: stores, the process that publishes, and what others say of drafts."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from kernel.auth import Principal
from kernel.errors import Problem
from kernel.process import Instance
from kernel.query import Page, Query
from offering.domain import Content, Offering, Publication


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

    async def page(self, query: Query) -> Page[Publication]:
        """The part of the list that `query` asks for."""

    async def running(self) -> int:
        """How many have begun and go on; those that wait for an operator do not count."""

    async def waiting(self, most: int) -> Sequence[UUID]:
        """Up to `most` of those that wait for others to end, the oldest first."""

    async def going(self, before: datetime, most: int) -> Sequence[Publication]:
        """Up to `most` that go on, or are to begin at once, and were requested before; the oldest first.

        Not those that wait: for others to end, or for an operator.
        """

    async def without_steps(self, most: int) -> Sequence[UUID]:
        """Up to `most` of those that have ended and whose steps are not kept yet, in no particular order."""

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
    """What checks an offering and makes it visible; it ends by confirming or rejecting the publication.

    All of it raises Unavailable while whoever runs the processes does not answer.
    """

    def context(self) -> Mapping[str, str]:
        """What a start that comes later needs to belong to the same conversation as the present work."""

    async def start(self, publication: Publication, draft: Content, /) -> None:
        """Begin to publish the draft; once for each publication, however often it is called.

        It belongs to the conversation of what the publication waited with, or else of the present work.
        """

    async def progress(self, publication_id: UUID, /) -> Instance | None:
        """How far it is, within a second; None when it has not begun."""

    async def stuck(self) -> Mapping[UUID, str]:
        """The publications of which a step waits for an operator, each with the name of such a step.

        As many as can be told at once.
        """

    async def retry(self, publication_id: UUID, /) -> int:
        """Have the steps that wait for an operator tried again; returns how many those were."""

    async def cancel(self, publication_id: UUID, /) -> None:
        """End it where it stands; nothing when it has ended, or has not begun."""


class Checks(Protocol):
    """What others say of a draft before it is published; `on_behalf` is the caller's access token.

    Pointers lead into the draft, such as "/draft/priceIds/0". All of it raises Unavailable, whose message
    names who is away, and Unauthorized or Forbidden when they do not let the caller ask.
    """

    async def prices(self, id: UUID, ids: Sequence[UUID], on_behalf: str, /) -> Sequence[Problem]:
        """Whether prices can be locked for the offering `id`, which may hold them already."""

    async def specification(self, id: UUID, draft: Content, on_behalf: str, /) -> Sequence[Problem]:
        """Whether the specification can be sold, and accepts what is said of the product."""

    async def entry(self, key: str, draft: Content, on_behalf: str, /) -> Sequence[Problem]:
        """Whether the store can show it."""
