"""What routes have in common: who may call them, and how an aggregate is shown."""

from datetime import datetime
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Depends, Request, Response
from pydantic import BaseModel, ConfigDict

from kernel.auth import Principal, Role
from kernel.domain import Aggregate, camel
from kernel.http.policy import allow, bearer_token
from kernel.http.preconditions import tag

A = TypeVar("A", bound=Aggregate)

Reader = Annotated[Principal, allow(Role.READER)]
Author = Annotated[Principal, allow(Role.AUTHOR)]
Publisher = Annotated[Principal, allow(Role.PUBLISHER)]
Operator = Annotated[Principal, allow(Role.OPERATOR)]


async def _token(request: Request) -> str:
    return bearer_token(request)


OnBehalf = Annotated[str, Depends(_token)]
"""The caller's own access token, with which others are asked (`kernel.neighbour`)."""


class View(BaseModel):
    """What is answered; filled from the attributes of what a use case returns. Its JSON is camelCase."""

    model_config = ConfigDict(alias_generator=camel, populate_by_name=True, from_attributes=True)


class AggregateView(View):
    """What every aggregate shows of itself."""

    id: UUID
    key: str
    version: int
    created_at: datetime
    created_by: str
    modified_at: datetime
    modified_by: str


class ProblemView(View):
    """A fault in something: `code` is for programs, `message` for people, `pointer` says where (RFC 6901)."""

    code: str
    message: str
    pointer: str


def shown(aggregate: A, response: Response, *, created: str = "") -> A:
    """The aggregate, with its version as ETag; when it was just made also its address below `created`.

    The address is relative, so that it is true behind any prefix.
    """
    if created:
        response.headers["Location"] = f"{created}/{aggregate.id}"
    tag(response, aggregate.version)
    return aggregate
