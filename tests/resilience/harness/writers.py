"""The load: authors who write through HTTP, try again as a good client does, and keep the ledger."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID, uuid4

import httpx

from tests.resilience.harness.ledger import Kind, Ledger, Operation, Word

PATIENCE = 40.0
"""Seconds for which one operation is tried again; whoever is killed is back long before."""
_TIMEOUT = 8.0  # seconds for one answer
_SHARES = {Kind.DEFINE: 25, Kind.REVISE: 60, Kind.DEPRECATE: 7, Kind.DELETE: 8}


def plain_key(_: random.Random) -> str:
    """The beginning of the key of every new characteristic."""
    return "c"


class Tokens(Protocol):
    """Who the authors are."""

    def header(self, name: str) -> str:
        """The header `Authorization` of an author."""


@dataclass(kw_only=True)
class Writers:
    """A load of `count` authors, each with `pause` seconds between two operations.

    It ends after `most` operations, `seconds`, or when it is told to, whichever comes first. At most
    `aggregates` characteristics live at a time, and all authors change the same ones. `prefix` gives the
    beginning of a new key, for consumers whose handlers fail for some.
    """

    urls: Sequence[str]
    tokens: Tokens
    ledger: Ledger
    chance: random.Random
    count: int = 8
    pause: float = 0.02
    most: int = 100_000
    seconds: float = 600.0
    aggregates: int = 50
    prefix: Callable[[random.Random], str] = plain_key
    _living: dict[UUID, int] = field(default_factory=dict, init=False)
    _deprecated: set[UUID] = field(default_factory=set, init=False)
    _stopping: bool = field(default=False, init=False)
    _begun: int = field(default=0, init=False)

    @property
    def acknowledged(self) -> int:
        """How many operations were acknowledged so far."""
        return self.ledger.count(Word.ACKNOWLEDGED)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator["Writers"]:
        """Write in the background of the block; leaving it lets the authors finish what they have begun."""
        running = asyncio.create_task(self.run())
        try:
            yield self
        finally:
            self._stopping = True
            await running

    async def run(self) -> None:
        """Write until one of the bounds is reached."""
        deadline = time.monotonic() + self.seconds
        async with asyncio.TaskGroup() as authors:
            for number in range(self.count):
                authors.create_task(self._author(f"author-{number}", deadline))

    async def _author(self, name: str, deadline: float) -> None:
        async with httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False) as http:
            author = _Author(http, name, self)
            while not self._stopping and self._begun < self.most and time.monotonic() < deadline:
                self._begun += 1
                await author.do(self._wish())
                await asyncio.sleep(self.chance.uniform(0, 2 * self.pause))

    def _wish(self) -> Operation:
        kind = self.chance.choices(list(_SHARES), list(_SHARES.values()))[0]
        if kind is Kind.DEFINE and len(self._living) >= self.aggregates:
            kind = Kind.REVISE
        candidates = [id for id in self._living if id not in self._deprecated or kind is Kind.DELETE]
        id = f"{self.prefix(self.chance)}-{uuid4().hex[:12]}"
        if kind is Kind.DEFINE or not candidates:
            return self.ledger.attempt(id, Kind.DEFINE)
        chosen = self.chance.choice(candidates)
        return self.ledger.attempt(id, kind, chosen, self._living[chosen])

    def learn(self, id: UUID, version: int | None, *, deprecated: bool = False) -> None:
        """Remember at which version an aggregate was seen; None when it is gone."""
        if version is None:
            self._living.pop(id, None)
            return
        self._living[id] = max(version, self._living.get(id, 0))
        if deprecated:
            self._deprecated.add(id)


@dataclass(frozen=True)
class _Author:
    """One author with a client."""

    http: httpx.AsyncClient
    name: str
    load: Writers

    async def do(self, operation: Operation) -> None:
        """Send the request until it is answered, each time to any of the services."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                answer = await self.http.send(self._request(operation))
            except httpx.ConnectError:
                await asyncio.sleep(0.1)  # nobody was there to do it
                continue
            except httpx.TransportError as error:
                self.load.ledger.lose_sight(operation, type(error).__name__)
                continue
            if await self._answered(operation, answer):
                return
            await asyncio.sleep(0.1)
        self.load.ledger.lose_sight(operation, "given up")

    def _request(self, operation: Operation) -> httpx.Request:
        path, method, body = "/characteristics", "POST", None
        if operation.aggregate is not None and operation.kind is not Kind.DEFINE:
            path += f"/{operation.aggregate}"
        match operation.kind:
            case Kind.DEFINE:
                body = {"key": operation.id, "name": operation.id, "valueType": "text"}
            case Kind.REVISE:
                method = "PUT"
                body = {"name": operation.id, "description": operation.id, "valueType": "text"}
            case Kind.DEPRECATE:
                path += "/deprecate"
            case Kind.DELETE:
                method = "DELETE"
        headers = {
            "authorization": self.load.tokens.header(self.name),
            "if-match": f'"{operation.seen}"',
            "idempotency-key": operation.id,
        }
        url = self.load.chance.choice(self.load.urls)
        return self.http.build_request(method, url + path, json=body, headers=headers)

    async def _answered(self, operation: Operation, answer: httpx.Response) -> bool:
        """Note what was answered; False when it is to be tried again."""
        ledger, load = self.load.ledger, self.load
        said = f"{answer.status_code} {answer.text[:200] if answer.status_code >= 400 else ''}"
        if answer.status_code >= 500:
            ledger.lose_sight(operation, said)
            return False
        if answer.status_code == 409 and answer.json()["code"] == "idempotency_key_in_flight":
            return False
        if answer.status_code >= 400:
            ledger.refuse(operation, said)
            if operation.aggregate is not None:
                await self._look(operation.aggregate)
            return True
        if answer.status_code == 204 and operation.aggregate is not None:
            ledger.acknowledge(operation, operation.aggregate, operation.seen + 1)
            load.learn(operation.aggregate, None)
            return True
        body = answer.json()
        id, version = UUID(body["id"]), int(body["version"])
        ledger.acknowledge(operation, id, version)
        load.learn(id, version, deprecated=body["status"] == "DEPRECATED")
        return True

    async def _look(self, id: UUID) -> None:
        """Read an aggregate again whose version somebody else has changed."""
        url = f"{self.load.chance.choice(self.load.urls)}/characteristics/{id}"
        try:
            answer = await self.http.get(url, headers={"authorization": self.load.tokens.header(self.name)})
        except httpx.TransportError:
            return
        if answer.status_code == 200:
            self.load.learn(id, answer.json()["version"], deprecated=answer.json()["status"] == "DEPRECATED")
        elif answer.status_code == 404:
            self.load.learn(id, None)
