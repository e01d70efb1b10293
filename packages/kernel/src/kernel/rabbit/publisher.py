"""Events to the broker: the port `Publisher`."""

from contextlib import AbstractAsyncContextManager
from typing import Self

import aio_pika
from aio_pika import DeliveryMode

from kernel.messaging import CONTENT_TYPE, LARGEST, Message, Refusal, Refused
from kernel.rabbit.copies import AGGREGATE
from kernel.rabbit.sender import Sender
from kernel.rabbit.topology import EXCHANGE

_LONGEST_KEY = 255  # bytes, as AMQP has it


class RabbitPublisher(AbstractAsyncContextManager["RabbitPublisher"]):
    """See `Publisher`. Constructing it connects to nothing; while there is no broker, publishing is refused.

    Many calls may be under way at once; they keep the order they were made in. `name` is that of its
    connection on the broker's management page, as a rule the service.
    """

    def __init__(self, url: str, *, name: str = "publisher") -> None:
        self._sender = Sender(url, name=name)

    async def __aenter__(self) -> Self:
        await self._sender.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._sender.__aexit__()

    async def check(self) -> None:
        """Readiness. Raises Unavailable while there is no connection."""
        await self._sender.check()

    async def publish(self, message: Message) -> None:
        """See `Publisher`. Returns or raises within five seconds.

        Raises:
            Unroutable: when no queue is bound for events of this type.
            Undelivered: when a queue is full.
            Unavailable: when the broker is away or silent.
            Refused: when no broker would ever take it.
        """
        if len(message.body) > LARGEST:
            raise Refused(Refusal("broker", f"The message is larger than {LARGEST} bytes."))
        if not message.type.isascii() or not 0 < len(message.type) <= _LONGEST_KEY:
            raise Refused(Refusal("broker", "The type of the message is no routing key."))
        sent = aio_pika.Message(
            message.body,
            message_id=str(message.id),
            type=message.type,
            content_type=CONTENT_TYPE,
            delivery_mode=DeliveryMode.PERSISTENT,
            headers={AGGREGATE: str(message.aggregate_id)},
        )
        await self._sender.publish(sent, message.type, exchange=EXCHANGE)
