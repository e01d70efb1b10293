"""Whether an offering can be sold by prices: the same judgement before a publication and in it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from uuid import UUID

from kernel.errors import Problem, Rejected
from pricing.domain.price import Price

MISSING, EXPIRED = "PRICE_MISSING", "PRICE_EXPIRED"
_MOST_NAMED = 10
"""Prices that a rejection's sentence names; its problems name all."""


def sale_faults(ids: Sequence[UUID], prices: Iterable[Price], now: datetime) -> Iterator[Problem]:
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


def require_sellable(ids: Sequence[UUID], prices: Iterable[Price], now: datetime) -> None:
    """Refuse to sell by prices that do not exist, or whose validity has ended.

    Raises:
        Rejected: with all problems, as PRICE_MISSING when any is missing, else as PRICE_EXPIRED.
    """
    problems = [*sale_faults(ids, prices, now)]
    if not problems:
        return
    code = MISSING if any(one.code == MISSING for one in problems) else EXPIRED
    told = " ".join(one.message for one in problems[:_MOST_NAMED])
    more = f" And {len(problems) - _MOST_NAMED} more." if len(problems) > _MOST_NAMED else ""
    raise Rejected(f"{told}{more} Choose other prices.", code=code, problems=problems)
