"""What the tests of this package share: a home with its processes, and waiting without sleeping."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from platform_app.home import Home
from platform_app.processes import Processes
from platform_app.servers import Server


def quiet(text: str, *, done: float | None = None, total: float | None = None) -> None:
    """A `Say` that nobody listens to."""


class Bench:
    """One home with its processes: brings servers up as the platform does."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.processes = Processes(home)

    def up(self, server: Server) -> None:
        server.provision(quiet)
        for program in server.programs():
            self.processes.start(program)
        server.settle(quiet)

    def kill(self, name: str) -> None:
        """End one process as a crash would: its children get no signal and nothing is cleaned up."""
        process = self.processes.find(name)
        assert process is not None
        process.kill()
        eventually(lambda: self.processes.find(name) is None)

    def down(self) -> None:
        for name in reversed(self.processes.names()):
            self.processes.stop(name)


def eventually(check: Callable[[], bool], within: float = 5.0) -> None:
    """Wait until `check` holds.

    Raises:
        AssertionError: when it does not within so many seconds.
    """
    deadline = time.monotonic() + within
    while not check():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)


@contextmanager
def environment(name: str, value: str) -> Iterator[None]:
    """Have `name` in our environment for a while."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        os.environ.pop(name)
        if before is not None:
            os.environ[name] = before
