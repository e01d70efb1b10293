"""What the store measures."""

from kernel.metrics import Metrics
from store.domain.lag import BOUNDS
from store.memory import MemoryStore
from store_app.measures import lags, size
from tests.measured import labelled, measured


async def test_how_late_it_is_is_told_to_both() -> None:
    metrics = Metrics("store")
    late = lags(metrics)
    for seconds in (0.04, 0.25, -1.0, 99.0):  # a clock that goes before says less than nothing
        late.note(seconds)
    assert late.told().count == 4
    text = (await metrics.told()).decode()
    buckets = labelled(text, "catalog_store_lag_seconds_bucket", "le")
    assert [buckets[f"{bound}"] for bound in BOUNDS] == [2, 2, 2, 3, 3, 3, 3, 3, 3, 3]
    assert buckets["+Inf"] == 4
    assert measured(text, "catalog_store_lag_seconds_sum", service_name="store") == [99.29]


async def test_how_much_it_has_is_told() -> None:
    metrics = Metrics("store")
    metrics.watch("store", size(MemoryStore()))
    text = (await metrics.told()).decode()
    assert measured(text, "catalog_store_entries") == [0]
    assert measured(text, "catalog_store_stale_entries") == [0]
