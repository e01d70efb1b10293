"""Process engines under test: the embedded one, and Camunda 7 or Operaton over REST.

Of the embedded engine nothing but its rows survives from one call to the next: whatever is played on it is
played on an engine that is killed and started again before each call.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import text

from kernel.camunda import Camunda
from kernel.camunda.rest import Rest
from kernel.engine import EmbeddedEngine
from kernel.process import ProcessEngine, Scalar, TaskRefused
from kernel.sql import Database

DIAGRAM = Path(__file__).parents[2] / "bpmn" / "publish_offering.bpmn"
PROCESS = "publish-offering"
FORWARD = ("pricing.lock-prices", "specification.validate", "store.stage-entry", "offering.confirm")
UNDO = ("store.drop-entry", "pricing.release-prices", "offering.reject")
TOPICS = (*FORWARD, *UNDO)

Make = Callable[[Database], EmbeddedEngine]


def diagram(*changes: tuple[str, str], process: str = PROCESS) -> bytes:
    """The diagram of the platform as another process, with these texts in place of those."""
    xml = DIAGRAM.read_text()
    for old, new in (
        (f'id="{PROCESS}"', f'id="{process}"'),
        (f'bpmnElement="{PROCESS}"', f'bpmnElement="{process}"'),
    ):
        assert xml.count(old) == 1, old
        xml = xml.replace(old, new)
    for old, new in changes:
        assert old in xml, old
        xml = xml.replace(old, new)
    return xml.encode()


class Bench(Protocol):
    """An engine, and what only tests do with it."""

    @property
    def engine(self) -> ProcessEngine:
        """The engine, as if it had just been started."""

    async def fire(self, process: str, business_key: str) -> None:
        """Let the timers of one instance fire, as if their time had come. No lock gets older by that."""

    async def pass_by(self, process: str, business_key: str, seconds: float) -> None:
        """Let so much time pass in which the timer of an instance fires by itself."""

    async def variables(self, process: str, business_key: str) -> Mapping[str, Scalar]:
        """What an instance knows, or knew when it ended."""


@dataclass(frozen=True)
class OnRows:
    """The embedded engine on a database; `make` makes it, or one with a fault in it."""

    database: Database
    make: Make = EmbeddedEngine

    @property
    def engine(self) -> EmbeddedEngine:
        """A new one each time."""
        return self.make(self.database)

    async def fire(self, process: str, business_key: str) -> None:
        """Its timers are put back to now, because others play on the same rows."""
        async with self.database.begin() as connection:
            named = {"process": process, "key": business_key}
            found = await connection.scalar(_HELD, named)
            body = json.loads(found) if found else {"timers": []}
            body["timers"] = [[time.time(), *rest] for _, *rest in body["timers"]]
            if body["timers"]:
                await connection.execute(_PUT_BACK, {**named, "body": json.dumps(body)})
        await self._tick(process, business_key)

    async def pass_by(self, process: str, business_key: str, seconds: float) -> None:
        """Nobody watches the rows in these tests, so the watch is told to look."""
        await asyncio.sleep(seconds + 0.1)
        await self._tick(process, business_key)

    async def variables(self, process: str, business_key: str) -> Mapping[str, Scalar]:
        """From its row."""
        async with self.database.begin() as connection:
            found = await connection.scalar(_BODY, {"process": process, "key": business_key})
        known: Mapping[str, Scalar] = json.loads(found or "")["variables"]
        return known

    async def _tick(self, process: str, business_key: str) -> None:
        """Another one's tick passes over what this one is at, and the other way round: so wait for both."""
        await self.engine.tick()
        async with self.database.begin() as connection:
            await connection.scalar(_HELD, {"process": process, "key": business_key})

    async def empty(self) -> None:
        """Forget all instances."""
        async with self.database.begin() as connection:
            await connection.execute(text("truncate instance, task"))


_BODY = text("select cast(body as text) from instance where key = :process and business_key = :key")
_HELD = text(f"{_BODY} for update")
_PUT_BACK = text(
    "update instance set due = clock_timestamp(), body = cast(cast(:body as text) as json)"
    " where key = :process and business_key = :key and state = 'RUNNING'"
)


@dataclass(frozen=True)
class OverRest:
    """Camunda or Operaton, whose administrator may do what an operator of it does by hand."""

    engine: Camunda
    rest: Rest

    async def fire(self, process: str, business_key: str) -> None:
        """Execute the jobs of its timers."""
        for job in await self._timers(process, business_key):
            try:
                await self.rest.ask("POST", f"/job/{job['id']}/execute")
            except TaskRefused as error:  # what it is on has ended meanwhile
                if error.code != "gone":
                    raise

    async def pass_by(self, process: str, business_key: str, seconds: float) -> None:
        """It looks for jobs that are due every two seconds or so."""
        async with asyncio.timeout(seconds + 20):
            while await self._timers(process, business_key):  # noqa: ASYNC110  # it is in another process
                await asyncio.sleep(0.1)

    async def variables(self, process: str, business_key: str) -> Mapping[str, Scalar]:
        """From its history."""
        params = {"processInstanceId": await self._id(process, business_key)}
        found = await self.rest.ask("GET", "/history/variable-instance", params=params)
        return {one["name"]: one["value"] for one in found}

    async def _timers(self, process: str, business_key: str) -> Sequence[Mapping[str, Any]]:
        params = {"processInstanceId": await self._id(process, business_key), "timers": "true"}
        found: Sequence[Mapping[str, Any]] = await self.rest.ask("GET", "/job", params=params)
        return found

    async def _id(self, process: str, business_key: str) -> str:
        params = {"processDefinitionKey": process, "processInstanceBusinessKey": business_key}
        (found,) = await self.rest.ask("GET", "/history/process-instance", params=params)
        return str(found["id"])


@asynccontextmanager
async def on_rows(url: str, make: Make = EmbeddedEngine) -> AsyncIterator[OnRows]:
    """The embedded engine on a database, with what is on it already."""
    async with Database(url, service="tests") as database:
        await database.migrate("kernel.engine")
        yield OnRows(database, make)


@asynccontextmanager
async def over_rest(url: str) -> AsyncIterator[OverRest]:
    """An engine at an address; `url` is the administrator's."""
    rest = Rest(url)
    try:
        async with Camunda(url) as engine:
            yield OverRest(engine, rest)
    finally:
        await rest.close()
