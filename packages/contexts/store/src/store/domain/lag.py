"""How long it takes from a commit at a write side until shoppers see it."""

from bisect import bisect_left
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

BOUNDS = (0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 10.0, 60.0)
"""Seconds up to which the buckets of the histogram reach; the last bucket is for what takes longer."""
_REMEMBERED = 10_000


@dataclass(frozen=True, kw_only=True)
class Lag:
    """Of the last ten thousand versions that were shown: quantiles in seconds, and how many fell where.

    `buckets` has one count more than there are bounds.
    """

    count: int
    p50: float
    p95: float
    most: float
    bounds: Sequence[float]
    buckets: Sequence[int]


@dataclass
class Lags:
    """What was measured in this process. A rebuilt edition shows everything anew, and is not measured."""

    _seconds: deque[float] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))

    def note(self, seconds: float) -> None:
        """One version became visible so many seconds after its commit; clocks that differ may say below 0."""
        self._seconds.append(max(0.0, seconds))

    def told(self) -> Lag:
        """What it looks like now."""
        ranked = sorted(self._seconds)
        buckets = [0] * (len(BOUNDS) + 1)
        for one in ranked:
            buckets[bisect_left(BOUNDS, one)] += 1
        return Lag(
            count=len(ranked),
            p50=_quantile(ranked, 0.5),
            p95=_quantile(ranked, 0.95),
            most=ranked[-1] if ranked else 0.0,
            bounds=BOUNDS,
            buckets=buckets,
        )


def _quantile(ranked: Sequence[float], share: float) -> float:
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))] if ranked else 0.0
