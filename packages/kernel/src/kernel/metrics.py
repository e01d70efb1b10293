"""What a service measures: durations as they happen, and how things are when somebody asks.

The instruments are OpenTelemetry's, the text that scrapers read is Prometheus'. Names are OpenTelemetry's own
where it has one for the thing (`http.server.request.duration`), else they begin with `catalog`.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.metrics import CallbackOptions, Histogram, Observation
from opentelemetry.sdk.metrics import AlwaysOffExemplarFilter, MeterProvider
from opentelemetry.sdk.resources import Resource
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client import Histogram as PrometheusHistogram
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from kernel.logging import get_logger

SECONDS = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Up to which the buckets of a histogram reach, unless its maker knows better."""
UNMATCHED = "unmatched"
"""The route of a request that no route is for: its path is the caller's choice, without an end."""

DEADLINE = 2.0
"""Seconds for each of those who read gauges; they read at the same time."""
REMEMBERED = 1.0
"""Seconds for which a gauge is not read again: several scrapers ask no more than one."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"})
_log = get_logger(__name__)


@dataclass(frozen=True)
class Gauge:
    """Something that is now so and then so: name, unit as UCUM spells it ("s", "{event}"), and what it is."""

    name: str
    unit: str
    description: str


Reading = tuple[Gauge, float, Mapping[str, str]]
"""How something is now; the labels tell several of a kind apart."""
Look = Callable[[], Awaitable[Iterable[Reading]]]
"""Reads some gauges. What raises, or takes longer than two seconds, is left out of what is told."""


class Requests:
    """The requests of a service: how many are under way, and how long they took.

    Prometheus' own histogram, because this is measured for each request: it takes 1 us, where one of
    OpenTelemetry takes 7.
    """

    def __init__(self, service: str, registry: CollectorRegistry) -> None:
        self.active = 0
        self._service = service
        self._histogram = PrometheusHistogram(
            "http_server_request_duration_seconds",
            "Seconds from the head of a request to the end of its answer; its status is 0 without any.",
            ["http_request_method", "http_route", "http_response_status_code", "service_name"],
            buckets=SECONDS,
            registry=registry,
        )
        self._known: dict[tuple[str, str, int], Callable[[float], None]] = {}

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Note an answer; `route` is the template of an address, never a path."""
        key = method, route, status
        observe = self._known.get(key)
        if observe is None:
            observe = self._observing(method if method in _METHODS else "_OTHER", route, status)
            if method in _METHODS:  # others are what strangers make up
                self._known[key] = observe
        observe(seconds)

    def _observing(self, method: str, route: str, status: int) -> Callable[[float], None]:
        return self._histogram.labels(method, route, str(status), self._service).observe


class Metrics:
    """What one service measures. Several services in one process have one each, so nothing here is global.

    `meters` is for libraries that measure themselves. Whoever reads gauges has `deadline` seconds; what was
    read is told again for `remembered` seconds.
    """

    def __init__(self, service: str, *, deadline: float = DEADLINE, remembered: float = REMEMBERED) -> None:
        self.service = service
        self._deadline = deadline
        self._remembered = remembered
        self._registry = CollectorRegistry()
        reader = PrometheusMetricReader(
            disable_target_info=True,
            scope_info_enabled=False,
            resource_attribute_filter=lambda name: name == "service.name",
            registry=self._registry,
        )
        self.meters = MeterProvider(
            [reader],
            resource=Resource.create({"service.name": service}),
            exemplar_filter=AlwaysOffExemplarFilter(),
            shutdown_on_exit=False,
        )
        self._meter = self.meters.get_meter("catalog")
        self.requests = Requests(service, self._registry)
        self._looks: dict[str, Look] = {"http": self._requests}
        self._readings: dict[Gauge, list[Observation]] = {}
        self._read_at: float | None = None
        self._reading = asyncio.Lock()
        self._telling = asyncio.Lock()
        self._all = [self]

    def durations(self, name: str, description: str, bounds: Sequence[float] = SECONDS) -> Histogram:
        """A histogram of seconds; asked for again it is the same."""
        return self._meter.create_histogram(
            name, unit="s", description=description, explicit_bucket_boundaries_advisory=bounds
        )

    def watch(self, name: str, look: Look) -> None:
        """Read some gauges whenever somebody asks; `name` is for the log, when that fails."""
        self._looks[name] = look

    def join(self, other: "Metrics") -> None:
        """Tell what another service in this process measures, too; its label `service_name` says whose."""
        self._all.append(other)

    async def told(self) -> bytes:
        """Everything, as text for Prometheus. A gauge that cannot be read is left out, and nothing else."""
        async with self._telling:  # who reads the registry twice at a time shares what is found
            await asyncio.gather(*(one._read() for one in self._all))
            whole = _Whole([one._registry for one in self._all])
            return await asyncio.to_thread(generate_latest, whole)  # 13 us a line

    async def _read(self) -> None:
        async with self._reading:
            if self._read_at is not None and time.monotonic() - self._read_at < self._remembered:
                return
            found = await asyncio.gather(*(self._look(name, look) for name, look in self._looks.items()))
            readings: dict[Gauge, list[Observation]] = {gauge: [] for gauge in self._readings}
            for gauge, value, labels in (one for some in found for one in some):
                if gauge not in readings:
                    self._make(gauge)
                readings.setdefault(gauge, []).append(Observation(value, labels))
            self._readings, self._read_at = readings, time.monotonic()

    async def _look(self, name: str, look: Look) -> Sequence[Reading]:
        try:
            async with asyncio.timeout(self._deadline):
                return list(await look())
        except Exception as error:
            _log.warning("gauges.unread", gauges=name, error=error)
            return ()

    def _make(self, gauge: Gauge) -> None:
        self._meter.create_observable_gauge(
            gauge.name, [partial(self._observed, gauge)], gauge.unit, gauge.description
        )

    def _observed(self, gauge: Gauge, _: CallbackOptions) -> Iterable[Observation]:
        return self._readings.get(gauge, ())

    async def _requests(self) -> Iterable[Reading]:
        return [(_ACTIVE, self.requests.active, {})]


class _Whole(Collector):
    """Several registries as one: what is of one name is one family, whose head is written once."""

    def __init__(self, parts: Sequence[CollectorRegistry]) -> None:
        self._parts = parts

    def collect(self) -> Iterator[Metric]:
        """See `Collector`."""
        whole: dict[str, Metric] = {}
        for family in (family for part in self._parts for family in part.collect()):
            # When a series began is of no use here: whoever restarts begins at 0, which scrapers see.
            samples = [one for one in family.samples if not one.name.endswith("_created")]
            if (known := whole.setdefault(family.name, family)) is family:
                family.samples = samples
            else:
                known.samples += samples
        yield from whole.values()


_ACTIVE = Gauge("http.server.active_requests", "{request}", "Requests under way.")
