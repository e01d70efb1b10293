"""What tracing costs: the characteristic service with each exporter beside itself with none, in one run.

`python -m bench.tracing` sends spans to a collector that only counts, `python -m bench.tracing zipkin` to
Zipkin itself.
"""

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import httpx
import uvloop
from rich.console import Console
from rich.table import Table

from bench import spans
from bench.figures import Figure, Floor, at_least
from bench.load import Request, get, measure, paced, post
from bench.processes import Servers
from bench.writing import document
from kernel.logging import configure_logging
from kernel.settings import LogSettings
from tests.servers import postgres, zipkin

T = TypeVar("T")

SHARE, DEAD = 0.85, 1.05
"""Meant: the least share of the floor's rate at the default ratio; when the collector is away, the most of
the p99 that there is with one that answers."""
_LOAD, _SECONDS = 0.3, 1.5
"""The even load, as a share of what the floor can do, and how long it lasts in a round."""
_ROUNDS, _READS, _WRITES = 4, 600, 300
_FIRST = 1_000_000
"""The number of the one that is read; those that are written have smaller ones."""
_SETTLE = 0.6  # seconds: a batch is sent each half a second
_FLOOR, _AGAIN, _DEFAULT = "none", "none, the noise", "zipkin, 0.1"


@dataclass(frozen=True)
class Way:
    """How a service is told to trace, and what listens there."""

    exporter: str
    ratio: float
    collector: str = "counting"


_WAYS: Mapping[str, Way] = {
    _FLOOR: Way("none", 0.1),
    _AGAIN: Way("none", 0.1),
    _DEFAULT: Way("zipkin", 0.1),
    "zipkin, 1.0": Way("zipkin", 1.0),
    "otlp, 0.1": Way("otlp", 0.1),
    "closed port, 0.1": Way("zipkin", 0.1, "closed"),
    "silent one, 0.1": Way("zipkin", 0.1, "silent"),
}
_WRITTEN = (_FLOOR, _DEFAULT, "zipkin, 1.0")


@dataclass(frozen=True)
class Service:
    """A running service that traces one way, and a request that reads from it."""

    port: int
    pid: int
    read: Request


@dataclass(frozen=True)
class Round:
    """Requests a second, microseconds of CPU for each with the sending of its spans; the seconds until each
    was answered under the even load."""

    rate: float
    cpu: float
    waits: Sequence[float] = ()


def _elsewhere(way: Way, real: str) -> bool:
    """Whether its spans go to the real collector, if there is one."""
    return bool(real) and (way.exporter, way.collector) == ("zipkin", "counting")


def _started(
    stack: ExitStack, servers: Servers, url: Callable[[str], str], real: str
) -> tuple[dict[str, Service], str, int]:
    """The service once for each way, all at once, because rounds alternate; a token, the collector's port."""
    keys, _ = servers.start(stack, "keys")
    token = servers.token(keys, "characteristic")
    counting, _ = servers.start(stack, "collector")
    silent, _ = servers.start(stack, "silent")
    found = dict[str, Service]()
    for number, (name, way) in enumerate(_WAYS.items()):
        told = real if _elsewhere(way, real) else ""
        ports = {"counting": counting, "silent": silent, "closed": 1}
        more = {
            "trace_exporter": way.exporter,
            "trace_ratio": way.ratio,
            "trace_endpoint": told or f"http://127.0.0.1:{ports[way.collector]}/{number}",
        }
        realm = f"http://127.0.0.1:{keys}/realms/catalog"
        port, pid = servers.start(
            stack, "characteristic", realm, url(f"way{number}"), "", json.dumps(more), log=f"way{number}"
        )
        made = httpx.post(
            f"http://127.0.0.1:{port}/characteristics",
            json=document(_FIRST),
            headers={"authorization": f"Bearer {token}"},
            trust_env=False,
        ).raise_for_status()
        found[name] = Service(port, pid, get(f"/characteristics/{made.json()['id']}", token))
    return found, token, counting


def _reading(service: Service, load: float) -> Round:
    hard = _run(measure(service.port, service.read, service.pid, count=_READS, settle=_SETTLE))
    waits = _run(paced(service.port, service.read, rate=load, count=int(load * _SECONDS)))
    return Round(hard.rate, hard.cpu, waits)


def _writing(service: Service, token: str, number: int) -> Round:
    request = post("/characteristics", lambda one: document(number * 10 * _WRITES + one), token)
    hard = _run(measure(service.port, request, service.pid, count=_WRITES, settle=_SETTLE))
    return Round(hard.rate, hard.cpu)


def _alternating(names: Sequence[str], measured: Callable[[str, int], Round]) -> dict[str, list[Round]]:
    """Measure in turns, each round beginning with another one, so that what else happens meets all alike."""
    found: dict[str, list[Round]] = {name: [] for name in names}
    for number in range(_ROUNDS):
        at = number % len(names)
        for name in (*names[at:], *names[:at]):
            found[name].append(measured(name, number))
    return found


