"""A connection to the broker for as long as a block, and one kind of refusal for all trouble with it.

These are plain connections, not aio-pika's robust ones. A robust connection restores channels, queues and
consumers behind our back, declares queues again with its own idea of their arguments, and lets calls wait
while it tries. Here, whatever is lost ends the block; `kernel.background.kept_running` makes everything anew,
from the connection up, on the same path as at the first start.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractConnection

from kernel.errors import CatalogError, Unavailable
from kernel.logging import get_logger

HEARTBEAT = 5
"""Seconds. The library lets three of them go by, so that a silent link is found dead after less than 20 s."""
PATIENCE = 5.0
"""Seconds that the broker has for any answer."""
_CLOSING = 2.0  # seconds; a dead link has nobody to say goodbye to
_log = get_logger(__name__)


@asynccontextmanager
async def connected(url: str, name: str) -> AsyncIterator[AbstractConnection]:
    """A connection that the broker's management page calls `name`; whatever it carries ends with the block.

    Raises:
        Unavailable: when there is no broker, or it does not let us in.
    """
    async with answering("let us in"):
        connection = await aio_pika.connect(
            url, heartbeat=HEARTBEAT, client_properties={"connection_name": name}
        )
    try:
        yield connection
    finally:
        try:
            async with answering("part", within=_CLOSING):
                await connection.close()
        except Unavailable as error:
            _log.debug("broker.parted", connection=name, error=error)


@asynccontextmanager
async def channelled(connection: AbstractConnection) -> AsyncIterator[AbstractChannel]:
    """A channel for as long as the block, with confirms; what was got on it and not acknowledged goes back.

    Raises:
        Unavailable: when the broker does not give one.
    """
    async with answering("open a channel"):
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
    try:
        yield channel
    finally:
        try:
            async with answering("close a channel", within=_CLOSING):
                await channel.close()
        except Unavailable as error:
            _log.debug("broker.parted", error=error)


@asynccontextmanager
async def answering(what: str, within: float = PATIENCE) -> AsyncIterator[None]:
    """A block that does nothing but ask something of the broker: `what`, in a few words, for the message.

    The library's own time limits do not cover its waiting for a connection, so the whole block has one. What
    it raises is not even always an Exception: on a link that has gone silent it is a CancelledError that
    nobody has asked for, and it would end the task of a caller who took it for one.

    Raises:
        Unavailable: in place of everything that goes wrong, but for our own refusals.
    """
    try:
        async with asyncio.timeout(within):
            yield
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        raise Unavailable(f"The link to the broker was lost: it did not {what}.") from error
    except CatalogError:
        raise
    except TimeoutError as error:
        raise Unavailable(f"The broker did not {what} within {within:g} s.") from error
    except Exception as error:  # the library raises RuntimeError, ValueError and bare Exception, too
        raise Unavailable(f"The broker did not {what}: {type(error).__name__}: {error}") from error
