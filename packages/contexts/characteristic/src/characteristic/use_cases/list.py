"""Many characteristics, a page at a time."""

from dataclasses import dataclass

from characteristic.domain import Characteristic
from characteristic.ports import Begin
from kernel.auth import Principal
from kernel.query import Page, Query


@dataclass(frozen=True)
class ListCharacteristics:
    """Somebody looks for characteristics."""

    begin: Begin

    async def __call__(self, query: Query, by: Principal) -> Page[Characteristic]:
        """The part of the list that `query` asks for."""
        async with self.begin(by) as work:
            return await work.characteristics.page(query)
