"""Ask every part of a stack at once: what does not answer in time is a fact like any other."""

import asyncio
import json
import shutil
from collections.abc import Awaitable, Mapping
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime
from typing import Any, TypeVar

from kernel.errors import Unavailable
from kernel.rabbit.connection import channelled, connected
from kernel.rabbit.topology import inspect
from kernel.sql import Database, RefusedEvents
from platform_app import embedded, native
from platform_app.apps import SERVICES
from platform_app.calling.http import Connections, Http
from platform_app.calling.signing_in import password_of
from platform_app.choices import Kind
from platform_app.doctor.asking import CLOSING, HEALTH, Apps, seen
from platform_app.doctor.facts import (
    BROKER,
    Breaker,
    Facts,
    Health,
    Publications,
    Queued,
    StoreStatus,
    Unseen,
)
from platform_app.doctor.flow import SLOW
from platform_app.doctor.reading import breakers_of, healths_of, slow_of, store_of, stuck_of
from platform_app.home import Home
from platform_app.report import Report
from platform_app.subcommands.dead_letters import databases
from platform_app.subcommands.publications import USER, Progress
from platform_app.topology import QUEUES
from store_app.mongo.editions import MongoStore

T = TypeVar("T")

_SHOWN = 5  # publications that are shown with what they are stuck at
_LISTED = 100  # of the publications that go on, the oldest, among which those are that take long


async def gather(home: Home, report: Report) -> Facts:
    """All facts of a stack of which something runs. Raises Trouble when it has never been up as a whole."""
    now = datetime.now(UTC)
    async with AsyncExitStack() as stack:
        ways: dict[str, Http] = {}
        for name in ("gateway", *SERVICES):
            if name in report.links:
                way = Connections(str(report.links[name]["url"]), 8)
                ways[name] = await stack.enter_async_context(way)
        apps = Apps(ways, USER, password_of(home, USER))
        async with asyncio.TaskGroup() as asking:
            signed_in = asking.create_task(apps.signed_in())
            healths = asking.create_task(_each({name: seen(_health(apps, name), HEALTH) for name in ways}))
            metrics = asking.create_task(
                _each({name: apps.as_operator(_metrics(apps, name)) for name in ways})
            )
            publications = asking.create_task(apps.as_operator(_publications(apps, now)))
            store = asking.create_task(apps.as_operator(_store(apps)))
            rebuilding = asking.create_task(seen(_rebuilding(home)))
            queues = asking.create_task(seen(_queues(home)))
            parked = asking.create_task(
                _each({name: seen(_refused(url)) for name, url in databases(home).items()})
            )
            parked_there = asking.create_task(seen(_parked(home)))
            free = asking.create_task(seen(asyncio.to_thread(_free, home)))
    found = _found(healths.result())
    at_broker = parked_there.result()
    token = signed_in.result()
    return Facts(
        stack=home.stack,
        home=str(home.state),
        seen_at=now,
        processes=report.processes,
        apps=found,
        signed_in=token if isinstance(token, Unseen) else None,
        publications=publications.result(),
        store=store.result(),
        rebuilding=rebuilding.result(),
        queues=queues.result(),
        parked=parked.result() | ({} if at_broker is None else {BROKER: at_broker}),
        breakers=_breakers(found, metrics.result()),
        free=free.result(),
    )


async def _each(asked: Mapping[str, Awaitable[T]]) -> dict[str, T]:
    return dict(zip(asked, await asyncio.gather(*asked.values()), strict=True))


async def _health(apps: Apps, name: str) -> Mapping[str, Health]:
    answer = await apps.look(name, "/readyz")
    return healths_of(name, json.loads(answer.content))


def _found(answers: Mapping[str, Mapping[str, Health] | Unseen]) -> dict[str, Health | Unseen]:
    found: dict[str, Health | Unseen] = {}
    for name, one in answers.items():
        found |= {name: one} if isinstance(one, Unseen) else one
    return found


async def _metrics(apps: Apps, name: str) -> str:
    """Its metrics as text; none is as good as an app that has none."""
    answer = await apps.ask(name, "/metrics")
    return answer.content.decode() if answer.good else ""


def _breakers(found: Mapping[str, Health | Unseen], metrics: Mapping[str, str | Unseen]) -> list[Breaker]:
    every: list[Breaker] = []
    for name, health in found.items():
        text = metrics.get(name, "")
        if isinstance(health, Health):
            every += breakers_of(name, health, "" if isinstance(text, Unseen) else text)
    return list(dict.fromkeys(every))


async def _publications(apps: Apps, now: datetime) -> Publications:
    async def oldest(status: Progress) -> Any:
        query = {"status": status, "sort": "requestedAt", "size": str(_LISTED)}
        return await apps.get("/api/publications", query)

    stuck, running, waiting = await asyncio.gather(
        oldest(Progress.STUCK), oldest(Progress.RUNNING), oldest(Progress.REQUESTED)
    )
    accounts = [apps.get(f"/api/publications/{one['id']}") for one in stuck["items"][:_SHOWN]]
    return Publications(
        running=running["total"],
        waiting=waiting["total"],
        slow=slow_of([*running["items"], *waiting["items"]], now, SLOW)[:_SHOWN],
        stuck=stuck["total"],
        oldest_stuck=[stuck_of(one) for one in await asyncio.gather(*accounts)],
    )


async def _store(apps: Apps) -> StoreStatus:
    return store_of(await apps.get("/api/store/status"))


async def _rebuilding(home: Home) -> bool | None:
    """Whether an edition of the store is being written; None where the store is in memory."""
    told = native.store_env(home) if home.stack == Kind.NATIVE else embedded.store_env(home)
    if "STORE_MONGO_URL" not in told:
        return None
    store = MongoStore(told["STORE_MONGO_URL"], "store")
    try:
        return await store.building() is not None
    finally:
        with suppress(TimeoutError):  # a dead link has nobody to say goodbye to
            async with asyncio.timeout(CLOSING):
                await store.mongo.close()


async def _queues(home: Home) -> Mapping[str, Queued | Unseen] | None:
    """How many messages wait for each consumer: they are counted where they lie, nobody takes them out."""
    if home.stack != Kind.NATIVE:
        return None
    found: dict[str, Queued | Unseen] = {}
    async with connected(native.broker(home).url, "doctor") as connection:
        for queue in QUEUES:
            try:
                async with channelled(
                    connection
                ) as channel:  # which ends with the first queue that is missing
                    waiting, listeners = await inspect(channel, queue.name)
                    retrying = [(await inspect(channel, one.name))[0] for one in queue.retries]
                found[queue.name] = Queued(waiting, sum(retrying), listeners)
            except Unavailable as error:
                found[queue.name] = Unseen(error.message.rstrip("."))
    return found


async def _parked(home: Home) -> Mapping[str, int] | None:
    """How many messages are parked at the broker, by consumer."""
    if home.stack != Kind.NATIVE:
        return None
    async with connected(native.broker(home).url, "doctor") as connection, channelled(connection) as channel:
        counts = {queue.name: (await inspect(channel, queue.parked))[0] for queue in QUEUES}
    return {name: count for name, count in counts.items() if count}


async def _refused(url: str) -> Mapping[str, int]:
    """How many events of a database are parked, by consumer."""
    async with Database(url, service="catalog doctor", size=1) as database:
        refused = await RefusedEvents(database).measured()
    return {labels["consumer"]: int(count) for _, count, labels in refused}


def _free(home: Home) -> int:
    return shutil.disk_usage(home.state).free
