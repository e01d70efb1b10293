"""Somebody who edits a catalogue over HTTP, as the pages of the builder do."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import uuid4

from kernel.errors import CatalogError
from tests.real_input.answers import Answers, Document
from tests.real_input.edits import Revision
from tests.real_input.plain import Row, raised

T = TypeVar("T")

AT_A_TIME = 8
PATIENCE = 120.0
"""Seconds for a hundred publications, or for what follows of them elsewhere."""
_PAUSE = 0.25
_OFFERINGS, _PRICES = "/api/offerings", "/api/prices"


@dataclass(frozen=True)
class Author:
    """Edits prices and offerings, and may publish. Whoever refuses is not asked again: see `Calls.send`."""

    answers: Answers

    async def refused(self, revisions: list[Revision]) -> list[str]:
        """Try to change prices that are held; returns those that were not refused as `locked`, untouched."""
        before = await self._prices(one.old["key"] for one in revisions)

        async def one(revision: Revision) -> str | None:
            key = revision.old["key"]
            try:
                await self._put(_PRICES, before[key], _body(raised(revision.old)))
            except CatalogError as error:
                return (
                    None if error.code == "locked" and revision.offering in str(error) else f"{key}: {error}"
                )
            return f"{key} was changed"

        said = [one for one in await _each(one, revisions) if one]
        after = await self._prices(before)
        return [*said, *(f"{key} is another" for key in before if before[key] != after[key])]

    async def define(self, revisions: list[Revision]) -> None:
        """Define the prices that take the place of those."""

        async def one(revision: Revision) -> None:
            body = {**_body(revision.new), "kind": revision.new["priceKind"], "key": revision.new["key"]}
            await self._post(_PRICES, body)

        await _each(one, revisions)

    async def exchange(self, revisions: list[Revision]) -> None:
        """Open a draft beside what is live that has the new price in the place of the old one."""
        await self._draft([(one.offering, one.old["key"], one.new["key"]) for one in revisions])

    async def restore(self, revisions: list[Revision]) -> None:
        """Open a draft beside what is live that has the old price again."""
        await self._draft([(one.offering, one.new["key"], one.old["key"]) for one in revisions])

    async def _draft(self, exchanges: list[tuple[str, str, str]]) -> None:
        """In each offering, one price takes the place of another."""
        offerings = await self._offerings(key for key, _, _ in exchanges)
        prices = await self._prices(key for _, *keys in exchanges for key in keys)

        async def one(exchange: tuple[str, str, str]) -> None:
            offering = offerings[exchange[0]]
            old, new = (prices[key]["id"] for key in exchange[1:])
            ids = [new if id == old else id for id in offering["live"]["priceIds"]]
            await self._put(_OFFERINGS, offering, {**offering["live"], "priceIds": ids})

        await _each(one, exchanges)

    async def publish(self, keys: list[str]) -> list[str]:
        """Publish as many as one request may have, and wait until all have ended; returns what went wrong."""
        asked = [_seen(one) for one in (await self._offerings(keys)).values()]
        answer = await self._post("/api/publications", {"offerings": asked})
        refused = [f"{one['id']}: {one['problem']}" for one in answer["items"] if one["status"] != 202]
        await _until(lambda: self._ended(keys))
        failures = (await self._offerings(keys)).values()
        return [*refused, *(f"{one['key']}: {one['failure']}" for one in failures if one["failure"])]

    async def freed(self, keys: list[str]) -> None:
        """Wait until nothing holds these prices. Raises TimeoutError when that never comes."""
        await _until(lambda: self._free(keys))

    async def correct(self, revisions: list[Revision]) -> None:
        """Change the old prices, which are free by now."""
        prices = await self._prices(one.old["key"] for one in revisions)

        async def one(revision: Revision) -> None:
            await self._put(_PRICES, prices[revision.old["key"]], _body(raised(revision.old)))

        await _each(one, revisions)

    async def delete(self, keys: list[str]) -> None:
        """Delete prices that nothing uses any more."""

        async def one(price: Document) -> None:
            await self._calls("DELETE", f"{_PRICES}/{price['id']}", headers=_if_match(price))

        await _each(one, (await self._prices(keys)).values())

    async def retire(self, keys: list[str]) -> None:
        """Sell these offerings no more."""

        async def one(offering: Document) -> None:
            await self._post(f"{_OFFERINGS}/{offering['id']}/retire", None, **_if_match(offering))

        await _each(one, (await self._offerings(keys)).values())

    async def _ended(self, keys: list[str]) -> bool:
        return all(one["status"] != "PUBLISHING" for one in (await self._offerings(keys)).values())

    async def _free(self, keys: list[str]) -> bool:
        return not any(one["locked"] for one in (await self._prices(keys)).values())

    async def _offerings(self, keys: Iterable[str]) -> dict[str, Document]:
        return await self.answers.by_key(_OFFERINGS, list(keys))

    async def _prices(self, keys: Iterable[str]) -> dict[str, Document]:
        return await self.answers.by_key(_PRICES, list(keys))

    async def _put(self, path: str, seen: Document, body: Document) -> None:
        await self._calls("PUT", f"{path}/{seen['id']}", headers=_if_match(seen), body=body)

    async def _post(self, path: str, body: Document | None, **headers: str) -> Any:
        return await self._calls(
            "POST", path, headers={"Idempotency-Key": str(uuid4()), **headers}, body=body
        )

    async def _calls(self, method: str, path: str, **said: Any) -> Any:
        return await self.answers.calls.send(method, path, **said)


async def _each(work: Callable[[T], Awaitable[Any]], things: Iterable[T]) -> list[Any]:
    """Do it with each of them, some at a time; returns what comes of it, in their order."""
    room = asyncio.Semaphore(AT_A_TIME)

    async def one(thing: T) -> Any:
        async with room:
            return await work(thing)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(thing)) for thing in things]
    return [task.result() for task in tasks]


async def _until(check: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await check():  # noqa: ASYNC110  # nobody tells it: it is looked for over HTTP
            await asyncio.sleep(_PAUSE)


def _body(price: Row) -> Document:
    """What an author may change of a price; a key and a kind of row are not among it."""
    said = {name: value for name, value in price.items() if name not in ("kind", "key", "priceKind")}
    return {**said, "kind": price["priceKind"]}


def _seen(document: Document) -> Document:
    return {"id": document["id"], "version": document["version"]}


def _if_match(document: Document) -> dict[str, str]:
    return {"If-Match": f'"{document["version"]}"'}
