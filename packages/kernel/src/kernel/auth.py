"""Who is asking, and what they may do."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Role(StrEnum):
    """What a person or program may do. Each role includes the ones before it."""

    READER = "reader"
    AUTHOR = "author"
    PUBLISHER = "publisher"
    OPERATOR = "operator"

    def includes(self, other: "Role") -> bool:
        """Whether whoever holds this role may do what needs `other`."""
        return _RANK[self] >= _RANK[other]


_RANK = {role: rank for rank, role in enumerate(Role)}


@dataclass(frozen=True, kw_only=True)
class Principal:
    """A verified caller: nothing in here was believed without a signature.

    `subject` is the stable user id of the issuer, `name` what people call the account, `client` the
    application that asked for the token, `session` the login it belongs to ("" for programs that have none).
    `expires` is when the token does, in seconds since the epoch.
    """

    subject: str
    name: str
    roles: frozenset[Role]
    client: str = ""
    session: str = ""
    expires: float = field(default=0.0, compare=False)

    def may(self, role: Role) -> bool:
        """Whether any of the caller's roles includes `role`."""
        return any(held.includes(role) for held in self.roles)


PLATFORM = Principal(subject="platform", name="platform", roles=frozenset())
"""Who does what follows by itself: hearing an event, a step of a process. Nobody can sign in as it."""


class Verify(Protocol):
    """Tell who a token belongs to; `kernel.tokens.VerifyToken` does."""

    async def __call__(self, token: str) -> Principal:
        """Return the verified caller. Raises Unauthorized, or Unavailable when nobody can judge."""
