"""A price that shall stay as it is while an offering is published."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kernel.auth import Principal
from kernel.domain import Command
from kernel.written import Whole
from pricing.domain import Price
from pricing.ports import Begin
from pricing.use_cases.ensure import ensured


@dataclass(frozen=True, kw_only=True)
class Hold(Command):
    """Who wants to hold it, and for how many seconds from now; who renews may show the token it has."""

    offering_id: UUID
    offering_key: str | None = None
    publication_id: UUID
    seconds: Whole
    token: Whole | None = None


@dataclass(frozen=True)
class HoldPrice:
    """An operator holds a price for a publication by hand, to repair one. The process has `LockPrices`.

    It ensures a state ("this publication holds it") and changes nothing that anybody has edited, so it asks
    for no version: once more is one hold still, only renewed.
    """

    begin: Begin

    async def __call__(self, id: UUID, wanted: Hold, by: Principal) -> Price:
        """Hold it, or renew the hold. The answer has the hold with its new token.

        Raises:
            NotFound: when there is no such price.
            Invalid: for a bad lease.
            RuleBroken: for a stale token, and when too many hold it.
        """

        def hold(price: Price, now: datetime) -> None:
            price.hold(
                offering_id=wanted.offering_id,
                offering_key=wanted.offering_key,
                publication_id=wanted.publication_id,
                seconds=wanted.seconds,
                token=wanted.token,
                now=now,
            )

        async with self.begin(by) as work:
            return await ensured(work, id, hold)
