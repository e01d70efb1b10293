"""One of our processes, which a test starts, kills, freezes and starts again; always by its pid."""

import signal
import subprocess
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

from tests.processes import eventually, running

ROOT = Path(__file__).parents[3]
_PATIENCE = 30.0  # seconds to become ready: two cores are shared with everybody


class Child:
    """`python -m MODULE` with an environment of its own. Each start has a log: NAME.1.log, NAME.2.log, ...

    `ready` tells, from the log of this start, whether it serves by now. Starting and stopping block: in a
    coroutine call them through `asyncio.to_thread`.
    """

    def __init__(
        self, name: str, module: str, env: Mapping[str, str], logs: Path, ready: Callable[[Path], bool]
    ) -> None:
        self.name = name
        self.starts = 0
        self._module = module
        self._env = {"PYTHONPATH": str(ROOT), **env}
        self._logs = logs
        self._ready = ready
        self._running = ExitStack()
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()

    @property
    def log(self) -> Path:
        """The log of the latest start."""
        return self._logs / f"{self.name}.{self.starts}.log"

    @property
    def pid(self) -> int | None:
        """The pid while it lives."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def start(self, *, wait: bool = True, **env: str) -> None:
        """Start it, unless it lives; `env` is for this start only. Fails unless it is ready in time."""
        with self._turn:
            if self.pid is not None:
                return
            self._running.close()
            self.starts += 1
            made = running(["-m", self._module], {**self._env, **env}, self.log)
            self._process = self._running.enter_context(made)
        if wait:
            self.wait_ready()

    def wait_ready(self) -> None:
        """Wait until it serves; fails when it ends before, with the end of its log."""
        eventually(lambda: self.pid is None or self._ready(self.log), within=_PATIENCE)
        if self.pid is None:
            raise AssertionError(f"{self.name} ended early: {self.log.read_text()[-2000:]}")

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal; nothing happens when it is dead."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)

    def kill(self) -> None:
        """SIGKILL; returns when it is dead."""
        self.signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait(10)

    def died(self, within: float = 10.0) -> int:
        """Wait until it has ended; returns its exit status, negative for a signal."""
        if self._process is None:
            raise ValueError(f"{self.name} was never started")
        return self._process.wait(within)

    def terminate(self, within: float = 20.0) -> int:
        """SIGTERM; returns its exit status."""
        self.signal(signal.SIGTERM)
        return self._process.wait(within) if self._process is not None else 0

    def close(self) -> None:
        """Kill what still lives; a frozen process dies, too."""
        self._running.close()
