"""The queues of a consumer as data, and what is published in place of a delivery. No broker is needed."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from aio_pika import DeliveryMode, Message

from kernel.errors import Unavailable
from kernel.messaging import MOST_ATTEMPTS, RETRIES, Envelope, patience
from kernel.rabbit.copies import aggregate_of, attempts_of, parked, replayed, tried
from kernel.rabbit.topology import Queue

QUEUE = Queue("search", ["price.*.v1"])
WAITING = {
    "x-queue-type": "quorum",
    "x-dead-letter-exchange": "",
    "x-dead-letter-strategy": "at-least-once",
    "x-overflow": "reject-publish",
    "x-max-length": 1_000_000,
}


def test_a_consumer_has_five_queues() -> None:
    assert list(QUEUE.arguments) == [
        "search",
        "search.retry.5s",
        "search.retry.30s",
        "search.retry.5min",
        "search.parked",
    ]


def test_a_consumer_reaches_what_stands_beside_its_queue_by_an_exchange_of_its_own() -> None:
    assert QUEUE.copies == "search.copies"
    assert set(QUEUE.copied_to) == set(QUEUE.arguments) - {"search"}


def test_what_is_delivered_too_often_is_parked_by_the_broker() -> None:
    wanted = {
        **WAITING,
        "x-dead-letter-routing-key": "search.parked",
        "x-delivery-limit": 50,
        "x-single-active-consumer": True,
    }
    assert QUEUE.arguments["search"] == wanted


@pytest.mark.parametrize(("tier", "milliseconds"), [("5s", 5_000), ("30s", 30_000), ("5min", 300_000)])
def test_a_tier_gives_back_to_its_queue(tier: str, milliseconds: int) -> None:
    assert QUEUE.arguments[f"search.retry.{tier}"] == {
        **WAITING,
        "x-dead-letter-routing-key": "search",
        "x-message-ttl": milliseconds,
        "x-delivery-limit": 2**31 - 1,
    }


def test_what_is_parked_stays_until_somebody_comes() -> None:
    assert QUEUE.arguments["search.parked"] == {"x-queue-type": "quorum", "x-delivery-limit": 2**31 - 1}


@pytest.mark.parametrize(
    ("seconds", "tier"),
    [(0.0, "5s"), (5.0, "5s"), (5.1, "30s"), (30.0, "30s"), (31.0, "5min"), (300.0, "5min"), (999.0, "5min")],
)
def test_a_wait_is_never_shortened(seconds: float, tier: str) -> None:
    assert QUEUE.retry_after(seconds).name == f"search.retry.{tier}"


def test_tiers_stand_for_the_usual_ones_by_their_place() -> None:
    queue = Queue("search", [], tiers=(0.05, 1.5))
    assert [queue.retry_after(seconds).name for seconds in RETRIES] == [
        "search.retry.50ms",
        "search.retry.1.5s",
        "search.retry.1.5s",
    ]


def test_every_wait_has_its_tier() -> None:
    waits = [patience(Unavailable("away"), attempts) for attempts in range(1, MOST_ATTEMPTS)]
    assert [QUEUE.retry_after(wait).seconds for wait in waits if wait is not None] == waits


def delivered() -> Message:
    return Message(
        b"{}",
        message_id="7",
        type="price.defined.v1",
        content_type="application/json",
        expiration=1,
        user_id="somebody",
        headers={"aggregate": "9", "x-attempts": 2, "x-death": [], "x-delivery-count": 4, "colour": "red"},
    )


def test_a_copy_keeps_what_the_publisher_wrote_and_nothing_of_the_broker() -> None:
    copy = tried(delivered(), 3)
    assert copy.headers == {"aggregate": "9", "x-attempts": 3, "colour": "red"}
    assert (copy.body, copy.message_id, copy.type) == (b"{}", "7", "price.defined.v1")
    assert (copy.delivery_mode, copy.expiration, copy.user_id) == (DeliveryMode.PERSISTENT, None, None)


def test_a_parked_copy_says_why_and_since_when() -> None:
    copy = parked(delivered(), 3, "Malformed: no", "search")
    at = datetime.fromisoformat(str(copy.headers.pop("x-parked-at")))
    assert abs((datetime.now(UTC) - at).total_seconds()) < 5
    assert copy.headers == {
        "aggregate": "9",
        "colour": "red",
        "x-attempts": 3,
        "x-parked-reason": "Malformed: no",
        "x-parked-from": "search",
    }


def test_a_replayed_copy_begins_anew_and_remembers() -> None:
    copy = replayed(parked(delivered(), 3, "Malformed: no", "search"), "Malformed: no")
    assert (copy.headers["x-attempts"], copy.headers["x-parked-reason"]) == (0, "Malformed: no")


def test_a_copy_of_a_nameless_message_can_be_named() -> None:
    assert UUID(tried(Message(b""), 1).message_id).version == 4


@pytest.mark.parametrize(("header", "attempts"), [(3, 3), ("many", 0), (None, 0)])
def test_attempts_are_believed_when_they_are_a_number(header: int | str | None, attempts: int) -> None:
    assert attempts_of(Message(b"", headers={"x-attempts": header})) == attempts


def test_the_aggregate_is_in_the_header_or_in_the_envelope() -> None:
    id = uuid4()
    envelope = Envelope(
        id=uuid4(),
        type="price.defined.v1",
        source="/prices",
        subject="price",
        time=datetime.now(UTC),
        aggregateid=id,
        aggregateversion=1,
        data={},
    )
    assert aggregate_of(Message(b"", headers={"aggregate": "9"})) == "9"
    assert aggregate_of(Message(envelope.encode())) == str(id)
    assert aggregate_of(Message(b"nonsense")) == ""
