"""Many prices, a page at a time."""

from dataclasses import dataclass

from kernel.auth import Principal
from kernel.query import Page, Query
from pricing.domain import Price
from pricing.ports import Begin


@dataclass(frozen=True)
class ListPrices:
    """Somebody looks for prices."""

    begin: Begin

    async def __call__(self, query: Query, by: Principal) -> Page[Price]:
        """The part of the list that `query` asks for."""
        async with self.begin(by) as work:
            return await work.prices.page(query)
