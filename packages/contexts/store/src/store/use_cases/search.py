"""A shopper looks for something."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kernel.domain import now
from store.domain.search import Found, Search
from store.ports import Catalogue


@dataclass(frozen=True)
class SearchEntries:
    """Answer a question with what can be bought now."""

    catalogue: Catalogue
    clock: Callable[[], datetime] = now

    async def __call__(self, wanted: Search) -> Found:
        """A page of what was found. Raises Unavailable."""
        return await self.catalogue.search(wanted, self.clock())
