"""The breaker tells the truth: when it opens, whom it lets through, and what it does not count (P16)."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pybreaker
import pytest
from structlog.testing import capture_logs

from kernel.breaker import Breaker
from kernel.errors import Conflict, Invalid, NotFound, Unavailable

COOLDOWN, PROBE = 5.0, 2.0


class Clock:
    """Monotonic seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Peer:
    """What is behind the breaker: counts how often it is asked."""

    def __init__(self, error: BaseException | None = None, *, clock: Clock | None = None) -> None:
        self.error, self.asked, self.takes, self._clock = error, 0, 0.0, clock

    async def __call__(self) -> str:
        self.asked += 1
        if self._clock is not None:
            self._clock.now += self.takes
        await asyncio.sleep(0)
        if self.error is not None:
            raise self.error
        return "answer"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker("peer", cooldown=COOLDOWN, probe=PROBE, slow=1.0, clock=clock)


async def ask(breaker: Breaker, operation: Callable[[], Awaitable[str]], times: int = 1) -> list[str]:
    """What each call came to: an answer, a code of ours, or the name of an exception."""
    seen = []
    for _ in range(times):
        try:
            seen.append(await breaker.call(operation))
        except Unavailable as error:
            seen.append(error.code)
        except Exception as error:
            seen.append(type(error).__name__)
    return seen


def state(breaker: Breaker) -> str:
    """Its state, without mypy remembering the last one."""
    return breaker.state


async def opened(breaker: Breaker) -> None:
    await ask(breaker, Peer(Unavailable("gone")), 5)
    assert state(breaker) == "open"


@pytest.mark.parametrize(
    "error", [Unavailable("gone"), TimeoutError(), ConnectionRefusedError(), OSError(113, "no route")]
)
async def test_it_opens_on_exactly_the_fifth_failure_in_a_row(breaker: Breaker, error: Exception) -> None:
    peer = Peer(error)
    await ask(breaker, peer, 4)
    await ask(breaker, Peer())
    await ask(breaker, peer, 4)
    assert state(breaker) == "closed"
    await ask(breaker, peer)
    assert state(breaker) == "open"
    assert peer.asked == 9


async def test_it_opens_when_half_of_a_full_window_failed(breaker: Breaker) -> None:
    good, bad = Peer(), Peer(TimeoutError())
    for _ in range(9):
        await ask(breaker, good)
        await ask(breaker, bad)
    await ask(breaker, good)
    assert state(breaker) == "closed"
    assert (breaker.snapshot().calls, breaker.snapshot().failed) == (19, 9)
    await ask(breaker, bad)
    assert state(breaker) == "open"


async def test_a_third_of_the_window_is_not_enough(breaker: Breaker) -> None:
    for _ in range(40):
        await ask(breaker, Peer(), 2)
        await ask(breaker, Peer(TimeoutError()))
    assert state(breaker) == "closed"


async def test_a_slow_answer_is_given_and_counts_as_a_failure(breaker: Breaker, clock: Clock) -> None:
    slow = Peer(clock=clock)
    slow.takes = 1.0
    assert await ask(breaker, slow, 30) == ["answer"] * 30
    assert state(breaker) == "closed"
    slow.takes = 1.001
    assert await ask(breaker, slow, 6) == ["answer"] * 5 + ["circuit_open"]


async def test_while_it_is_open_nobody_is_asked(breaker: Breaker, clock: Clock) -> None:
    await opened(breaker)
    clock.now += 1.5
    peer, begin = Peer(), time.perf_counter()
    seen = await asyncio.gather(*(ask(breaker, peer) for _ in range(100)))
    took = time.perf_counter() - begin
    assert seen == [["circuit_open"]] * 100
    assert peer.asked == 0
    assert took / 100 < 0.005
    with pytest.raises(Unavailable) as refused:
        await breaker.call(peer)
    assert refused.value.retry_after == pytest.approx(COOLDOWN - 1.5)
    assert breaker.snapshot().retry_after == pytest.approx(COOLDOWN - 1.5)


async def test_one_of_fifty_probes(breaker: Breaker, clock: Clock) -> None:
    await opened(breaker)
    clock.now += COOLDOWN
    peer = Peer()
    seen = await asyncio.gather(*(ask(breaker, peer) for _ in range(50)))
    assert sorted(seen) == [["answer"]] + [["circuit_open"]] * 49
    assert peer.asked == 1
    assert state(breaker) == "closed"
    assert await ask(breaker, peer, 3) == ["answer"] * 3


async def test_a_probe_that_fails_opens_it_for_another_cooldown(breaker: Breaker, clock: Clock) -> None:
    await opened(breaker)
    clock.now += COOLDOWN
    peer = Peer(ConnectionRefusedError())
    assert await ask(breaker, peer, 2) == ["ConnectionRefusedError", "circuit_open"]
    clock.now += COOLDOWN - 0.001
    assert await ask(breaker, peer) == ["circuit_open"]
    clock.now += 0.001
    peer.error = None
    assert await ask(breaker, peer) == ["answer"]
    assert peer.asked == 2


async def test_after_it_closed_it_counts_from_nought(breaker: Breaker, clock: Clock) -> None:
    await opened(breaker)
    clock.now += COOLDOWN
    await ask(breaker, Peer())
    await ask(breaker, Peer(TimeoutError()), 4)
    assert state(breaker) == "closed"


