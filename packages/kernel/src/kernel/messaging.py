"""Events on their way from one context to the others: the ports, and what a message is.

A publisher hands over messages that are in the event log already; a consumer names what it wants to hear
and the use cases to call. In between stands RabbitMQ (`kernel.rabbit`), or, where all apps share a process,
the bus (`kernel.bus`). Both give the same promises, held by one contract suite: a message comes at least
once, the messages of one aggregate begin to be handled in the order of its versions, and whatever cannot be
handled is parked with its reason, never lost.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import to_json

from kernel.domain import EVENT_TYPE
from kernel.errors import CatalogError, Conflict, TooMany, Unavailable
from kernel.logging import bind_context, unbind_context
from kernel.metrics import Gauge, Look, Metrics, Reading
from kernel.origin import Origin, originating
from kernel.redaction import faults_of
from kernel.tracing import MESSAGE_ID, Tracing

M = TypeVar("M")

LARGEST = 1024 * 1024
"""The most bytes of a message. The store of aggregates refuses a document that would not fit into one."""
DEADLINE = 10.0
"""Seconds that a use case may take for one message: less than a transaction may be idle (`kernel.sql`),
and far less than a broker waits, which is half an hour."""
RETRIES = (5.0, 30.0, 300.0)
"""Seconds before a second, a third, and each further try."""
MOST_ATTEMPTS = 10
LANES = 8
"""Messages of a consumer that are handled at once: fewer than a service has connections to its database."""
CONTENT_TYPE = "application/cloudevents+json"
MESSAGES = Gauge(
    "catalog.consumer.messages",
    "{message}",
    "Messages of a consumer that are ready for it, wait to be tried again, or are parked.",
)
Outcome = Literal["handled", "retried", "parked"]
"""What became of a message: it was handled, or is tried again, or nobody will handle it."""


class Envelope(BaseModel):
    """A CloudEvents 1.0 envelope, in its structured JSON form.

    `data` is the full state of the aggregate at `aggregateversion`; of a deleted one the last.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: str = Field("1.0", pattern=r"^1\.0$")
    id: UUID
    type: str = Field(pattern=EVENT_TYPE)
    source: str
    subject: str
    time: datetime
    aggregateid: UUID
    aggregateversion: int = Field(ge=1)
    correlationid: str = ""
    causationid: str = ""
    traceparent: str = ""
    tracestate: str = ""
    actor: str = ""
    dataschema: str = ""
    data: dict[str, Any]

    @property
    def trace(self) -> dict[str, str]:
        """The trace context it carries, as headers."""
        return {"traceparent": self.traceparent, "tracestate": self.tracestate}

    def encode(self) -> bytes:
        """The JSON text."""
        return to_json(dict(self))

    @classmethod
    def decode(cls, body: bytes) -> "Envelope":
        """Read the JSON text of a stranger.

        Raises:
            Malformed: saying where it is wrong.
        """
        if len(body) > LARGEST:
            raise Malformed(f"The message is larger than {LARGEST} bytes.")
        try:
            return cls.model_validate_json(body)
        except ValidationError as error:
            raise Malformed(f"The message is no envelope: {faults_of(error)}") from None


@dataclass(frozen=True, kw_only=True)
class Message:
    """What travels: an encoded envelope, and beside it what the way there needs to know.

    `attempts` counts the tries to publish it that have failed.
    """

    id: UUID
    type: str
    aggregate_id: UUID
    body: bytes
    attempts: int = 0


class Malformed(CatalogError):
    """A message that cannot be understood, today or ever."""

    code = "malformed"


class Undelivered(Unavailable):
    """This message could not be handed over now, whatever may become of others: it is tried again later."""

    code = "undelivered"


class Unroutable(Undelivered):
    """Nobody would get this message: a queue or a binding that should be there is not."""

    code = "unroutable"


@dataclass(frozen=True)
class Refusal:
    """Who will never take a message, and why."""

    who: str
    reason: str


class Refused(CatalogError):
    """A message that somebody will never take; everybody else has it."""

    code = "refused"

    def __init__(self, *refusals: Refusal) -> None:
        super().__init__("; ".join(f"{one.who}: {one.reason}" for one in refusals))
        self.refusals = refusals


class Publisher(Protocol):
    """Takes messages out of this process, or hands them round in it."""

    async def publish(self, message: Message) -> None:
        """Return when the message is safe with everybody it is for.

        Raises:
            Undelivered: when this one is not now, and may be later.
            Unavailable: when none is now, and all may be later.
            Refused: when somebody will never take it.
        """

    async def check(self) -> None:
        """Readiness. Raises Unavailable while nobody would take a message."""


class Inbox(Protocol):
    """What a consumer has done already, so that a message that comes again does nothing."""

    def once(self, consumer: str, event: UUID) -> AbstractAsyncContextManager[bool]:
        """Do something about an event at most once: True when it was not done yet.

        What is done in the block and the note that it was done are one transaction.
        """

    async def suspect(self, consumer: str, event: UUID) -> int:
        """Note that the handling of an event begins which was begun before and whose end nobody saw.

        Returns how often that was noted before: whoever kills its process again and again is found by that.
        """

    async def acquit(self, consumer: str, event: UUID) -> None:
        """Take back what was noted: the handling of the event has ended, if only by failing."""


