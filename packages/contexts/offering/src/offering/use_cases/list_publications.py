"""Many publications, a page at a time."""

from dataclasses import dataclass, replace

from kernel.auth import Principal
from kernel.query import Page, Query, Sort
from offering.domain import Publication
from offering.ports import Begin


@dataclass(frozen=True)
class ListPublications:
    """Somebody looks for publications; without their steps, which need the engine."""

    begin: Begin

    async def __call__(self, query: Query, by: Principal) -> Page[Publication]:
        """The part of the list that `query` asks for; the newest first, unless it wants another order."""
        if not query.sort:
            query = replace(query, sort=(Sort("requested_at", descending=True),))
        async with self.begin(by) as work:
            return await work.publications.page(query)
