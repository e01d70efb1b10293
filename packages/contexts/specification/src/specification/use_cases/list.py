"""Many specifications, a page at a time."""

from dataclasses import dataclass

from kernel.auth import Principal
from kernel.query import Page, Query
from specification.domain import Specification
from specification.ports import Begin


@dataclass(frozen=True)
class ListSpecifications:
    """Somebody looks for specifications."""

    begin: Begin

    async def __call__(self, query: Query, by: Principal) -> Page[Specification]:
        """The part of the list that `query` asks for."""
        async with self.begin(by) as work:
            return await work.specifications.page(query)
