"""What a service measures, and what a scraper is told of it."""

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from prometheus_client.parser import text_string_to_metric_families
from starlette.types import Message, Scope

from kernel.auth import Principal, Role
from kernel.breaker import Breaker, states
from kernel.errors import Unauthorized, Unavailable
from kernel.http import create_app, public
from kernel.metrics import Gauge, Metrics, Reading
from kernel.settings import TraceSettings
from kernel.tracing import Tracing
from tests.measured import labelled, measured

DURATION = "http_server_request_duration_seconds"
DEPTH = Gauge("catalog.depth", "{thing}", "How deep it is.")
AGE = Gauge("catalog.age", "s", "How old it is.")


async def verify(token: str) -> Principal:
    """Whoever says a role has it; nobody else is believed."""
    if token == "nobody":
        return Principal(subject="n", name="n", roles=frozenset())
    if token not in set(Role):
        raise Unauthorized("Sign in first.")
    return Principal(subject=token, name=token, roles=frozenset({Role(token)}))


def app_of(metrics: Metrics) -> FastAPI:
    """An app with one address."""
    routes = APIRouter(prefix="/things", dependencies=[public("a test")])

    @routes.get("/{id}")
    async def thing(id: int) -> int:
        if id == 13:
            raise RuntimeError("planned")
        return id

    tracing = Tracing(metrics.service, TraceSettings())
    return create_app(metrics.service, "T", routers=[routes], tracing=tracing, verify=verify, metrics=metrics)


@asynccontextmanager
async def asking(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://t") as client,
    ):
        yield client


async def told(metrics: Metrics) -> str:
    return (await metrics.told()).decode()


async def test_each_request_is_measured_by_the_template_of_its_address() -> None:
    metrics = Metrics("t")
    async with asking(app_of(metrics)) as client:
        for id in (1, 2, 3):
            await client.get(f"/things/{id}")
        for path in ("/things/13", "/things/x", "/nothing/7", "/nothing/8", "/healthz", "/readyz"):
            await client.get(path)
        await client.request("BREW", "/things/1")
        await client.request("STEEP", "/things/1")
        text = await told(metrics)
    found = {
        (
            one.labels["http_request_method"],
            one.labels["http_route"],
            one.labels["http_response_status_code"],
        ): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
        if one.name == f"{DURATION}_count"
    }
    assert found == {
        ("GET", "/things/{id}", "200"): 3,
        ("GET", "/things/{id}", "500"): 1,
        ("GET", "/things/{id}", "422"): 1,
        ("GET", "unmatched", "404"): 2,
        ("_OTHER", "/things/{id}", "405"): 2,
    }


async def test_who_goes_away_before_an_answer_is_measured_with_the_status_0() -> None:
    metrics, active = Metrics("t"), list[float]()
    app = app_of(metrics)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None: ...

    async def silent(scope: Scope, *_: object) -> None:
        active.extend(measured(await told(metrics), "http_server_active_requests"))

    app.router = silent  # type: ignore[assignment]
    scope = {"type": "http", "method": "GET", "path": "/things/1", "headers": [], "query_string": b""}
    await app.build_middleware_stack()(scope, receive, send)
    text = await told(Metrics("other"))
    assert measured(text, f"{DURATION}_count") == []
    text = await told(metrics)
    assert measured(text, f"{DURATION}_count", http_response_status_code="0", http_route="unmatched") == [1]
    assert active == [1]


async def test_seconds_fall_into_the_buckets_that_reach_as_far() -> None:
    metrics = Metrics("t")
    metrics.requests.answered("GET", "/things/{id}", 200, 0.0005)
    metrics.requests.answered("GET", "/things/{id}", 200, 0.02)
    metrics.requests.answered("GET", "/things/{id}", 200, 99.0)
    durations = metrics.durations("catalog.task.duration", "t", (0.1, 1.0))
    assert metrics.durations("catalog.task.duration", "t", (0.1, 1.0)) is durations
    for seconds in (0.05, 0.1, 0.5, 2.0):
        durations.record(seconds, {"topic": "a"})
    text = await told(metrics)
    buckets = labelled(text, f"{DURATION}_bucket", "le")
    assert (buckets["0.0025"], buckets["0.01"], buckets["0.025"], buckets["10.0"]) == (1, 1, 2, 2)
    assert buckets["+Inf"] == 3
    task = "catalog_task_duration_seconds"
    assert labelled(text, f"{task}_bucket", "le") == {"0.1": 2, "1.0": 3, "+Inf": 4}
    assert measured(text, f"{task}_sum", topic="a", service_name="t") == [2.65]
    assert "_created" not in text


async def test_a_gauge_is_read_when_somebody_asks_and_not_told_when_it_cannot_be() -> None:
    metrics, depths = Metrics("t", remembered=0.0), [3.0]

    async def depth() -> Iterable[Reading]:
        if not depths:
            raise Unavailable("nobody knows")
        return [(DEPTH, depths[0], {"queue": "a"}), (DEPTH, 1, {"queue": "b"})]

    async def age() -> Iterable[Reading]:
        return [(AGE, 7.5, {})]

    metrics.watch("depth", depth)
    metrics.watch("age", age)
    assert labelled(await told(metrics), "catalog_depth", "queue") == {"a": 3, "b": 1}
    depths[0] = 4.0
    assert labelled(await told(metrics), "catalog_depth", "queue") == {"a": 4, "b": 1}
    depths.clear()
    text = await told(metrics)
    assert labelled(text, "catalog_depth", "queue") == {}
    assert measured(text, "catalog_age_seconds", service_name="t") == [7.5]


