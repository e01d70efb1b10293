"""What the use cases need from outside: what is kept, the characteristics, and a credential to ask with."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol
from uuid import UUID

from kernel.auth import Principal
from kernel.query import Page, Query
from kernel.uses import Uses
from specification.domain import Found, Publication, Question, Specification


class Specifications(Protocol):
    """All specifications."""

    async def get(self, id: UUID) -> Specification:
        """The specification with this id. Raises NotFound."""

    async def page(self, query: Query) -> Page[Specification]:
        """The part of the list that `query` asks for."""

    async def save(self, specification: Specification, /) -> None:
        """Keep it and publish what happened to it; nothing when nothing did.

        Raises:
            Conflict: when another one has its key (`key_taken`).
            Stale: when somebody else changed it since it was read.
        """

    async def delete(self, specification: Specification, /) -> None:
        """Remove it and publish that. Raises Stale."""


class Publications(Protocol):
    """The last publication of each offering, as far as it was heard.

    There is one for each offering and no more, and it has a draft only while it goes on: what is kept does
    not grow with the number of publications.
    """

    async def of(self, offering_id: UUID) -> Publication | None:
        """The last publication of this offering; None when none was heard of."""

    async def note(self, publication: Publication, /) -> None:
        """This is the last one; a version of the offering that is not newer than the one noted says nothing.

        The last one is remembered after it has ended, and after its offering was deleted, too, for the sake
        of events that come late.
        """


class Work(Protocol):
    """What one transaction may touch. It is kept when its block ends, and undone when the block raises."""

    @property
    def specifications(self) -> Specifications: ...
    @property
    def uses(self) -> Uses: ...
    @property
    def publications(self) -> Publications: ...


class Begin(Protocol):
    """Opens a work."""

    def __call__(self, by: Principal, /) -> AbstractAsyncContextManager[Work]:
        """A work in which `by` does everything."""


class Characteristics(Protocol):
    """The characteristics, which belong to another context.

    Asking may take as long as that other one takes, so no work is open meanwhile: a transaction that waits
    for a stranger holds its connection and its locks for as long.
    """

    async def look_up(self, question: Question, on_behalf: str) -> Found:
        """The answer to a question, in one call; to one without ids the answer is nothing, without a call.

        `on_behalf` is the caller's credential, which is handed on: who may not see characteristics cannot use
        them. It means nothing to this context. What is found is in the order asked for.

        Raises:
            Unavailable: when the characteristics cannot be asked now.
            Unauthorized: when the credential is not believed there.
            Forbidden: when its owner may not see characteristics.
            Invalid: when the values are too much for one question.
        """

    async def check(self) -> Mapping[str, Any] | None:
        """Readiness, with what there is to say about it. Raises Unavailable while nobody can be asked."""


class Credential(Protocol):
    """Who this context is when it asks the others by itself: where there is a caller, theirs is handed on."""

    async def token(self) -> str:
        """What to ask with. Raises Unavailable while there is none."""

    def forget(self, token: str) -> None:
        """It was refused: if it is still this one, ask with another as soon as there may be a better one."""
