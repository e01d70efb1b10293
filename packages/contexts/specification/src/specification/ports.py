"""What the use cases need from outside: the specifications, who uses them, and the characteristics."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol
from uuid import UUID

from kernel.auth import Principal
from kernel.query import Page, Query
from kernel.uses import Uses
from specification.domain import Found, Question, Specification


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


class Work(Protocol):
    """What one transaction may touch. It is kept when its block ends, and undone when the block raises."""

    @property
    def specifications(self) -> Specifications: ...
    @property
    def uses(self) -> Uses: ...


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
