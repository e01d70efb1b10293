"""P14: a poison message hurts only itself: it is parked soon, and nothing else is."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kernel.dead_letters import DeadLetter
from kernel.domain import new_id
from kernel.errors import CatalogError
from kernel.messaging import Envelope
from kernel.rabbit import RabbitDeadLetters
from tests.resilience.harness.copying import NAME
from tests.resilience.harness.quiet import parked
from tests.resilience.harness.raw import publish
from tests.resilience.harness.servers import Servers
from tests.resilience.harness.sizes import sized
from tests.resilience.harness.stack import Stack, harness

pytestmark = pytest.mark.real

ROUNDS = sized(2)
EACH_ROUND = ("broken", "unknown", "failing", "killing", "failing", "unknown", "broken")
OPERATIONS = sized(200)
"""How many are acknowledged at least, beside the poison."""
POISONED = {"COPY_FAILING": "failing-", "COPY_KILLING": "killing-", "COPY_SLOWEST": "0.02"}
REASONS = {"broken": "Malformed", "unknown": "Malformed", "failing": "RuntimeError", "killing": "Deadly"}
"""The kinds of poison, and as what each is parked."""
MOST_ERRORS, MOST_CRASHES, MOST_SECONDS = 5, 3, 30


@dataclass(frozen=True)
class Poison:
    """A poison message: its kind, the id of the message or the beginning of the aggregate's key, its time."""

    kind: str
    name: str
    at: datetime


async def promise(stack: Stack) -> None:
    """Poison of each kind in each round, under load; the consumer is started again whenever it dies."""
    sent: list[Poison] = []
    async with stack.supervised("consumer-1"):
        async with stack.writers(count=4, pause=0.05).writing() as load:
            while len(sent) < ROUNDS * len(EACH_ROUND) or load.acknowledged < OPERATIONS:
                sent += [await _send(stack, kind) for kind in EACH_ROUND]
                await _until_parked(stack.servers, len(sent))
        await stack.check()
    letters = {_name(letter): letter async for letter in _letters(stack.servers).look()}
    assert letters.keys() == {poison.name for poison in sent}, "each is parked, and no innocent"
    heard = Counter(line.split()[0] for line in stack.heard.read_text().splitlines())
    slowest = 0.0
    for poison in sent:
        letter = letters[poison.name]
        assert letter.reason.startswith(REASONS[poison.kind])
        assert letter.attempts <= MOST_ERRORS
        assert letter.parked_at is not None
        slowest = max(slowest, (letter.parked_at - poison.at).total_seconds())
        if poison.kind == "killing":
            assert heard[str(Envelope.decode(letter.body).aggregateid)] <= MOST_CRASHES
    deaths = stack.children["consumer-1"].starts - 1
    print(f"seed={stack.seed} poison={len(sent)} deaths={deaths} slowest={slowest:.1f}s")  # noqa: T201
    assert slowest <= MOST_SECONDS
    assert deaths <= MOST_CRASHES * sum(poison.kind == "killing" for poison in sent)


async def _send(stack: Stack, kind: str) -> Poison:
    """Publish what nobody understands past the service, and what nobody can handle through it."""
    at, broker = datetime.now(UTC), stack.servers.rabbitmq.url
    match kind:
        case "broken":
            return Poison(kind, await publish(broker, "characteristic.defined.v1", b'{"specversion": '), at)
        case "unknown":
            return Poison(kind, await publish(broker, "characteristic.sold.v1", _envelope(at)), at)
        case _:
            name = f"{kind}-{new_id()}"
            await stack.writers(count=1, most=1, prefix=lambda _: name).run()
            return Poison(kind, name, at)


def _envelope(at: datetime) -> bytes:
    aggregate = new_id()
    return Envelope(
        id=new_id(),
        type="characteristic.sold.v1",
        source="/tests",
        subject=str(aggregate),
        time=at,
        aggregateid=aggregate,
        aggregateversion=1,
        data={},
    ).encode()


async def _until_parked(servers: Servers, count: int) -> None:
    deadline = time.monotonic() + MOST_SECONDS
    while len(await parked(servers)) < count:
        assert time.monotonic() < deadline, f"fewer than {count} are parked after {MOST_SECONDS} s"
        await asyncio.sleep(0.3)


def _letters(servers: Servers) -> RabbitDeadLetters:
    return RabbitDeadLetters(servers.rabbitmq.url, [NAME])


def _name(letter: DeadLetter) -> str:
    """What `_send` has called it: of an innocent, the key."""
    try:
        key = str(Envelope.decode(letter.body).data["key"])
    except (CatalogError, KeyError):
        return str(letter.id)
    return key.rpartition("-")[0] if key.startswith(("failing-", "killing-")) else key


async def test_poison_is_parked_and_innocents_are_not(servers: Servers, tmp_path: Path) -> None:
    with harness(servers, tmp_path, services=1, consumer_env=POISONED) as stack:
        await promise(stack)