async def test_two_hundred_cancellations_count_as_nothing(breaker: Breaker) -> None:
    await ask(breaker, Peer(TimeoutError()), 4)
    tasks = [asyncio.create_task(breaker.call(asyncio.Event().wait)) for _ in range(200)]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert all(task.cancelled() for task in tasks)
    assert state(breaker) == "closed"
    assert breaker.snapshot().calls == 4
    await ask(breaker, Peer(TimeoutError()))
    assert state(breaker) == "open", "nor did they interrupt the row of failures"


async def test_a_cancelled_probe_gives_its_lease_back(breaker: Breaker, clock: Clock) -> None:
    await opened(breaker)
    clock.now += COOLDOWN
    probe = asyncio.create_task(breaker.call(asyncio.Event().wait))
    await asyncio.sleep(0)
    assert await ask(breaker, Peer()) == ["circuit_open"]
    probe.cancel()
    with pytest.raises(asyncio.CancelledError):
        await probe
    assert state(breaker) == "half_open"
    assert await ask(breaker, Peer()) == ["answer"]


async def test_a_stuck_probe_is_released_at_its_deadline(breaker: Breaker, clock: Clock) -> None:
    await opened(breaker)
    clock.now += COOLDOWN
    late = asyncio.Event()

    async def stuck() -> str:
        await late.wait()
        raise TimeoutError

    probe = asyncio.create_task(ask(breaker, stuck))
    await asyncio.sleep(0)
    clock.now += PROBE - 0.001
    with pytest.raises(Unavailable) as refused:
        await breaker.call(Peer())
    assert refused.value.retry_after == pytest.approx(0.001)
    clock.now += 0.001
    assert await ask(breaker, Peer()) == ["answer"]
    late.set()
    assert await probe == ["TimeoutError"]
    assert state(breaker) == "closed"
    assert breaker.snapshot().failed == 0, "what the stuck one says late is ignored"


async def test_a_stuck_probe_is_cancelled_at_its_deadline() -> None:
    breaker = Breaker("peer", cooldown=0.01, probe=0.05)
    await opened(breaker)
    await asyncio.sleep(0.02)
    begin, ended = time.monotonic(), asyncio.Event()

    async def stuck() -> str:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return ""

    assert await ask(breaker, stuck) == ["probe_stuck"]
    assert 0.04 < time.monotonic() - begin < 0.5
    assert ended.is_set()
    assert await ask(breaker, Peer()) == ["answer"]


async def test_news_from_before_it_opened_is_no_news(breaker: Breaker, clock: Clock) -> None:
    answers = asyncio.Event()

    async def late() -> str:
        await answers.wait()
        return "late"

    task = asyncio.create_task(breaker.call(late))
    await asyncio.sleep(0)
    await opened(breaker)
    clock.now += COOLDOWN
    probe = asyncio.create_task(breaker.call(asyncio.Event().wait))
    await asyncio.sleep(0)
    answers.set()
    assert await task == "late"
    assert state(breaker) == "half_open", "only the probe decides"
    probe.cancel()
    await asyncio.gather(probe, return_exceptions=True)


@pytest.mark.parametrize("error", [NotFound("no"), Invalid("no"), Conflict("no"), ValueError("no")])
async def test_a_refusal_is_an_answer(breaker: Breaker, clock: Clock, error: Exception) -> None:
    await ask(breaker, Peer(error), 50)
    assert state(breaker) == "closed"
    await ask(breaker, Peer(TimeoutError()), 4)
    await ask(breaker, Peer(error))
    await ask(breaker, Peer(TimeoutError()), 4)
    assert state(breaker) == "closed", "it interrupts a row of failures"
    await ask(breaker, Peer(TimeoutError()))
    clock.now += COOLDOWN
    await ask(breaker, Peer(error))
    assert state(breaker) == "closed", "and it is a probe's success"


@pytest.mark.parametrize("step", [3600, -3600])
async def test_the_wall_clock_may_jump(
    breaker: Breaker, clock: Clock, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    def never() -> float:
        raise AssertionError("nobody reads the wall clock")

    class Stepped(datetime):
        reads = 0

        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            cls.reads += 1
            return datetime.fromtimestamp(0, UTC).replace(year=2030 + (step > 0))

    monkeypatch.setattr(time, "time", never)
    monkeypatch.setattr(pybreaker, "datetime", Stepped)
    await opened(breaker)
    assert Stepped.reads == 1, "pybreaker dates the opening"
    clock.now += COOLDOWN - 0.001
    assert await ask(breaker, Peer()) == ["circuit_open"]
    clock.now += 0.001
    assert await ask(breaker, Peer()) == ["answer"]
    assert Stepped.reads == 1, "and nobody asks what it has noted"


async def test_each_turn_is_one_line(breaker: Breaker, clock: Clock) -> None:
    with capture_logs() as lines:
        await opened(breaker)
        await ask(breaker, Peer(), 20)
        clock.now += COOLDOWN
        await ask(breaker, Peer(TimeoutError()))
        clock.now += COOLDOWN
        await ask(breaker, Peer())
    assert [(line["event"], line["breaker"]) for line in lines] == [
        ("breaker.opened", "peer"),
        ("breaker.probing", "peer"),
        ("breaker.opened", "peer"),
        ("breaker.probing", "peer"),
        ("breaker.closed", "peer"),
    ]
