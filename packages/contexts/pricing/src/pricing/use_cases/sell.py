"""What follows when an offering goes live, or is not sold any more: its prices stay, or need not."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from kernel.auth import PLATFORM
from pricing.ports import Begin
from pricing.use_cases.hear_offering import Offering


@dataclass(frozen=True, kw_only=True)
class PublishedOffering(Offering):
    """An offering that is live by its publication."""

    publication_id: UUID

    @property
    def sold_by(self) -> frozenset[UUID]:
        """The prices it is sold by."""
        return frozenset(self.live.price_ids if self.live else ())


@dataclass(frozen=True, kw_only=True)
class DeletedOffering(Offering):
    """An offering that does not exist any more."""

    @property
    def used(self) -> set[UUID]:
        """Nothing."""
        return set()


@dataclass(frozen=True)
class SellPrices:
    """The platform hears that an offering is live: its holds have no end any more, and replace older ones.

    The offering's version guards it, so that what comes late or twice changes nothing.
    """

    begin: Begin

    async def __call__(self, heard: PublishedOffering) -> Collection[UUID]:
        """Make the holds permanent, and note what is used; returns prices that do not exist any more."""
        async with self.begin(PLATFORM) as work:
            await work.uses.note(heard.user, heard.version, heard.used)
            sale = await work.sales.take(heard.id)
            sold = sale.sold(heard.publication_id, heard.version)
            if sold == sale:
                return ()
            await work.sales.save(sold)
            prices = await work.prices.take(heard.sold_by, holder=heard.id)
            now = await work.now()
            for price in prices:
                if price.id in heard.sold_by:
                    price.sell(
                        offering_id=heard.id,
                        offering_key=heard.key,
                        publication_id=heard.publication_id,
                        now=now,
                        pending=sold.pending,
                    )
                else:
                    price.release_offering(heard.id, now, sold.pending)
                await work.prices.save(price)
        return heard.sold_by - {price.id for price in prices}


@dataclass(frozen=True)
class EndSale:
    """The platform hears that an offering is retired or deleted: it holds nothing, and never will."""

    begin: Begin

    async def __call__(self, heard: Offering) -> None:
        """Release its holds, and note what is used; whatever is older than what is known changes nothing."""
        async with self.begin(PLATFORM) as work:
            await work.uses.note(heard.user, heard.version, heard.used)
            sale = await work.sales.take(heard.id)
            ended = sale.ended(heard.version)
            if ended == sale:
                return
            await work.sales.save(ended)
            prices = await work.prices.take((), holder=heard.id)
            now = await work.now()
            for price in prices:
                price.release_offering(heard.id, now, ended.pending)
                await work.prices.save(price)
