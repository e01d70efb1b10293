"""How the store is."""

from dataclasses import dataclass

from store.domain.lag import Lag, Lags
from store.ports import Catalogue


@dataclass(frozen=True, kw_only=True)
class Status:
    """How many `entries` there are, how many of them are `stale`, and the `lag` of what came lately."""

    entries: int
    stale: int
    lag: Lag


@dataclass(frozen=True)
class TellStatus:
    """Tell how the store is."""

    catalogue: Catalogue
    lags: Lags

    async def __call__(self) -> Status:
        """How it is now, as this process sees it. Raises Unavailable."""
        size = await self.catalogue.size()
        return Status(entries=size["entries"], stale=size["stale"], lag=self.lags.told())
