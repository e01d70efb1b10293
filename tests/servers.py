"""Real servers for tests that need them, stopped by their pids when they are done."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from platform_app.home import Home, default_cache
from platform_app.ports import free_ports
from platform_app.processes import Processes
from platform_app.servers.postgres import Postgres
from platform_app.servers.rabbitmq import RabbitMQ


def quiet(text: str, *, done: float | None = None, total: float | None = None) -> None:
    """A `Say` that says nothing."""


@dataclass(frozen=True)
class RunningPostgres:
    """A server on a socket of its own, with empty databases."""

    server: Postgres
    processes: Processes

    def url(self, database: str) -> str:
        """The address of a database, as its owner."""
        return self.server.url(database)

    def start(self) -> None:
        """Start the server, or start it again."""
        self.server.provision(quiet)
        for program in self.server.programs():
            self.processes.start(program)
        self.server.settle(quiet)

    def stop(self) -> None:
        """Stop the server cleanly."""
        for name in self.processes.names():
            self.processes.stop(name)

    def kill(self) -> None:
        """Kill the server as a crash would."""
        process = self.processes.find("postgres")
        if process is not None:
            os.kill(process.pid, signal.SIGKILL)
            process.wait(10)


@contextmanager
def postgres(*databases: str) -> Iterator[RunningPostgres]:
    """A server with these databases, for as long as the block."""
    root = Path(tempfile.mkdtemp(prefix="cp-"))
    root.chmod(0o711)  # where root runs the tests, the server is another account and must get through
    home = Home("tests", root / "state", default_cache())
    running = RunningPostgres(Postgres(home, None, databases), Processes(home))
    try:
        running.start()
        yield running
    finally:
        running.stop()
        shutil.rmtree(root)


@dataclass(frozen=True)
class RunningRabbitMQ:
    """A broker of our own on free ports, with the queues of the platform. Its data outlives a kill."""

    server: RabbitMQ
    processes: Processes

    @property
    def url(self) -> str:
        """The AMQP address, password included."""
        return self.server.url

    def start(self) -> None:
        """Start the broker, or start it again."""
        self.server.provision(quiet)
        for program in self.server.programs():
            self.processes.start(program)
        self.server.settle(quiet)

    def stop(self) -> None:
        """Stop the broker cleanly, and Erlang's directory of nodes after it."""
        for name in reversed(self.processes.names()):
            self.processes.stop(name)

    def kill(self) -> None:
        """Kill the broker as a crash would."""
        process = self.processes.find("rabbitmq")
        if process is not None:
            os.kill(process.pid, signal.SIGKILL)
            process.wait(10)


@contextmanager
def rabbitmq() -> Iterator[RunningRabbitMQ]:
    """A broker for as long as the block."""
    root = Path(tempfile.mkdtemp(prefix="cr-"))
    root.chmod(0o711)  # where root runs the tests, the server is another account and must get through
    home = Home("tests", root / "state", default_cache())
    running = RunningRabbitMQ(RabbitMQ(home, *free_ports(4)), Processes(home))
    try:
        running.start()
        yield running
    finally:
        running.stop()
        shutil.rmtree(root)
