"""P15: dead letters are replayable: after the fix each has its effect once, whoever dies on the way."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
from aio_pika.abc import AbstractIncomingMessage

from kernel.domain import new_id
from kernel.messaging import Envelope
from kernel.rabbit import RabbitDeadLetters
from kernel.rabbit.copies import AGGREGATE, ATTEMPTS, REASON
from kernel.sql.log import LOGGED, envelope_of
from tests.processes import eventually
from tests.resilience.harness.child import Child
from tests.resilience.harness.copying import NAME
from tests.resilience.harness.quiet import parked
from tests.resilience.harness.raw import lying_in
from tests.resilience.harness.replaying import RETURNED
from tests.resilience.harness.servers import COPY, QUEUE, SERVICE, Servers
from tests.resilience.harness.sizes import sized
from tests.resilience.harness.stack import Stack, harness

pytestmark = pytest.mark.real

LETTERS = sized(200)
MORE = 20
RATE = 25.0
"""The most a second."""
BROKEN = {"COPY_FAILING": "c-"}


async def promise(stack: Stack) -> None:
    """Park, mend, and replay three times, the first of which dies; then park some more, and drop a few."""
    published = await _park(stack, LETTERS)
    stack.kill("consumer-1")
    await _replay_and_die(stack, LETTERS // 3)
    again = await lying_in(stack.servers.rabbitmq.url, QUEUE.name)
    assert len(again) >= LETTERS // 3
    _require_unchanged(again, published)

    await stack.start("consumer-1", COPY_FAILING="")
    rest = len(await parked(stack.servers))
    assert LETTERS - len(again) <= rest <= LETTERS - len(again) + 1, "the last may be there twice"
    count, rate = await _replay(stack)
    print(f"seed={stack.seed} letters={len(published)} rest={rest} rate={rate:.2f}")  # noqa: T201
    assert count == rest
    assert 0.9 * RATE <= rate <= 1.1 * RATE
    await stack.check()
    assert await _effects(stack.servers) == sorted(published)
    assert await _replay(stack) == (0, 0.0)

    await stack.restart("consumer-1")
    more = sorted((await _park(stack, MORE)).keys() - published.keys())
    await _require_exact_drops(stack.servers, more)
    assert await _effects(stack.servers) == sorted(published)


async def _park(stack: Stack, count: int) -> Mapping[UUID, bytes]:
    """Write until so many events more are parked; returns all that was published, by the id of the event."""
    due = len(await _published(stack.servers)) + count
    while (missing := due - len(await _published(stack.servers))) > 0:
        await stack.writers(count=min(4, missing), most=missing, aggregates=count).run()
    await stack.quiet()
    assert len(await parked(stack.servers)) == count
    return await _published(stack.servers)


async def _published(servers: Servers) -> Mapping[UUID, bytes]:
    connection = await asyncpg.connect(servers.database(SERVICE))
    rows = await connection.fetch(f"select {LOGGED} from event_log log")  # noqa: S608  # our own columns
    await connection.close()
    return {row["event_id"]: envelope_of(row).encode() for row in rows}


async def _replay_and_die(stack: Stack, most: int) -> None:
    """Begin a replay, and kill it when it has handed over so many."""
    child = _replaying(stack, "replay-killed")
    await asyncio.to_thread(child.start, wait=False)
    await asyncio.to_thread(eventually, lambda: len(child.log.read_text().splitlines()) >= most, 30.0)
    child.kill()
    child.close()
    assert RETURNED not in child.log.read_text()


async def _replay(stack: Stack) -> tuple[int, float]:
    """Replay all; returns what was returned, and how many a second that were."""
    child = _replaying(stack, f"replay-{new_id()}")
    await asyncio.to_thread(child.start, wait=False)
    await asyncio.to_thread(eventually, lambda: RETURNED in child.log.read_text(), 20 + LETTERS / RATE)
    child.close()
    *said, returned = map(str.split, child.log.read_text().splitlines())
    assert [int(count) for count, _ in said] == list(range(1, len(said) + 1))
    count = int(returned[1])
    return count, (count - 1) / (float(said[-1][1]) - float(said[0][1])) if count > 1 else 0.0


def _replaying(stack: Stack, name: str) -> Child:
    env = {"REPLAY_BROKER_URL": stack.servers.rabbitmq.url, "REPLAY_RATE": str(RATE)}
    return Child(name, "tests.resilience.harness.replaying", env, stack.heard.parent, lambda _: True)


def _require_unchanged(again: Sequence[AbstractIncomingMessage], published: Mapping[UUID, bytes]) -> None:
    """What is handed over again is what was published, trace and all, and says why it had been parked."""
    for message in again:
        assert message.message_id is not None
        body = published[UUID(message.message_id)]
        envelope = Envelope.decode(body)
        assert message.body == body
        assert message.type == envelope.type
        assert envelope.traceparent
        assert message.headers[AGGREGATE] == str(envelope.aggregateid)
        assert message.headers[ATTEMPTS] == 0
        assert str(message.headers[REASON]).startswith("RuntimeError: planned for c-")


async def _effects(servers: Servers) -> list[UUID]:
    connection = await asyncpg.connect(servers.database(COPY))
    rows = await connection.fetch("select event_id from effect order by event_id")
    await connection.close()
    return [id for (id,) in rows]


async def _require_exact_drops(servers: Servers, more: Collection[UUID]) -> None:
    """What is dropped is gone, and nothing else is."""
    letters = RabbitDeadLetters(servers.rabbitmq.url, [NAME])
    few = {*list(more)[::4]}
    assert await letters.drop(NAME, few | {new_id()}) == len(few)
    assert await parked(servers) == set(more) - few
    assert await letters.drop(NAME, few) == 0
    assert await letters.drop(NAME, None) == len(more) - len(few)
    assert await parked(servers) == set()


async def test_after_the_fix_each_letter_has_its_effect_once(servers: Servers, tmp_path: Path) -> None:
    with harness(servers, tmp_path, services=1, consumer_env=BROKEN) as stack:
        await promise(stack)
