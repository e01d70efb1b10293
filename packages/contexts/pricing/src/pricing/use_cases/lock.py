"""The first step of a publication: its prices shall stay as they are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from kernel.auth import PLATFORM
from kernel.domain import HeardPart
from pricing.domain import Seller, require_sellable
from pricing.domain.holds import MOST_SECONDS
from pricing.ports import Begin


@dataclass(frozen=True)
class Joined:
    """A note on a tuple, for pydantic to read where it is installed: a process has it as text with commas."""

    def __get_pydantic_core_schema__(self, source: type, handler: Callable[[Any], Any]) -> Any:
        def parts(value: object) -> object:
            return value.split(",") if isinstance(value, str) and value else value or ()

        function = {"type": "no-info", "function": parts}
        return {"type": "function-before", "function": function, "schema": handler(source)}


@dataclass(frozen=True, kw_only=True)
class Publication(HeardPart):
    """What a process knows of the publication it is about; the offering's version is that of the request."""

    publication_id: UUID
    offering_id: UUID
    offering_version: int


@dataclass(frozen=True, kw_only=True)
class PublicationRequest(Publication):
    """A publication with the prices it is by, in the order of the offering."""

    offering_key: str
    price_ids: Annotated[tuple[UUID, ...], Joined()] = ()


@dataclass(frozen=True)
class LockPrices:
    """The publish process holds all prices of a publication, or none.

    A lease lasts as long as leases can: no process lasts longer without an operator, and one that has come
    past its pivot must not lose its prices. Once more changes nothing while the holds are alive.
    """

    begin: Begin

    async def __call__(self, wanted: PublicationRequest) -> Mapping[str, int]:
        """Hold them; returns how many there are.

        Raises:
            Rejected: PRICE_MISSING, PRICE_EXPIRED or PRICE_CROWDED, naming each that an offering cannot be
                sold by.
            RuleBroken: when the publication is over (`publication_ended`).
        """
        async with self.begin(PLATFORM) as work:
            sale = await work.sales.take(wanted.offering_id)
            begun = sale.begun(wanted.publication_id, wanted.offering_version)
            if sale.live != wanted.publication_id:
                if begun != sale:
                    await work.sales.save(begun)
                prices = await work.prices.take(wanted.price_ids)
                now = await work.now()
                seller = Seller(offering_id=wanted.offering_id, publication_id=wanted.publication_id)
                require_sellable(wanted.price_ids, prices, now, seller)
                for price in prices:
                    if not price.held_for(wanted.publication_id, now):
                        price.hold(
                            offering_id=wanted.offering_id,
                            offering_key=wanted.offering_key,
                            publication_id=wanted.publication_id,
                            seconds=MOST_SECONDS,
                            now=now,
                        )
                        await work.prices.save(price)
        return {"lockedPrices": len(set(wanted.price_ids))}
