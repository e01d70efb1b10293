"""Changes that hold whatever else changes meanwhile: the caller has seen no version, so none can be stale."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from kernel.errors import Stale
from pricing.domain import Price
from pricing.ports import Work

_MOST_RACES = 100
"""Each lost race is somebody else's success, so this many tell of a fault and not of bad luck."""


async def ensured(work: Work, id: UUID, change: Callable[[Price, datetime], object]) -> Price:
    """The price with this id after a change, as of the moment given, that may be made to any version of it.

    Many offerings share a price, and are published at the same time: who loses a race reads again, in the
    same transaction (a store shows what others have committed meanwhile), and judges by the time it is then.

    Raises:
        NotFound: when there is no such price.
        Stale: when races are lost for ever.
    """
    for _ in range(_MOST_RACES):
        price = await work.prices.get(id)
        change(price, await work.now())
        try:
            await work.prices.save(price)
        except Stale as error:
            lost = error
        else:
            return price
    raise lost
