"""What runs of a stack, and what it takes."""

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psutil

from platform_app.home import Home
from platform_app.processes import Processes


@dataclass(frozen=True)
class Running:
    """A process this stack has started; `pid` is None once it has died. Memory includes its children."""

    name: str
    pid: int | None = None
    megabytes: int = 0
    seconds: int = 0


@dataclass(frozen=True)
class Report:
    """A stack at this moment; `links` maps a server's name to its address and who may sign in there."""

    home: str
    processes: list[Running]
    links: dict[str, Any]

    @classmethod
    def of(cls, home: Home) -> "Report":
        """Look at the stack in `home`; all empty when it was never up."""
        processes = Processes(home)
        found = [_running(name, processes.find(name)) for name in processes.names()]
        return cls(str(home.state), found, home.read("links") if found else {})

    @property
    def alive(self) -> bool:
        """Whether any of its processes runs."""
        return any(one.pid is not None for one in self.processes)


def _running(name: str, process: psutil.Process | None) -> Running:
    if process is None:
        return Running(name)
    memory = 0
    try:
        for one in [process, *process.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):  # a child that ended while we looked
                memory += one.memory_info().rss
        age = time.time() - process.create_time()
    except psutil.NoSuchProcess:  # or it did itself
        return Running(name)
    return Running(name, process.pid, round(memory / 1e6), round(age))