async def test_gauges_are_read_at_once_and_none_is_waited_for_long() -> None:
    metrics = Metrics("t", deadline=0.1)
    first, second = asyncio.Event(), asyncio.Event()

    async def one() -> Iterable[Reading]:
        first.set()
        await second.wait()
        return [(AGE, 1.0, {})]

    async def other() -> Iterable[Reading]:
        second.set()
        await first.wait()
        return [(DEPTH, 2.0, {})]

    async def silent() -> Iterable[Reading]:
        await asyncio.Event().wait()
        return []

    metrics.watch("one", one)
    metrics.watch("other", other)
    metrics.watch("silent", silent)
    async with asyncio.timeout(2):
        text = await told(metrics)
    assert measured(text, "catalog_age_seconds") == [1]
    assert measured(text, "catalog_depth") == [2]


async def test_what_was_read_is_remembered_for_a_moment() -> None:
    metrics, looks = Metrics("t", remembered=60.0), Counter[str]()

    async def look() -> Iterable[Reading]:
        looks["all"] += 1
        return [(AGE, float(looks["all"]), {})]

    metrics.watch("age", look)
    texts = [await told(metrics) for _ in range(2)] + list(await asyncio.gather(told(metrics), told(metrics)))
    assert [measured(text, "catalog_age_seconds") for text in texts] == [[1]] * 4


async def test_several_services_are_one_text_in_which_each_has_its_name() -> None:
    door, store, pricing = Metrics("gateway"), Metrics("store"), Metrics("pricing")
    for one, seconds in ((store, 0.5), (pricing, 1.5)):
        one.durations("catalog.task.duration", "t").record(seconds, {"topic": "a"})
        one.requests.answered("GET", "/things/{id}", 200, seconds)
        door.join(one)

    async def broken() -> Iterable[Reading]:
        raise RuntimeError("planned")

    async def age() -> Iterable[Reading]:
        return [(AGE, 1.0, {})]

    store.watch("broken", broken)
    pricing.watch("age", age)
    text = await told(door)
    heads = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE ")]
    assert len(heads) == len(set(heads))
    assert {"catalog_task_duration_seconds", "catalog_age_seconds", DURATION} <= set(heads)
    assert labelled(text, "catalog_task_duration_seconds_sum", "service_name") == {
        "store": 0.5,
        "pricing": 1.5,
    }
    assert labelled(text, f"{DURATION}_count", "service_name") == {"store": 1, "pricing": 1}
    assert labelled(text, "catalog_age_seconds", "service_name") == {"pricing": 1}
    assert "pricing" not in await told(store)


async def test_a_breaker_is_in_one_state() -> None:
    metrics, breaker = Metrics("t", remembered=0.0), Breaker("store", failures=1)
    metrics.watch("breakers", states(lambda: [breaker]))

    async def fail() -> None:
        raise Unavailable("planned")

    state = "catalog_breaker_state"
    assert labelled(await told(metrics), state, "state") == {"closed": 1, "open": 0, "half_open": 0}
    with pytest.raises(Unavailable):
        await breaker.call(fail)
    text = await told(metrics)
    assert labelled(text, state, "state") == {"closed": 0, "open": 1, "half_open": 0}
    assert measured(text, state, breaker="store", state="open") == [1]


async def test_who_may_read_is_told_in_the_format_of_prometheus() -> None:
    async with asking(app_of(Metrics("t"))) as client:
        statuses = {
            token: (await client.get("/metrics", headers={"authorization": f"Bearer {token}"})).status_code
            for token in ("stranger", "nobody", *Role)
        }
        answer = await client.get("/metrics", headers={"authorization": "Bearer reader"})
        assert (await client.get("/metrics")).status_code == 401
        described = (await client.get("/openapi.json")).json()["paths"]["/metrics"]["get"]
    assert statuses == {"stranger": 401, "nobody": 403, **{role.value: 200 for role in Role}}
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert measured(answer.text, f"{DURATION}_count", http_route="/metrics", http_response_status_code="403")
    assert list(described["responses"]["200"]["content"]) == ["text/plain"]
    assert described["x-role"] == "reader"


class Slow(SpanExporter):
    """Takes the first batch, and keeps it until it is let go."""

    def __init__(self) -> None:
        self.taken, self.let_go = threading.Event(), threading.Event()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """See `SpanExporter`."""
        self.taken.set()
        self.let_go.wait(5)
        return SpanExportResult.SUCCESS


async def test_spans_that_are_sent_and_dropped_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_PYTHON_SDK_INTERNAL_METRICS_ENABLED", "true")
    metrics, slow = Metrics("t"), Slow()
    queue = BatchSpanProcessor(slow, max_queue_size=2, max_export_batch_size=1, meter_provider=metrics.meters)
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(queue)
    tracer = provider.get_tracer("t")
    tracer.start_span("sent").end()
    assert await asyncio.to_thread(slow.taken.wait, 5)
    for name in ("dropped", "waits", "waits"):
        tracer.start_span(name).end()
    slow.let_go.set()
    await asyncio.to_thread(provider.shutdown)
    counted = labelled(await told(metrics), "otel_sdk_processor_span_processed_total", "error_type")
    assert counted == {"": 3, "queue_full": 1}
