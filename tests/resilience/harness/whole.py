"""A whole native stack under a load of characteristics: through the gateway, the service, the outbox and the
broker to the documents of the store. What of these is another test's is left alone."""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pymongo
from pydantic import TypeAdapter

from kernel.messaging import Envelope
from kernel.rabbit import EXCHANGE, RabbitDeadLetters
from kernel.rabbit.connection import channelled, connected
from store.domain.sources import Characteristic
from store_app.mongo.documents import read_copy
from tests.processes import eventually
from tests.resilience.harness.checker import judge
from tests.resilience.harness.evidence import Evidence, Kept, Logged, read_service
from tests.resilience.harness.ledger import Kind, Ledger
from tests.resilience.harness.raw import lying_in
from tests.resilience.harness.sizes import chosen_seed
from tests.resilience.harness.writers import Writers
from tests.worlds import Servers, World

_SOURCE = TypeAdapter(Characteristic)
_FRESH = 120.0  # seconds; tokens are good for five minutes


@dataclass
class SignedIn:
    """The token of the demo author, whichever author of the load asks for it."""

    world: World
    _made: tuple[float, str] = (0.0, "")

    def header(self, name: str) -> str:
        """The header `Authorization`."""
        at, token = self._made
        if not token or time.monotonic() - at > _FRESH:
            token = eventually(self._signed_in, within=30)
            self._made = (time.monotonic(), token)
        return f"Bearer {token}"

    def _signed_in(self) -> str:
        try:
            return str(self.world.sign_in("author")["accessToken"])
        except httpx.TransportError as error:
            raise AssertionError("the gateway is away") from error


@dataclass(frozen=True)
class Whole:
    """The load's part of a stack. `queue` is one beside that of the store, which nobody consumes."""

    world: World
    servers: Servers
    queue: str
    seed: int
    random: random.Random
    mark: str = field(default_factory=lambda: f"whole-{uuid4().hex[:8]}")
    ledger: Ledger = field(default_factory=Ledger)

    def writers(self, count: int) -> Writers:
        """The load: all that it makes has a key that begins with `mark`."""
        return Writers(
            urls=[f"{self.world.gateway}/api"],
            tokens=SignedIn(self.world),
            ledger=self.ledger,
            chance=self.random,
            count=count,
            prefix=lambda _: self.mark,
        )

    async def check(self, within: float, **did: int) -> None:
        """Wait until all that was written is in the store, compare, and print the ledger's line and `did`.

        Raises AssertionError unless everything is where it belongs, once and in order, `within` seconds.
        """
        began = time.monotonic()
        while True:
            pending, evidence, parked = await self._pending(), await self._evidence(), await self._parked()
            verdict = judge(self.ledger, evidence, parked)
            took = time.monotonic() - began
            if took > within or (not pending and not verdict.lost and not verdict.stale_docs):
                break
            await asyncio.sleep(0.5)
        counts = {"operations": len(self.ledger), "events": len(evidence.log), "parked": len(parked), **did}
        again = len(evidence.heard) - len(set(evidence.heard))
        told = " ".join(f"{name}={count}" for name, count in counts.items())
        print(f"{verdict.line(self.seed)} {told} again={again} drained={took:.1f}s")  # noqa: T201
        verdict.require_clean(self.seed)
        assert pending == 0, "the outbox is not empty"

    async def _pending(self) -> int:
        connection = await asyncpg.connect(self.world.database("characteristic"))
        try:
            return int(await connection.fetchval("select count(*) from outbox_pending"))
        finally:
            connection.terminate()

    async def _parked(self) -> set[UUID]:
        letters = RabbitDeadLetters(self.servers.rabbitmq.url, ["store"])
        return {letter.id async for letter in letters.look() if letter.id is not None}

    async def _evidence(self) -> Evidence:
        """Of what the load has made.

        The store keeps no list of what it has applied: the version of its document tells what it has seen.
        """
        log, rows = await read_service(self.world.database("characteristic"))
        ours = {event.aggregate for event in log if str(event.body.get("key")).startswith(self.mark)}
        log = [event for event in log if event.aggregate in ours]
        copies = await asyncio.to_thread(self._copies, log)
        return Evidence(
            log=log,
            rows={id: row for id, row in rows.items() if id in ours},
            copies=copies,
            effects=[one.id for one in log if one.version <= _version(copies.get(one.aggregate))],
            heard=[(one.aggregateid, one.aggregateversion) for one in await self._told(ours)],
        )

    def _copies(self, log: Sequence[Logged]) -> Mapping[UUID, Kept]:
        """The store's documents. One that has of the last event all that the store keeps is as that event."""
        heads = {event.aggregate: event for event in log}
        with pymongo.MongoClient[dict[str, Any]](self.servers.mongod.url("store")) as client:
            database = client["store"]
            pointer = database["store"].find_one({"_id": "pointer"})
            assert pointer is not None
            documents = database[f"copies__{pointer['active']}"]
            found = {UUID(one["_id"]): one for one in documents.find({"_id": {"$in": [*map(str, heads)]}})}
        copies = {}
        for id, document in found.items():
            body = heads[id].body
            as_told = read_copy(document).source == _SOURCE.validate_json(json.dumps(body))
            kept = body if as_told else json.loads(document["source"])
            copies[id] = Kept(document["v"], kept, deleted=document["deleted"])
        return copies

    async def _told(self, ours: set[UUID]) -> list[Envelope]:
        lying = await lying_in(self.servers.rabbitmq.url, self.queue)
        return [one for message in lying if (one := Envelope.decode(message.body)).aggregateid in ours]


def _version(kept: Kept | None) -> int:
    return -1 if kept is None else kept.version


@asynccontextmanager
async def whole(world: World) -> AsyncIterator[Whole]:
    """The stack, with a queue beside that of the store while the block lasts."""
    servers, name, seed = Servers.of(world), f"beside-{uuid4().hex[:8]}", chosen_seed()
    print(f"seed={seed}")  # noqa: T201  # known even if the run never ends
    async with connected(servers.rabbitmq.url, "harness") as link, channelled(link) as channel:
        queue = await channel.declare_queue(name, durable=True, arguments={"x-queue-type": "quorum"})
        for kind in Kind:
            await queue.bind(EXCHANGE, kind.value)
    chance = random.Random(seed)  # noqa: S311  # chance that can be repeated, not a secret
    try:
        yield Whole(world, servers, name, seed, chance)
    finally:
        async with connected(servers.rabbitmq.url, "harness") as link, channelled(link) as channel:
            await channel.queue_delete(name)
