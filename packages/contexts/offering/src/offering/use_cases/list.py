"""Many offerings, a page at a time."""

from dataclasses import dataclass

from kernel.auth import Principal
from kernel.query import Page, Query
from offering.domain import Offering
from offering.ports import Begin


@dataclass(frozen=True)
class ListOfferings:
    """Somebody looks for offerings."""

    begin: Begin

    async def __call__(self, query: Query, by: Principal) -> Page[Offering]:
        """The part of the list that `query` asks for."""
        async with self.begin(by) as work:
            return await work.offerings.page(query)
