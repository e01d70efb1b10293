"""What is published in the place of a message that was delivered: the same one, with a note about its fate.

Body, id, type and whatever the publisher has written into the headers stay. Our notes begin with `x-`.
"""

from datetime import UTC, datetime
from uuid import uuid4

from aio_pika import DeliveryMode, Message
from aio_pika.abc import AbstractMessage, HeadersType

from kernel.messaging import Envelope, Malformed

AGGREGATE = "aggregate"
"""The header with the aggregate's id, as text."""
ATTEMPTS = "x-attempts"
"""The header with the number of tries to handle a message that have failed."""
REASON = "x-parked-reason"
PARKED_AT = "x-parked-at"
"""The header with the time, in UTC and as ISO 8601 has it."""
PARKED_FROM = "x-parked-from"
"""The header with the name of the queue."""
# What the broker writes when it hands a message on by itself. It reads them, too, to find messages that go
# round in circles, and ours do so on purpose.
_OF_THE_BROKER = ("x-death", "x-first-death-", "x-last-death-", "x-delivery-count", "x-acquired-count")


def attempts_of(message: AbstractMessage) -> int:
    """How many tries to handle it have failed."""
    value = message.headers.get(ATTEMPTS)
    return max(0, value) if isinstance(value, int) else 0


def aggregate_of(message: AbstractMessage) -> str:
    """The id of the aggregate that it is about, or "" when nobody can tell."""
    if isinstance(value := message.headers.get(AGGREGATE), str):
        return value
    try:
        return str(Envelope.decode(message.body).aggregateid)
    except Malformed:
        return ""


def tried(message: AbstractMessage, attempts: int) -> Message:
    """The copy that waits for another try after so many that have failed."""
    return _copy(message, {ATTEMPTS: attempts})


def parked(message: AbstractMessage, attempts: int, reason: str, queue: str) -> Message:
    """The copy that says why it could not be handled, and in which queue it was."""
    at = datetime.now(UTC).isoformat()
    return _copy(message, {ATTEMPTS: attempts, REASON: reason, PARKED_AT: at, PARKED_FROM: queue})


def replayed(message: AbstractMessage, reason: str) -> Message:
    """The copy that is handled as if for the first time; why it had been parked stays in it."""
    return _copy(message, {ATTEMPTS: 0, REASON: reason})


def _copy(message: AbstractMessage, notes: HeadersType) -> Message:
    kept = {name: value for name, value in message.headers.items() if not name.startswith(_OF_THE_BROKER)}
    # Neither `user_id`, which must be the publisher's own, nor `expiration`, which would lose it some day.
    return Message(
        message.body,
        message_id=message.message_id or str(uuid4()),  # by which a person can name it
        type=message.type,
        content_type=message.content_type,
        content_encoding=message.content_encoding,
        correlation_id=message.correlation_id,
        timestamp=message.timestamp,
        delivery_mode=DeliveryMode.PERSISTENT,
        headers={**kept, **notes},
    )
