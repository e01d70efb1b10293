"""How many events a second the store hears, and how soon what is published shows."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
from dependency_injector.providers import Object
from pydantic import TypeAdapter
from pymongo import AsyncMongoClient, WriteConcern
from pymongo.asynchronous.collection import AsyncCollection

from bench.store_catalogue import Catalogue, Item
from kernel.auth import Principal, Role
from kernel.bus import Bus
from kernel.messaging import LANES, Envelope
from kernel.rabbit import RabbitPublisher
from kernel.rabbit.lanes import Lanes
from kernel.rabbit.subscriptions import PREFETCH
from kernel.relay import Relay
from kernel.settings import TraceSettings
from kernel.sql import Bell, Database
from kernel.tracing import Tracing
from offering.domain import Content, Offering
from offering_app.postgres import Postgres
from store.domain import sources
from store_app.consumers import consumer
from store_app.container import Container
from store_app.settings import StoreSettings

ITEMS = 300
WARM = 60
"""Items that are heard before the time is taken: the first unit of measure alone takes a second to load."""
PUBLICATIONS, PER_SECOND = 200, 50
_PUBLISHER = Principal(subject="bench", name="bench", roles=frozenset({Role.PUBLISHER}))
_WRITTEN: Mapping[type[sources.Source], TypeAdapter[Any]] = {
    kind: TypeAdapter(kind) for kind in (sources.Price, sources.Offering)
}


@dataclass(frozen=True)
class Heard:
    """Events a second of bare pymongo, and of the store; what it composes a second."""

    floor: float
    ours: float
    composed: float


def told(item: Item) -> Iterator[tuple[str, sources.Source]]:
    """Each event until something is sold: its prices are defined and locked, it is drafted and published."""
    last, now = item.offering, datetime.now(UTC)
    for price in item.prices:
        yield "price.defined.v1", replace(price, version=1, modified_at=now)
    yield "offering.drafted.v1", replace(last, version=1, status="DRAFT", live=None, modified_at=now)
    yield (
        "publication.requested.v1",
        replace(last, version=2, status="PUBLISHING", live=None, modified_at=now),
    )
    for price in item.prices:
        yield "price.locked.v1", replace(price, version=2, modified_at=now)
    yield "offering.published.v1", replace(last, version=3, modified_at=now)


def _body(type: str, source: sources.Source) -> bytes:
    return Envelope(
        id=uuid4(),
        type=type,
        source=f"/{source.of}",
        subject=str(source.id),
        time=source.modified_at,
        aggregateid=source.id,
        aggregateversion=source.version,
        correlationid=str(uuid4()),
        data=_WRITTEN[source.__class__].dump_python(source, mode="json", by_alias=True),
    ).encode()


async def _in_lanes(
    events: Sequence[tuple[str, Any]], handle: Callable[[Any], Awaitable[object]], lanes: int = LANES
) -> None:
    """Handle events as the adapter of RabbitMQ does: so many at a time, those of an aggregate in order."""
    room, left, done = asyncio.Semaphore(PREFETCH), len(events), asyncio.Event()
    failures = list[Exception]()

    async def work(event: Any) -> None:
        nonlocal left
        try:
            await handle(event)
        except Exception as error:
            failures.append(error)
        room.release()
        left -= 1
        if not left:
            done.set()

    async with Lanes(work, lanes) as every:
        for key, event in events:
            await room.acquire()
            every.put(key, event)
        await done.wait()
    if failures:
        raise failures[0]


async def heard(url: str, catalogue: Catalogue, first: int) -> Heard:
    """Let the store hear of new items, numbered from `first` on, until nothing is stale."""
    items = [*catalogue.items(first, WARM + ITEMS)]
    whole = [[(str(one.id), type, one) for type, one in told(item)] for item in items]
    warm, timed = (
        [(key, _body(type, one)) for events in some for key, type, one in events]
        for some in (whole[:WARM], whole[WARM:])
    )
    plain = [(key, one) for events in whole[WARM:] for key, _, one in events]
    floor = await _by_hand(url, plain)
    container = Container(
        settings=StoreSettings.model_validate({"auth_issuer": "http://issuer.invalid", "mongo_url": url}),
        subscriptions=Object(Bus()),
    )
    hears, catalogued = consumer(container), container.mongo()

    async def receive(body: bytes) -> None:
        await hears.receive(Envelope.decode(body), again=False)

    async def settle() -> None:
        while (await catalogued.size())["stale"]:
            await asyncio.sleep(0.02)

    async with catalogued, container.refresher():
        await _in_lanes(warm, receive, hears.lanes)
        await settle()
        began = time.perf_counter()
        await _in_lanes(timed, receive, hears.lanes)
        await settle()
        seconds = time.perf_counter() - began
        # Where it is busy, pymongo may swallow a cancellation, and the refresher would never end: in
        # Python 3.11 `asyncio.wait_for` does that when what it waits for is done already.
        await asyncio.sleep(0.2)
    return Heard(floor, len(timed) / seconds, ITEMS / seconds)


async def _by_hand(url: str, events: Sequence[tuple[str, sources.Source]]) -> float:
    """The least that keeps the newest state of each aggregate: one guarded upsert for each event."""
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(url)
    states: AsyncCollection[dict[str, Any]] = client["floor"].get_collection(
        "states", write_concern=WriteConcern("majority")
    )

    async def keep(source: sources.Source) -> None:
        text = _WRITTEN[source.__class__].dump_json(source).decode()
        older = {"_id": str(source.id), "v": {"$lt": source.version}}
        await states.update_one(older, {"$set": {"v": source.version, "state": text}}, upsert=True)

    try:
        began = time.perf_counter()
        await _in_lanes(events, keep)
        return len(events) / (time.perf_counter() - began)
    finally:
        await client.drop_database("floor")
        await client.close()


@dataclass(frozen=True)
class Shown:
    """What the store itself says of the time from commit to visible, in seconds, and how many it saw."""

    count: int
    p50: float
    p95: float
    most: float
    rate: float


async def shown(database_url: str, broker_url: str, store: httpx.AsyncClient, catalogue: Catalogue) -> Shown:
    """Publish offerings at their database, and wait until the store shows them.

    The offerings are saved as their service saves them, and come to the store by the relay and RabbitMQ.
    """
    items = [*catalogue.items(0, 1 + PUBLICATIONS)]
    async with _relaying(database_url, broker_url) as begin:
        await _publish(begin, "warm", items[0])
        await _until(store, 1)
        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for number, item in enumerate(items[1:]):
                await asyncio.sleep(began + number / PER_SECOND - time.perf_counter())
                group.create_task(_publish(begin, f"fresh-{number}", item))
        rate = PUBLICATIONS / (time.perf_counter() - began)
        lag = await _until(store, 1 + PUBLICATIONS)
    return Shown(lag["count"], lag["p50"], lag["p95"], lag["most"], rate)


@asynccontextmanager
async def _relaying(database_url: str, broker_url: str) -> AsyncIterator[Postgres]:
    database, publisher = Database(database_url, service="bench"), RabbitPublisher(broker_url)
    bell = Bell(database)
    begin = Postgres(database, bell)
    relay = Relay(database, publisher, Tracing("bench", TraceSettings()))
    async with database, begin, bell, publisher, relay:
        yield begin


async def _publish(begin: Postgres, key: str, item: Item) -> None:
    """Three transactions: an author drafts, a publisher asks, the process confirms."""
    said = {one.name: getattr(item.offering.live, one.name) for one in fields(Content)}
    offering, publication = Offering.drafted(Content(**said), key), uuid4()
    async with begin(_PUBLISHER) as work:
        await work.offerings.save(offering)
    offering.request_publication(publication)
    async with begin(_PUBLISHER) as work:
        await work.offerings.save(offering)
    offering.confirm(publication)
    async with begin(_PUBLISHER) as work:
        await work.offerings.save(offering)


async def _until(store: httpx.AsyncClient, count: int) -> Any:
    async with asyncio.timeout(60):
        while True:
            lag = (await store.get("/store/status")).raise_for_status().json()["lag"]
            if lag["count"] >= count:
                return lag
            await asyncio.sleep(0.2)