Handle = Callable[[M], Awaitable[object]]


@dataclass(frozen=True)
class _Wish:
    read: TypeAdapter[Any]
    use_case: Callable[[], Handle[Any]]


class Consumer:
    """What one app wants to hear, and which use case hears it. `name` is also the name of its queue.

    So many `lanes` of messages are handled at once, those of one aggregate in one lane.
    """

    def __init__(
        self,
        name: str,
        inbox: Inbox,
        tracing: Tracing,
        metrics: Metrics | None = None,
        *,
        lanes: int = LANES,
    ) -> None:
        self.name = name
        self.inbox = inbox
        self.lanes = lanes
        self._tracing = tracing
        self._durations = (metrics or Metrics(tracing.service)).durations(
            "messaging.process.duration", "Seconds in which a message was handled, or was not."
        )
        self._wishes: dict[str, _Wish] = {}

    def on(self, type: str, model: Any, use_case: Callable[[], Handle[Any]]) -> "Consumer":
        """Hear events of a type: `data` is read as `model`, without the names that it does not have.

        `use_case` makes what hears it, once for each event.
        """
        self._wishes[type] = _Wish(TypeAdapter(model), use_case)
        return self

    @property
    def types(self) -> frozenset[str]:
        """The types of events it wants to hear."""
        return frozenset(self._wishes)

    def read(self, type: str, data: Any) -> Any:
        """What the consumer understands of the data of an event.

        Raises:
            Malformed: when its type or its data is not what was agreed on.
        """
        wish = self._wishes.get(type)
        if wish is None:
            raise Malformed(f"{self.name} does not know events of the type {type}.")
        try:
            return wish.read.validate_python(data)
        except ValidationError as error:
            raise Malformed(f"The data of {type} is not what was agreed on: {faults_of(error)}") from None

    async def receive(self, envelope: Envelope, *, again: bool) -> None:
        """Let the use case hear the event, at most once, in the trace and on behalf of who caused it.

        `again` tells that it may have been delivered before.

        Raises:
            Malformed: when its type or its data is not what was agreed on.
            TimeoutError: when the use case does not end within ten seconds.
            Exception: whatever the use case raises; nothing is kept then.
        """
        fields = {"service": self._tracing.service, "correlation_id": envelope.correlationid}
        origin = Origin(correlation_id=envelope.correlationid, causation_id=str(envelope.id))
        told = {MESSAGE_ID: str(envelope.id)}
        with (
            self._tracing.receiving(envelope.type, envelope.trace, again=again, attributes=told),
            originating(origin),
        ):
            bound = bind_context(**fields, message_id=told[MESSAGE_ID])
            try:
                async with asyncio.timeout(DEADLINE):
                    await self._handle(envelope)
            finally:
                unbind_context(bound)

    def ended(self, type: str, outcome: Outcome, seconds: float) -> None:
        """Measure what became of a message of a type; whoever has delivered it knows, and tells."""
        known = type if type in self._wishes else "unknown"  # a stranger's types have no end
        self._durations.record(seconds, {"cloudevents.event_type": known, "outcome": outcome})

    async def _handle(self, envelope: Envelope) -> None:
        event = self.read(envelope.type, envelope.data)
        async with self.inbox.once(self.name, envelope.id) as fresh:
            if fresh:
                await self._wishes[envelope.type].use_case()(event)


class Subscriptions(Protocol):
    """Brings messages to a consumer."""

    def subscribe(self, consumer: Consumer) -> AbstractAsyncContextManager[object]:
        """Deliver to the consumer while the context is open; leaving it waits for what is being handled."""

    async def check(self) -> None:
        """Readiness. Raises Unavailable while there is a consumer to whom nothing is delivered."""

    async def waiting(self, consumer: str) -> Mapping[str, int]:
        """How many messages of a consumer are `ready`, wait for another try (`retry`), or are `parked`.

        What cannot be told is left out. Raises Unavailable while nothing can be told.
        """


def backlog(subscriptions: Subscriptions, consumer: Consumer) -> Look:
    """What waits for a consumer, for metrics."""

    async def look() -> Iterable[Reading]:
        found = await subscriptions.waiting(consumer.name)
        return [(MESSAGES, n, {"consumer": consumer.name, "state": state}) for state, n in found.items()]

    return look


def may_heal(error: Exception) -> bool:
    """Whether time may mend it: what is away, slow or busy comes back, and a lost race can be run again."""
    return isinstance(error, Unavailable | Conflict | TooMany | TimeoutError)


def patience(error: Exception, attempts: int, *, most: int = MOST_ATTEMPTS) -> float | None:
    """Seconds until a message is tried again after `attempts` failures; None when it is parked.

    What time may heal is tried for about half an hour. A fault of ours gets two more tries, soon, because
    a deployment or a lost race may have caused it; what was understood and refused gets none.
    """
    if may_heal(error):
        return RETRIES[min(attempts, len(RETRIES)) - 1] if attempts < most else None
    if isinstance(error, CatalogError) or attempts > 2:
        return None
    return RETRIES[0]
