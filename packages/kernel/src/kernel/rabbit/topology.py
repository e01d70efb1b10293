"""Which queues there are, as data; created by a command of its own, and only looked at by the apps.

Each consumer has a queue of its name. Beside it stand its retry tiers, in which a message waits until its
time is up and then returns, and its parked queue for what nobody could handle; it reaches them by an exchange
of its own. All are quorum queues, and each forgets a message only when the next one has confirmed it.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from aio_pika import ExchangeType
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractExchange
from aio_pika.exceptions import ChannelNotFoundEntity, ChannelPreconditionFailed

from kernel.errors import Conflict, Unavailable
from kernel.messaging import RETRIES
from kernel.rabbit.connection import answering, channelled, connected

EXCHANGE = "catalog.events"
"""Where all events go; the routing key is the event's type."""
MOST_MESSAGES = 1_000_000
"""The most messages of a queue. One more is refused, and stays with whoever wanted to publish it."""
_LAST_NET = 50
# RabbitMQ 3.10 has no limit of deliveries unless told, 4.x has 20, and only 4.x understands -1 as none. So
# every queue says its own, in a way that both understand.
_NO_LIMIT = 2**31 - 1
_DELIVERY_LIMIT = "x-delivery-limit"

Arguments = dict[str, str | int]


@dataclass(frozen=True)
class Retry:
    """A tier in which messages of a queue wait: the queue's name, and the seconds."""

    name: str
    seconds: float


@dataclass(frozen=True)
class Queue:
    """The queue of a consumer: its name, what is bound to it, and the seconds of its retry tiers.

    `types` are types of events, or patterns of them: in "characteristic.*.v1" the star is one word.
    """

    name: str
    types: Collection[str]
    tiers: tuple[float, ...] = RETRIES

    @property
    def parked(self) -> str:
        """The name of the queue for what could not be handled."""
        return f"{self.name}.parked"

    @property
    def copies(self) -> str:
        """The name of the exchange by which its consumer, and nobody else, hands over what it cannot handle.

        The default exchange would do as well; but who may write to that may write to every queue.
        """
        return f"{self.name}.copies"

    @property
    def copied_to(self) -> tuple[str, ...]:
        """The queues behind that exchange; each is bound by its own name."""
        return (*(retry.name for retry in self.retries), self.parked)

    @property
    def retries(self) -> tuple[Retry, ...]:
        """Its retry tiers, the shortest first."""
        return tuple(Retry(f"{self.name}.retry.{_spoken(seconds)}", seconds) for seconds in self.tiers)

    def retry_after(self, seconds: float) -> Retry:
        """The tier for a wait of so many seconds: the nearest that is not shorter, or the last.

        Tiers stand for those of `kernel.messaging.RETRIES` by their place, so tests may have short ones.
        """
        place = next((place for place, most in enumerate(RETRIES) if most >= seconds), len(RETRIES))
        return self.retries[min(place, len(self.tiers) - 1)]

    @property
    def arguments(self) -> Mapping[str, Arguments]:
        """All queues of this consumer, with the arguments they are declared with."""
        waiting = {
            retry.name: {
                **_handing_over_to(self.name),
                "x-message-ttl": round(retry.seconds * 1000),
                _DELIVERY_LIMIT: _NO_LIMIT,
            }
            for retry in self.retries
        }
        return {
            # Of several processes one is delivered to and the others stand by: two would mix up the order.
            self.name: {
                **_handing_over_to(self.parked),
                _DELIVERY_LIMIT: _LAST_NET,
                "x-single-active-consumer": True,
            },
            **waiting,
            self.parked: {"x-queue-type": "quorum", _DELIVERY_LIMIT: _NO_LIMIT},
        }


async def apply(url: str, queues: Collection[Queue]) -> None:
    """Create the exchange, the queues and their bindings; what is there already stays.

    Raises:
        Conflict: when something is there with other properties than it should have.
        Unavailable: when the broker does not do it.
    """
    async with connected(url, "topology") as connection, channelled(connection) as channel:
        async with answering(f"create the exchange {EXCHANGE}"):
            with _explained(f"exchange {EXCHANGE}"):
                await channel.declare_exchange(EXCHANGE, ExchangeType.TOPIC, durable=True)
        for queue in queues:
            await _create(channel, queue)


async def verify(connection: AbstractConnection, queue: Queue) -> None:
    """See that everything a consumer needs is there; what is bound cannot be seen through AMQP.

    Raises:
        Unavailable: saying what is missing and what creates it, or that the broker does not answer.
    """
    async with channelled(connection) as channel:
        for name in (EXCHANGE, queue.copies):
            await exchange(channel, name)
        for name in queue.arguments:
            await inspect(channel, name)


async def exchange(channel: AbstractChannel, name: str = EXCHANGE) -> AbstractExchange:
    """An exchange that must be there, by default that of all events.

    Raises:
        Unavailable: when there is none, or the broker does not answer; the channel is closed then.
    """
    async with answering("say whether there is an exchange"):
        with _explained(f"exchange {name}"):
            return await channel.declare_exchange(name, passive=True)


async def inspect(channel: AbstractChannel, name: str) -> tuple[int, int]:
    """How many messages are ready in a queue, and how many consumers it has.

    Raises:
        Unavailable: when there is no such queue, or the broker does not answer; the channel is closed then.
    """
    async with answering(f"say whether there is a queue {name}"):
        with _explained(f"queue {name}"):
            found = await channel.declare_queue(name, passive=True)
    counted = found.declaration_result
    return counted.message_count or 0, counted.consumer_count or 0


async def _create(channel: AbstractChannel, queue: Queue) -> None:
    for name, arguments in queue.arguments.items():
        async with answering(f"create the queue {name}"):
            with _explained(f"queue {name}"):
                await channel.declare_queue(name, durable=True, arguments=dict(arguments))
    async with answering(f"create the exchange {queue.copies}"):
        with _explained(f"exchange {queue.copies}"):
            await channel.declare_exchange(queue.copies, ExchangeType.DIRECT, durable=True)
    for bound, source, key in (
        *((queue.name, EXCHANGE, type) for type in queue.types),
        *((name, queue.copies, name) for name in queue.copied_to),
    ):
        async with answering(f"bind {bound} to {key}"):
            await (await channel.get_queue(bound, ensure=False)).bind(source, key)


@contextmanager
def _explained(what: str) -> Iterator[None]:
    """Say what it means that the broker does not find `what`, or finds it otherwise."""
    try:
        yield
    except ChannelNotFoundEntity as error:
        raise Unavailable(f"The broker has no {what}: run `catalog broker apply`.") from error
    except ChannelPreconditionFailed as error:
        raise Conflict(
            f"The {what} is there with other properties: once it is empty, delete it, "
            f"then run `catalog broker apply`. ({error})"
        ) from error


def _handing_over_to(queue: str) -> Arguments:
    """What makes a quorum queue keep a message until `queue` has it, and refuse one rather than drop one."""
    return {
        "x-queue-type": "quorum",
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": queue,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
        "x-max-length": MOST_MESSAGES,
    }


def _spoken(seconds: float) -> str:
    """A number of seconds as people say it: 5s, 5min, 50ms."""
    if seconds >= 60 and seconds % 60 == 0:
        return f"{seconds / 60:g}min"
    return f"{seconds:g}s" if seconds >= 1 else f"{seconds * 1000:g}ms"
