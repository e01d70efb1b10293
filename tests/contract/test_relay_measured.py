"""What is measured of the outbox of a service, over a real database."""

from kernel.errors import Unavailable
from kernel.messaging import Envelope, Refusal, Refused, Undelivered
from kernel.metrics import Metrics
from kernel.sql import RefusedEvents
from tests.contract.carriers import eventually
from tests.contract.relaying import Listener, Start, Writer
from tests.measured import labelled, measured


async def test_what_waits_and_what_was_refused_is_told(
    writer: Writer, listener: Listener, relay: Start
) -> None:
    metrics = Metrics("tests", remembered=0.0)

    async def answer(envelope: Envelope) -> None:
        if envelope.data["name"] == "poison":
            raise Refused(Refusal("store", "cannot read it"), Refusal("other", "nor can I"))
        if envelope.data["name"] == "late":
            raise Undelivered("not now")

    listener.answer = answer
    for name in ("poison", "late", "early"):
        await writer.define(name)
    async with relay() as running:
        metrics.watch("outbox", running.measured)
        metrics.watch("refused events", RefusedEvents(writer.database).measured)

        async def one_waits() -> bool:
            text = (await metrics.told()).decode()
            return measured(text, "catalog_outbox_failing") == [1]

        await eventually(one_waits)
        text = (await metrics.told()).decode()
        assert measured(text, "catalog_outbox_pending") == [1]
        (age,) = measured(text, "catalog_outbox_oldest_age_seconds")
        assert 0 < age < 60
        assert labelled(text, "catalog_outbox_refused", "consumer") == {"store": 1, "other": 1}
        modes = labelled(text, "catalog_relay_mode", "mode")
        assert modes.pop(running.mode) == 1
        assert set(modes.values()) == {0}
        assert len(modes) == 4
    text = (await metrics.told()).decode()
    assert labelled(text, "catalog_relay_mode", "mode")["away"] == 1
    assert measured(text, "catalog_outbox_pending") == []  # nobody knows without a leader


async def test_a_relay_that_nobody_listens_to_is_blocked(
    writer: Writer, listener: Listener, relay: Start
) -> None:
    metrics = Metrics("tests", remembered=0.0)

    async def away(envelope: Envelope) -> None:
        raise Unavailable("planned")

    listener.answer = away
    await writer.define("First")
    async with relay() as running:
        metrics.watch("outbox", running.measured)

        async def blocked() -> bool:
            text = (await metrics.told()).decode()
            return labelled(text, "catalog_relay_mode", "mode")["blocked"] == 1

        await eventually(blocked)
