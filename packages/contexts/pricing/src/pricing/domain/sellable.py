"""Whether an offering can be sold by prices: the same judgement before a publication and in it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from kernel.domain import new_id
from kernel.errors import Problem, Rejected
from pricing.domain.holds import MOST_HOLDS
from pricing.domain.price import Price

MISSING, EXPIRED, CROWDED = "PRICE_MISSING", "PRICE_EXPIRED", "PRICE_CROWDED"
_MOST_NAMED = 10
"""Prices that a rejection's sentence names; its problems name all."""


@dataclass(frozen=True, kw_only=True)
class Seller:
    """Who is going to hold the prices; by default an offering that holds nothing yet."""

    offering_id: UUID = field(default_factory=new_id)
    publication_id: UUID = field(default_factory=new_id)


def sale_faults(
    ids: Sequence[UUID], prices: Iterable[Price], now: datetime, seller: Seller
) -> Iterator[Problem]:
    """What is wrong with an offering's `ids`, of which `prices` exist, with pointers into its `priceIds`.

    A price whose validity has not begun can be sold by: shoppers see it when it has.
    """
    found = {one.id: one for one in prices}
    for index, id in enumerate(ids):
        price, pointer = found.get(id), f"/priceIds/{index}"
        if price is None:
            yield Problem(MISSING, f"There is no price with the id {id}.", pointer)
        elif (end := price.valid_for.to) is not None and end <= now:
            until = end.astimezone(UTC).isoformat().replace("+00:00", "Z")
            yield Problem(EXPIRED, f"The price {price.key} was valid until {until}.", pointer)
        elif not price.has_room_for(seller.offering_id, seller.publication_id, now):
            said = (
                f"The price {price.key} is held {price.holders_at(now)} times, and {MOST_HOLDS} is the most"
            )
            yield Problem(CROWDED, f"{said}: define a price of its own for this offering.", pointer)


def require_sellable(ids: Sequence[UUID], prices: Iterable[Price], now: datetime, seller: Seller) -> None:
    """Refuse to sell by prices that do not exist, whose validity has ended, or that too many hold.

    Raises:
        Rejected: with all problems, as PRICE_MISSING when any is missing, else as PRICE_EXPIRED when any has
            ended, else as PRICE_CROWDED.
    """
    problems = [*sale_faults(ids, prices, now, seller)]
    if not problems:
        return
    found = {one.code for one in problems}
    code = next(one for one in (MISSING, EXPIRED, CROWDED) if one in found)
    told = " ".join(one.message for one in problems[:_MOST_NAMED])
    more = f" And {len(problems) - _MOST_NAMED} more." if len(problems) > _MOST_NAMED else ""
    advice = "" if code == CROWDED else " Choose other prices."  # what is crowded says itself what to do
    raise Rejected(f"{told}{more}{advice}", code=code, problems=problems)
