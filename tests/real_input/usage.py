"""What the processes of a stack take, step by step: CPU, and memory as the kernel tells it in /proc."""

import os
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_EVERY = 0.25  # seconds between two looks: of a peak that is shorter nothing may be seen
_MB = 1_000_000


@dataclass(frozen=True)
class Taken:
    """What a process and its children take: CPU seconds, and resident memory in MB.

    Memory that several share is counted for each of them, as in `catalog status`. `fair` has it divided by
    those who share it; None where it was not looked at.
    """

    cpu: float
    resident: float
    fair: float | None = None


@dataclass(frozen=True)
class Step:
    """What a step took: seconds, how many things were done, CPU seconds by process, and MB by process.

    `peak` is the most that was seen within it, `end` and `fair` what there was when it ended (see `Taken`).
    `elsewhere` are the CPU seconds of the machine that none of these processes took.
    """

    name: str
    count: int
    seconds: float
    cpu: Mapping[str, float]
    peak: Mapping[str, float]
    end: Mapping[str, float]
    fair: Mapping[str, float]
    elsewhere: float


@dataclass
class Usage:
    """Watches processes by their pids, given by name, as long as the block lasts."""

    pids: dict[str, int]
    steps: list[Step] = field(default_factory=list)
    _last: dict[str, Taken] = field(default_factory=dict)
    _peak: dict[str, float] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _done: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._look()
        self._restart()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def add(self, name: str, pid: int) -> None:
        """Watch one more process, until it ends."""
        with self._lock:
            self.pids[name] = pid
            self._before.setdefault(name, 0.0)

    def lap(self, name: str, count: int) -> Step:
        """The step that has ended just now, in which so many things were done; the next one begins."""
        with self._lock:  # as a whole, or the other thread puts a look of its own in between
            self._look(fairly=True)
            now, busy = time.monotonic(), _busy()
            cpu = {one: taken.cpu - self._before.get(one, 0.0) for one, taken in self._last.items()}
            step = Step(
                name=name,
                count=count,
                seconds=now - self._began,
                cpu=cpu,
                peak=dict(self._peak),
                end={one: taken.resident for one, taken in self._last.items()},
                fair={one: taken.fair for one, taken in self._last.items() if taken.fair is not None},
                elsewhere=busy - self._busy - sum(cpu.values()),
            )
            self._last = {one: taken for one, taken in self._last.items() if one in self.pids}
        self.steps.append(step)
        self._restart()
        return step

    def _restart(self) -> None:
        with self._lock:
            self._began, self._busy = time.monotonic(), _busy()
            self._before = {name: taken.cpu for name, taken in self._last.items()}
            self._peak = {name: taken.resident for name, taken in self._last.items()}

    def _watch(self) -> None:
        while not self._done.wait(_EVERY):
            self._look()

    def _look(self, *, fairly: bool = False) -> None:
        with self._lock:
            table = _Table.now()
            for name, pid in list(self.pids.items()):
                if (taken := table.of(pid, fairly=fairly)) is None:
                    del self.pids[name]  # ended; what it took until the last look stays known for this step
                    continue
                self._last[name] = taken
                self._peak[name] = max(self._peak.get(name, 0.0), taken.resident)


@dataclass(frozen=True)
class _Table:
    """All processes of the machine at one moment: by pid its parent, its CPU seconds, its bytes of memory."""

    rows: Mapping[int, tuple[int, float, int]]

    @classmethod
    def now(cls) -> "_Table":
        return cls(dict(_rows()))

    def of(self, pid: int, *, fairly: bool) -> Taken | None:
        """What a process and its children take; None when it has ended."""
        if pid not in self.rows:
            return None
        family = {pid}
        while more := {child for child, row in self.rows.items() if row[0] in family} - family:
            family |= more
        return Taken(
            cpu=sum(self.rows[one][1] for one in family),
            resident=sum(self.rows[one][2] for one in family) / _MB,
            fair=sum(map(_share, family)) / _MB if fairly else None,
        )


def _rows() -> Iterator[tuple[int, tuple[int, float, int]]]:
    for folder in Path("/proc").iterdir():
        if not folder.name.isdecimal():
            continue
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        if fields[0] == "Z":
            continue
        # Fields 4, 14 to 17 and 24 of proc(5); CPU with that of children that were waited for.
        cpu = sum(map(int, fields[11:15])) / _TICK
        yield int(folder.name), (int(fields[1]), cpu, int(fields[21]) * _PAGE)


def _share(pid: int) -> int:
    """A process's memory in bytes, what is shared divided by those who share it; 0 when nobody may know."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def _busy() -> float:
    """The CPU seconds that the machine has worked so far, all cores together."""
    user, nice, system, _idle, _waiting, irq, soft = map(
        int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:8]
    )
    return (user + nice + system + irq + soft) / _TICK
