"""A circuit breaker for what may be away: one per caller and dependency (reliability decision D14).

pybreaker keeps the state and tells its listeners. Admission is ours, because pybreaker's own is made for
threads: on a coroutine it counts nothing, or lets everybody through half-open and counts cancellations. It
also dates the opening by the wall clock, which nobody asks here: time is monotonic seconds.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, TypeVar, cast, get_args

import pybreaker

from kernel.errors import Unavailable
from kernel.logging import get_logger
from kernel.metrics import Gauge, Look, Reading

T = TypeVar("T")

State = Literal["closed", "open", "half_open"]
STATE = Gauge(
    "catalog.breaker.state", "", "1 for the state in which a breaker is, 0 for those in which it is not."
)
_FAILURES = (Unavailable, OSError)  # TimeoutError and ConnectionError are kinds of OSError
_log = get_logger(__name__)


@dataclass(frozen=True)
class Snapshot:
    """How a breaker is: `failed` of the last `calls` failed; `retry_after` is in seconds, 0 when closed."""

    name: str
    state: State
    calls: int
    failed: int
    retry_after: float


class Breaker:
    """Stop asking what does not answer, and find out with one call at a time when it does again.

    It opens on the `failures`-th failure in a row, or when `share` of the last `window` calls failed. A
    failure is `Unavailable`, `TimeoutError` or `OSError`, or whatever took longer than `slow` seconds; any
    other exception is an answer. A cancelled call counts as nothing, so an operation brings its own deadline:
    one around `call` would never be seen here.

    After `cooldown` seconds one call is let through as a probe, with a lease of `probe` seconds. Its success
    closes the breaker, its failure opens it for another `cooldown`. One that is still under way at the end of
    its lease is cancelled, has proved nothing, and the next caller probes. `clock` is monotonic seconds.
    """

    def __init__(
        self,
        name: str,
        *,
        failures: int = 5,
        window: int = 20,
        share: float = 0.5,
        slow: float | None = None,
        cooldown: float = 5.0,
        probe: float = 2.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._share, self._slow, self._cooldown, self._lease = share, slow, cooldown, probe
        self._clock = clock
        self._recent: deque[bool] = deque(maxlen=window)  # True: failed
        self._until = 0.0  # when the next probe may go, while not closed
        self._term: object = object()  # what is under way belongs to a term; news of an old one is no news
        self._circuit = pybreaker.CircuitBreaker(
            fail_max=failures, throw_new_error_on_trip=False, name=name, listeners=[_Log()]
        )

    @property
    def state(self) -> State:
        """`open` until a call has been let through as a probe, and `half_open` as long as none has told."""
        return _state(self._circuit.current_state)

    def snapshot(self) -> Snapshot:
        """How the breaker is now, for /readyz and metrics."""
        left = 0.0 if self.state == "closed" else max(0.0, self._until - self._clock())
        return Snapshot(self.name, self.state, len(self._recent), sum(self._recent), left)

    async def call(self, operation: Callable[[], Awaitable[T]]) -> T:
        """Await the operation and return what it returns, or raise what it raises.

        Raises:
            Unavailable: with the code `circuit_open`, at once, while the breaker is open; with the code
                `probe_stuck` when the operation was the probe and did not return within its lease.
        """
        if self._circuit.current_state == pybreaker.STATE_CLOSED:
            return await self._watched(operation, self._term)
        term = self._admit()
        try:
            async with asyncio.timeout(self._lease) as lease:
                return await self._watched(operation, term)
        except TimeoutError:
            if lease.expired():
                raise Unavailable(self._sentence(), code="probe_stuck") from None
            raise
        finally:
            if self._term is term and self.state == "half_open":  # it said nothing: the lease is given back
                self._term, self._until = object(), self._clock()

    def _admit(self) -> object:
        """Give the one lease for a probe, or refuse."""
        now = self._clock()
        if now < self._until:
            raise Unavailable(self._sentence(), code="circuit_open", retry_after=self._until - now)
        if self._circuit.current_state == pybreaker.STATE_OPEN:
            self._circuit.half_open()
        self._until = now + self._lease
        self._term = term = object()
        return term

    async def _watched(self, operation: Callable[[], Awaitable[T]], term: object) -> T:
        begin = self._clock()
        try:
            result = await operation()
        except _FAILURES:
            self._tell(term, begin, failed=True)
            raise
        except Exception:  # an answer, though not a pleasant one
            self._tell(term, begin, failed=False)
            raise
        self._tell(term, begin, failed=False)
        return result

    def _tell(self, term: object, begin: float, *, failed: bool) -> None:
        """Count an outcome. Nothing is awaited here, so nothing happens in between."""
        if term is not self._term:
            return
        now, probing = self._clock(), self._circuit.current_state == pybreaker.STATE_HALF_OPEN
        if probing and now >= self._until:  # too late: the lease is over, whoever sees it first
            return
        failed = failed or (self._slow is not None and now - begin > self._slow)
        self._recent.append(failed)
        if not failed and not probing and True not in self._recent:
            return  # as nearly always: pybreaker has no failures to forget
        with suppress(_Failed):
            self._circuit.call(_fail if failed else _succeed)
        full = len(self._recent) == self._recent.maxlen
        if self.state == "closed" and full and sum(self._recent) >= self._share * len(self._recent):
            self._circuit.open()
        if probing or self.state == "open":
            self._term = object()
            self._recent.clear()
            self._until = now + self._cooldown

    def _sentence(self) -> str:
        return f"The {self.name} does not answer right now; please try again soon."


def states(breakers: Callable[[], Iterable[Breaker]]) -> Look:
    """How these are, for metrics."""

    async def look() -> Iterable[Reading]:
        return [one for breaker in breakers() for one in state_of(breaker, {})]

    return look


def state_of(breaker: Breaker, labels: Mapping[str, str]) -> Iterable[Reading]:
    """How one is, for metrics; `labels` tell it from others of its name."""
    for state in get_args(State):
        yield STATE, float(breaker.state == state), {"breaker": breaker.name, "state": state, **labels}


class _Failed(Exception):
    """Tells pybreaker of a failure without taking the real one through its frames."""


def _fail() -> None:
    raise _Failed


def _succeed() -> None:
    return


def _state(name: str) -> State:
    return cast(State, name.replace("-", "_"))


class _Log(pybreaker.CircuitBreakerListener):
    """One line for each turn of the state."""

    def state_change(
        self,
        cb: pybreaker.CircuitBreaker,
        old_state: pybreaker.CircuitBreakerState | None,
        new_state: pybreaker.CircuitBreakerState,
    ) -> None:
        """See `CircuitBreakerListener`."""
        match _state(new_state.name):
            case "open":
                _log.warning("breaker.opened", breaker=cb.name)
            case "half_open":
                _log.info("breaker.probing", breaker=cb.name)
            case "closed":
                _log.info("breaker.closed", breaker=cb.name)
