"""The store on MongoDB: its editions, and the pointer that says which of them is read."""

import asyncio
import re
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pymongo.errors import DuplicateKeyError

from kernel.errors import Conflict, Unavailable
from kernel.logging import get_logger
from store.domain.entry import Entry
from store.domain.search import Found, Search
from store.domain.sources import Copy
from store.ports import Refreshed
from store_app.mongo import indexes
from store_app.mongo.client import ANSWER, AWAY, LONG, WRITE, Documents, Mongo, answering
from store_app.mongo.documents import UNREADABLE, read_copy, texts
from store_app.mongo.edition import MongoEdition
from store_app.mongo.gathering import Gathering

REMEMBERED = 1.0
"""Seconds for which a process remembers the pointer."""
SUSPECTS, STAGED = "suspects", "staged"
"""The collections of messages that are suspected, and of publications. They are no part of any edition."""

_TOGETHER = 100
"""The most copies that are kept together."""
_POINTER = {"_id": "pointer"}
_FIRST = 1
_COLLECTION = re.compile(r"(?:copies|entries)__([0-9]+)")

_log = get_logger(__name__)


@dataclass(frozen=True)
class Pointer:
    """Which edition is `active`, which was so before, and which is being written.

    `last` is the highest number that there was, `progress` the last id by the log that the edition which is
    being written has been read from.
    """

    active: int
    previous: int | None
    building: int | None
    last: int
    progress: Mapping[str, str]

    @property
    def editions(self) -> list[int]:
        """The editions that hear what is heard."""
        there = (self.active, self.previous, self.building)
        return list(dict.fromkeys(one for one in there if one is not None))


