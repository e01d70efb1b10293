"""MongoDB through pymongo's asynchronous client: one bounded pool, every wait with a deadline."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pymongo
from pymongo import AsyncMongoClient
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import ConnectionFailure, ExecutionTimeout, OperationFailure, PyMongoError

from kernel.errors import Unavailable
from store_app.mongo.spans import CommandSpans

Documents = AsyncCollection[dict[str, Any]]

ANSWER = 1.0
"""Seconds that a shopper's question may take, the wait for a connection and for a primary included."""
WRITE = 8.0
"""Seconds that anything else may take: less than a use case has for a message, and more than a server needs
that comes back after a kill, which is 3.3 s."""
LONG = 120.0
"""Seconds for what an operator waits for: indexes of a store that is there already, say."""
_POOL = 32
AWAY = "The store's database does not answer right now; please try again soon."
_NOT_ALLOWED = frozenset({13, 18})
"""The server's numbers for a user that may not, and for one that it does not know."""


class Mongo:
    """A MongoDB database. Construction connects to nothing: the first use does.

    All writes are acknowledged by a majority: with less, a kill loses what was acknowledged.
    """

    def __init__(self, url: str, database: str) -> None:
        self._client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(
            url,
            appname="catalog-store",
            event_listeners=[CommandSpans()],
            tz_aware=True,
            maxPoolSize=_POOL,
            connectTimeoutMS=2000,
            serverSelectionTimeoutMS=int(WRITE * 1000),
            w="majority",
        )
        self._name = database

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()

    @property
    def database(self) -> AsyncDatabase[dict[str, Any]]:
        """The database."""
        return self._client[self._name]

    def __getitem__(self, collection: str) -> Documents:
        return self.database[collection]

    async def check(self) -> None:
        """Readiness: one round trip. Raises Unavailable."""
        with answering(ANSWER):
            await self.database.command("ping")


@contextmanager
def answering(seconds: float) -> Iterator[None]:
    """A block whose commands have so many seconds in all; the server gives up at that time, too.

    A cancellation that comes in the block ends it, sooner or later: `asyncio.wait_for` of Python 3.11, by
    which pymongo waits, loses one that comes when what it waits for has just been done.

    Raises:
        Unavailable: when they take longer, or the server cannot be reached or will not talk to us.
    """
    cancelled = _cancellations()
    try:
        with pymongo.timeout(seconds):
            yield
    except PyMongoError as error:
        if _is_away(error):
            raise Unavailable(AWAY) from error
        raise
    finally:
        if _cancellations() > cancelled and not isinstance(sys.exception(), asyncio.CancelledError):
            raise asyncio.CancelledError


def _cancellations() -> int:
    """How often the present task was told to end."""
    task = asyncio.current_task()
    return task.cancelling() if task else 0


def _is_away(error: PyMongoError) -> bool:
    if isinstance(error, ConnectionFailure | ExecutionTimeout) or error.timeout:
        return True
    return isinstance(error, OperationFailure) and error.code in _NOT_ALLOWED