def _times(rounds: Mapping[str, Sequence[Round]], name: str, figure: str) -> float:
    """The middle of the ratios to what the floor had in the same round."""
    pairs = zip(rounds[name], rounds[_FLOOR], strict=True)
    return float(median(getattr(one, figure) / getattr(least, figure) for one, least in pairs))


def _middle(rounds: Sequence[Round], figure: str) -> float:
    return float(median(getattr(one, figure) for one in rounds))


def _until(rounds: Sequence[Round], part: float) -> float:
    """Milliseconds until this part of all was answered under the even load."""
    waits = sorted(wait for one in rounds for wait in one.waits)
    return waits[int(len(waits) * part)] * 1000


def _sent(counting: int, name: str) -> int:
    number = [*_WAYS].index(name)
    return int(httpx.get(f"http://127.0.0.1:{counting}/{number}", trust_env=False).json()["spans"])


def reads_and_writes(real: str = "") -> tuple[dict[str, list[Round]], dict[str, list[Round]], dict[str, int]]:
    """What was measured of reads and of writes, by way, and the spans that came of the reads.

    `real` is the address of a collector that takes Zipkin's spans instead of the one that counts them.
    """
    databases = [f"way{number}" for number in range(len(_WAYS))]
    with TemporaryDirectory() as folder, postgres(*databases) as database, ExitStack() as stack:
        services, token, counting = _started(stack, Servers(Path(folder)), database.url, real)
        for one in services.values():  # a young process is slow
            hard = _run(measure(one.port, one.read, one.pid, count=_READS // 2))
        load = hard.rate * _LOAD
        reads = _alternating([*_WAYS], lambda name, _: _reading(services[name], load))
        sent = {name: _sent(counting, name) for name, way in _WAYS.items() if not _elsewhere(way, real)}
        writes = _alternating(_WRITTEN, lambda name, number: _writing(services[name], token, number))
    return reads, writes, sent


def _table(title: str, rounds: Mapping[str, Sequence[Round]], sent: Mapping[str, int] | None = None) -> Table:
    extra = ("p50 ms", "p99 ms", "spans") if sent else ()
    table = Table(title, "a second", "x floor", "CPU us", "x floor", *extra)
    for name, some in rounds.items():
        cells = [
            f"{_middle(some, 'rate'):,.0f}",
            f"{_times(rounds, name, 'rate'):.2f}",
            f"{_middle(some, 'cpu'):,.0f}",
            f"{_times(rounds, name, 'cpu'):.2f}",
        ]
        if sent:
            cells += [
                f"{_until(some, 0.5):.1f}",
                f"{_until(some, 0.99):.1f}",
                f"{sent[name]:,}" if name in sent else "",
            ]
        table.add_row(name, *cells)
    return table


def _run(measurement: Coroutine[Any, Any, T]) -> T:
    """Measure on the loop that the services have."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(measurement)


def main(console: Console, collector: str = "") -> Sequence[Figure]:
    """Print the tables; returns their figures. `collector` is "zipkin" where spans go to the real one."""
    console.print(spans.table())
    with ExitStack() as stack:
        real = f"{stack.enter_context(zipkin()).url}/api/v2/spans" if collector == "zipkin" else ""
        reads, writes, sent = reads_and_writes(real)
    console.print(
        f"16 clients as fast as they can; p50 and p99 at an even load, {_LOAD} of what the service can do"
    )
    console.print(_table("read one", reads, sent))
    console.print(_table("create", writes))
    share, cpu = _times(reads, _DEFAULT, "rate"), 1 / _times(reads, _DEFAULT, "cpu")
    console.print(f"at the default ratio {share:.2f} of the floor's reads (meant: at least {SHARE})")
    console.print(f"by CPU {cpu:.2f}")
    rate, less = _times(reads, _AGAIN, "rate"), 1 / _times(reads, _AGAIN, "cpu")
    p99 = _until(reads[_AGAIN], 0.99) / _until(reads[_FLOOR], 0.99)
    console.print(f"the floor beside itself, which is noise: rate {rate:.2f}, CPU {less:.2f}, p99 {p99:.2f}")
    for name, way in _WAYS.items():
        if way.collector != "counting":
            slower = _until(reads[name], 0.99) / _until(reads[_DEFAULT], 0.99)
            console.print(f"{name}: {slower:.2f} of the p99 with one that answers (meant: at most {DEAD})")
    return [
        Figure(
            part="tracing",
            what=f"reads at the default ratio ({_DEFAULT}), 16 clients",
            value=_middle(reads[_DEFAULT], "rate"),
            unit="/s",
            floor=Floor("the same service without spans", _middle(reads[_FLOOR], "rate")),
            budgets=(at_least(SHARE, ratio=True),),
        )
    ]


if __name__ == "__main__":
    configure_logging("bench", LogSettings(log_level="error"))
    main(Console(), *sys.argv[1:2])
