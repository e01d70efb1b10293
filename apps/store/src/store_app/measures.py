"""What is measured of the store: how late it shows what has changed, how much it has, and what waits."""

from collections.abc import Iterable
from dataclasses import dataclass

from opentelemetry.metrics import Histogram

from kernel.metrics import Gauge, Look, Metrics, Reading
from store.domain.lag import BOUNDS, Lags
from store.ports import Catalogue

ENTRIES = Gauge("catalog.store.entries", "{entry}", "Entries that the store has.")
STALE = Gauge("catalog.store.stale_entries", "{entry}", "Entries that are to be composed anew.")


@dataclass(kw_only=True)
class MeasuredLags(Lags):
    """See `Lags`; each is told to a histogram, too, which forgets none."""

    histogram: Histogram

    def note(self, seconds: float) -> None:
        """See `Lags`."""
        super().note(seconds)
        self.histogram.record(max(0.0, seconds))


def lags(metrics: Metrics) -> Lags:
    """What measures how long it takes from a commit until shoppers see it."""
    said = "Seconds from a commit at a write side until the store showed it."
    return MeasuredLags(histogram=metrics.durations("catalog.store.lag", said, BOUNDS))


def size(catalogue: Catalogue) -> Look:
    """How much the store has, for metrics."""

    async def look() -> Iterable[Reading]:
        found = await catalogue.size()
        return [(ENTRIES, found["entries"], {}), (STALE, found["stale"], {})]

    return look