class MongoStore(AbstractAsyncContextManager["MongoStore"]):
    """See `Copies`, `KnownCopies`, `Catalogue` and `Editions`.

    All raise Unavailable when MongoDB does not answer in time.

    Construction connects to nothing. Entering makes the first edition, unless another process has done so,
    and the indexes that are not there.
    """

    def __init__(self, url: str, database: str, *, remembered: float = REMEMBERED) -> None:
        self._mongo = Mongo(url, database)
        self._remembered = remembered
        self._editions: dict[int, MongoEdition] = {}
        self._keeping = Gathering("keep copies", self._keep_all, _TOGETHER)
        self._pointer: Pointer | None = None
        self._read_at = 0.0

    async def __aenter__(self) -> Self:
        try:
            with answering(LONG):
                await self._open()
        except BaseException:
            await self._mongo.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._mongo.close()

    @property
    def mongo(self) -> Mongo:
        """The database, for what stands beside the editions."""
        return self._mongo

    async def check(self) -> None:
        """Readiness: one round trip. Raises Unavailable."""
        await self._mongo.check()

    async def keep(self, copy: Copy) -> None:
        """See `Copies`: every edition keeps it, together with what else is to be kept at the same time."""
        try:
            async with asyncio.timeout(WRITE):
                await self._keeping(copy)
        except TimeoutError as error:
            raise Unavailable(AWAY) from error

    async def _keep_all(self, copies: Sequence[Copy]) -> None:
        with answering(WRITE):
            for number in (await self._present()).editions:
                await self._edition(number).keep_all(copies)

    async def known(self, ids: Collection[UUID]) -> Mapping[UUID, Copy]:
        """See `KnownCopies`: what the active edition has. What cannot be read is not known."""
        edition = self._edition((await self._present()).active)
        known: dict[UUID, Copy] = {}
        with answering(WRITE):
            for documents in (edition.copies, edition.entries):
                for one in await documents.find({"_id": {"$in": texts(ids)}}).to_list():
                    try:
                        known[UUID(one["_id"])] = read_copy(one)
                    except UNREADABLE:
                        _log.exception("copy.refuse", id=one["_id"])
        return known

    async def refresh(self, now: datetime) -> Refreshed:
        """See `Copies`: every edition is refreshed, and shoppers are shown the active one.

        One that cannot be refreshed does not keep the others from it. What is wrong with the active one is
        raised in the end, what is wrong with any other is logged.
        """
        pointer = await self._present()
        active, *others = [await self._refreshed(number, now) for number in pointer.editions]
        for number, failed in zip(pointer.editions[1:], others, strict=True):
            if isinstance(failed, Exception):
                _log.error("edition.fail", edition=number, exc_info=failed)
        if isinstance(active, Exception):
            raise active
        composed = sum(one.composed for one in (active, *others) if isinstance(one, Refreshed))
        return Refreshed(composed=composed, shown=active.shown)

    async def _refreshed(self, number: int, now: datetime) -> Refreshed | Exception:
        try:
            return await self._edition(number).refresh(now)
        except Exception as error:
            return error

    async def search(self, wanted: Search, now: datetime) -> Found:
        """See `Catalogue`."""
        with answering(ANSWER):
            return await self._edition((await self._present()).active).search(wanted, now)

    async def find(self, key: str) -> Entry | None:
        """See `Catalogue`."""
        with answering(ANSWER):
            return await self._edition((await self._present()).active).find(key)

    async def size(self) -> Mapping[str, int]:
        """See `Catalogue`."""
        with answering(ANSWER):
            return await self._edition((await self._present()).active).size()

    async def present(self) -> MongoEdition:
        """See `Editions`."""
        return self._edition((await self._read()).active)

    async def begun(self) -> tuple[int, MongoEdition, Mapping[str, UUID]]:
        """See `Editions`."""
        pointer = await self._read()
        while pointer.building is None:
            number = pointer.last + 1
            await self._edition(number).prepare()
            await self._move(pointer, building=number, last=number, progress={})
            pointer = await self._read()
        await self._until_all_know()
        await self._drop_forgotten()
        read = {log: UUID(id) for log, id in pointer.progress.items()}
        return pointer.building, self._edition(pointer.building), read

    async def building(self) -> int | None:
        """The edition that is being written, or None. It may be asked without entering."""
        return (await self._read()).building

    async def note(self, number: int, log: str, last: UUID) -> None:
        """See `Editions`. Raises Conflict when that edition is not being written any more."""
        noted = {"$set": {f"progress.{log}": str(last)}}
        with answering(WRITE):
            done = await self._pointers.update_one({**_POINTER, "building": number}, noted)
        if not done.matched_count:
            raise _not_written(number)

    async def switch(self, number: int) -> None:
        """See `Editions`. What was read before the one before is dropped.

        Raises:
            Conflict: when that edition is neither being written nor read already.
        """
        pointer = await self._read()
        while pointer.active != number:
            if pointer.building != number:
                raise _not_written(number)
            await self._move(pointer, active=number, previous=pointer.active, building=None, progress={})
            pointer = await self._read()
        await self._until_all_know()
        await self._drop_forgotten()

    async def abandon(self, number: int) -> None:
        """See `Editions`. Nothing happens when it is not being written any more."""
        pointer = await self._read()
        while pointer.building == number:
            await self._move(pointer, building=None, progress={})
            pointer = await self._read()
        await self._until_all_know()
        await self._drop_forgotten()

    async def roll_back(self) -> bool:
        """See `Editions`. The edition that was read becomes the one before."""
        pointer = await self._read()
        while pointer.previous is not None:
            moved = await self._move(pointer, active=pointer.previous, previous=pointer.active)
            pointer = await self._read()
            if moved:
                return True
        return False

    async def _open(self) -> None:
        """Whatever others are doing at the same time, there is one pointer, and one first edition."""
        if await self._pointers.find_one(_POINTER) is None:
            first = Pointer(active=_FIRST, previous=None, building=None, last=_FIRST, progress={})
            await self._edition(_FIRST).prepare()
            with suppress(DuplicateKeyError):
                await self._pointers.insert_one({**_POINTER, **asdict(first)})
        for number in (await self._read()).editions:
            await self._edition(number).prepare()
        await self._mongo[SUSPECTS].create_indexes([*indexes.SUSPECTS])
        await self._mongo[STAGED].create_indexes([*indexes.STAGED])

    @property
    def _pointers(self) -> Documents:
        return self._mongo["store"]

    def _edition(self, number: int) -> MongoEdition:
        if number not in self._editions:
            self._editions[number] = MongoEdition(self._mongo, number)
        return self._editions[number]

    async def _present(self) -> Pointer:
        """The pointer, as it was at most a second before."""
        if self._pointer is None or time.monotonic() - self._read_at > self._remembered:
            return await self._read()
        return self._pointer

    async def _read(self) -> Pointer:
        began = time.monotonic()
        with answering(WRITE):
            found = await self._pointers.find_one(_POINTER, {"_id": 0})
        if found is None:
            raise Unavailable("The store is not there any more: start it again, then make it anew.")
        self._pointer, self._read_at = Pointer(**found), began
        return self._pointer

    async def _move(self, seen: Pointer, **changes: Any) -> bool:
        """Change the pointer unless somebody else has moved it since it was seen; tells whether it was."""
        same = {name: getattr(seen, name) for name in ("active", "previous", "building", "last")}
        with answering(WRITE):
            done = await self._pointers.update_one({**_POINTER, **same}, {"$set": changes})
        return bool(done.matched_count)

    async def _until_all_know(self) -> None:
        """Wait until no process remembers the pointer as it was before: what is kept by a process that did
        was in an event log before this was called."""
        await asyncio.sleep(2.1 * self._remembered)

    async def _drop_forgotten(self) -> None:
        """Drop the editions that have left the pointer, and what latecomers have written of them."""
        pointer = await self._read()
        with answering(LONG):
            for name in await self._mongo.database.list_collection_names():
                match = _COLLECTION.fullmatch(name)
                number = int(match[1]) if match else pointer.active
                if number <= pointer.last and number not in pointer.editions:
                    await self._mongo[name].drop()


def _not_written(number: int) -> Conflict:
    return Conflict(f"Edition {number} of the store is not being written: begin again.")
