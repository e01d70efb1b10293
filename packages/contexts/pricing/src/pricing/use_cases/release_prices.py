"""The end of a publication that has failed: it holds no prices."""

from dataclasses import dataclass
from uuid import UUID

from kernel.auth import PLATFORM
from kernel.domain import Heard
from pricing.ports import Begin
from pricing.use_cases.lock import Publication


@dataclass(frozen=True, kw_only=True)
class RejectedOffering(Heard):
    """An offering of which a publication was rejected, at its present version."""

    publication_id: UUID


@dataclass(frozen=True)
class ReleasePrices:
    """The publish process undoes the first step of a publication, whether it was done or not.

    It ensures a state: the publication holds nothing, and never will again. Holds are found on the prices
    themselves, so what was deleted meanwhile is of no concern. What is live is not undone.
    """

    begin: Begin

    async def __call__(self, wanted: Publication) -> None:
        """Release them, and remember that the publication is over."""
        async with self.begin(PLATFORM) as work:
            sale = await work.sales.take(wanted.offering_id)
            if sale.live == wanted.publication_id:
                return
            if (undone := sale.undone(wanted.offering_version)) != sale:
                await work.sales.save(undone)
            prices = await work.prices.take((), holder=wanted.offering_id)
            now = await work.now()
            for price in prices:
                price.release(wanted.publication_id, now)
                await work.prices.save(price)


@dataclass(frozen=True)
class HearRejection:
    """The platform hears that a publication was rejected; mostly its prices are released by then."""

    begin: Begin

    async def __call__(self, heard: RejectedOffering) -> None:
        """Undo it. While it went on, nothing else changed the offering: it was requested a version ago."""
        wanted = Publication(
            publication_id=heard.publication_id, offering_id=heard.id, offering_version=heard.version - 1
        )
        await ReleasePrices(self.begin)(wanted)
