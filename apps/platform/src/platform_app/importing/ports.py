"""What an import needs of the platform."""

from collections.abc import Collection, Mapping
from typing import Any, Protocol
from uuid import UUID

from platform_app.importing.rows import Kind

MOST_KEYS = 100
"""Keys that are asked for at once: as many as a page of a list has."""

Document = dict[str, Any]
"""One thing as the platform shows it."""


class Catalogue(Protocol):
    """The platform, for somebody who may author and publish.

    What it refuses is a `CatalogError`: `Conflict` when somebody else was faster, so that looking again may
    help, and `NotFound` when it is gone meanwhile. Whatever is only for now it has tried again by itself;
    when that helps nobody, it raises `Away`.
    """

    async def by_keys(self, kind: Kind, keys: Collection[str]) -> list[Document]:
        """Those of at most `MOST_KEYS` keys that exist, in no particular order."""

    async def characteristics(self, ids: Collection[UUID]) -> list[Document]:
        """Those of at most `MOST_KEYS` characteristics that exist, in no particular order."""

    async def create(self, kind: Kind, body: Mapping[str, Any]) -> Document:
        """Make it."""

    async def revise(self, kind: Kind, id: UUID, version: int, body: Mapping[str, Any]) -> Document:
        """Make it say this instead of what it says at this version."""

    async def activate(self, id: UUID, version: int) -> Document:
        """Let offerings of this specification be published."""

    async def publish(self, id: UUID, version: int) -> None:
        """Ask for the offering's draft to go live, which takes its time."""
