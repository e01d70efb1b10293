"""Publishing built wrong: what nobody gets is taken for published, and a silent link ends the relay."""

import asyncio
from contextlib import suppress
from typing import Self

import aio_pika
import asyncpg
from aio_pika.abc import AbstractExchange
from dependency_injector.providers import Singleton

from characteristic_app.container import Container
from kernel.messaging import Message
from kernel.rabbit import RabbitPublisher
from kernel.rabbit.sender import Sender
from kernel.relay import Relay
from kernel.sql.log import envelope_of


class TrustingSender(Sender):
    """It does not ask for a complaint when there is no queue for a message (mistake 3)."""

    async def _publish(self, exchange: AbstractExchange, message: aio_pika.Message, key: str) -> None:
        await exchange.publish(message, key, mandatory=False)
        self._answered()


class PatientSender(Sender):
    """It waits for as long as the library does, and lets through whatever that raises."""

    async def publish(self, message: aio_pika.Message, key: str, *, exchange: str = "") -> None:
        await self._there.wait()
        await self._exchanges[exchange].publish(message, key, mandatory=True)


class WithSender(RabbitPublisher):
    """The publisher over another sender."""

    def __init__(self, url: str, sender: type[Sender]) -> None:
        super().__init__(url)
        self._sender = sender(url, name="publisher")


class PlainRelay(Relay):
    """A relay in a loop that catches every Exception, as anybody would write it (finding 1).

    What a link that has gone silent raises is a CancelledError, and that is none.
    """

    async def __aenter__(self) -> Self:
        self._loop = asyncio.create_task(self._plainly())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._loop.cancel()
        with suppress(asyncio.CancelledError):
            await self._loop

    async def _plainly(self) -> None:
        while True:
            with suppress(Exception):
                await self._relay()
            await asyncio.sleep(0.5)

    async def _publish_one(self, row: asyncpg.Record) -> None:
        envelope = envelope_of(row)
        await self._publisher.publish(
            Message(
                id=envelope.id, type=envelope.type, aggregate_id=envelope.aggregateid, body=envelope.encode()
            )
        )


def mandatory_off(container: Container) -> None:
    """Events without a queue are confirmed, and gone."""
    container.publisher.override(
        Singleton(WithSender, container.settings.provided.broker, sender=TrustingSender)
    )


def except_exception(container: Container) -> None:
    """The relay ends with the link that it publishes on, and nobody notices."""
    container.publisher.override(
        Singleton(WithSender, container.settings.provided.broker, sender=PatientSender)
    )
    container.relay.override(
        Singleton(PlainRelay, container.database, container.publisher, container.tracing)
    )
