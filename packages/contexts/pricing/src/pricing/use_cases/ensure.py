"""Changes that hold whatever else changes meanwhile: the caller has seen no version, so none can be stale."""

from collections.abc import Callable
from uuid import UUID

from kernel.errors import Stale
from pricing.domain import Price
from pricing.ports import Prices

_MOST_RACES = 100
"""Each lost race is somebody else's success, so this many tell of a fault and not of bad luck."""


async def ensured(prices: Prices, id: UUID, change: Callable[[Price], object]) -> Price:
    """The price with this id after a change that may be made to any version of it.

    Many offerings share a price, and are published at the same time: who loses a race reads again, in the
    same transaction (a store shows what others have committed meanwhile).

    Raises:
        NotFound: when there is no such price.
        Stale: when races are lost for ever.
    """
    for _ in range(_MOST_RACES):
        price = await prices.get(id)
        change(price)
        try:
            await prices.save(price)
        except Stale as error:
            lost = error
        else:
            return price
    raise lost
