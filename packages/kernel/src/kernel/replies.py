"""Replies that are kept, so that a request that is sent twice is done once."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

from kernel.errors import CatalogError, Conflict


class KeyReused(CatalogError):
    """The key was used for another request."""

    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__(
            "This Idempotency-Key belongs to another request: give each request a key of its own."
        )


class InFlight(Conflict):
    """The first request with this key is still being answered."""

    code = "idempotency_key_in_flight"

    def __init__(self) -> None:
        super().__init__(
            "The first request with this Idempotency-Key is still being answered: ask again soon."
        )


@dataclass(frozen=True)
class Reply:
    """What was answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Once:
    """A request with a key: `known` is what was replied already; else `keep` what is replied now."""

    known: Reply | None
    kept: Reply | None = field(default=None, init=False)

    def keep(self, reply: Reply) -> None:
        """Remember the reply with the transaction."""
        self.kept = reply


class Replies(Protocol):
    """Where replies are kept; keys belong to the subject that uses them."""

    def once(self, subject: str, key: str, fingerprint: bytes) -> AbstractAsyncContextManager[Once]:
        """Answer a request at most once, in one transaction with what it does.

        Raises:
            KeyReused: when the key was used for a request with another fingerprint.
            InFlight: when that request is not answered yet.
        """
