"""Real servers for tests that need them, stopped by their pids when they are done."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest

from platform_app.home import Home, default_cache
from platform_app.processes import Processes
from platform_app.servers import Server
from platform_app.servers.camunda import Camunda, Database, Flavour
from platform_app.servers.mongod import Mongod
from platform_app.servers.postgres import Postgres
from platform_app.servers.rabbitmq import RabbitMQ
from platform_app.servers.zipkin import Zipkin
from platform_app.tcp_ports import free_ports


def quiet(text: str, *, done: float | None = None, total: float | None = None) -> None:
    """A `Say` that says nothing."""


@dataclass(frozen=True)
class Running:
    """A server of our own that survives its kills: its data stays until the block ends."""

    server: Server
    processes: Processes
    process: ClassVar[str]

    def start(self) -> None:
        """Start the server, or start it again."""
        self.server.provision(quiet)
        for program in self.server.programs():
            self.processes.start(program)
        self.server.settle(quiet)

    def revive(self) -> None:
        """Start the server if it does not run: a test that failed may have left it dead."""
        if self.processes.find(self.process) is None:
            self.start()

    def stop(self) -> None:
        """Stop the server cleanly, and what it stands on after it."""
        for name in reversed(self.processes.names()):
            self.processes.stop(name)

    def kill(self) -> None:
        """Kill the server as a crash would."""
        process = self.processes.find(self.process)
        if process is not None:
            os.kill(process.pid, signal.SIGKILL)
            process.wait(10)


@dataclass(frozen=True)
class RunningPostgres(Running):
    """A PostgreSQL on a socket of its own, with empty databases."""

    server: Postgres
    process = "postgres"

    def url(self, database: str) -> str:
        """The address of a database, as its owner."""
        return self.server.url(database)


@dataclass(frozen=True)
class RunningRabbitMQ(Running):
    """A broker on free ports, with the platform's queues."""

    server: RabbitMQ
    process = "rabbitmq"

    @property
    def url(self) -> str:
        """The AMQP address, password included."""
        return self.server.url


@dataclass(frozen=True)
class RunningMongod(Running):
    """A MongoDB on a free port, with empty databases."""

    server: Mongod
    process = "mongod"

    @property
    def url(self) -> str:
        """The address, password included; it names no database."""
        return self.server.url("")


@dataclass(frozen=True)
class RunningCamunda(Running):
    """A process engine on a free port, set up for the services; its database is a server of its own."""

    server: Camunda
    process = "camunda"

    def url(self, user: str) -> str:
        """The address for a service, or for the administrator `catalog`, password included."""
        return self.server.url_of(user)


@dataclass(frozen=True)
class RunningOperaton(RunningCamunda):
    """The same, the fork."""

    process = "operaton"


@contextmanager
def postgres(*databases: str) -> Iterator[RunningPostgres]:
    """A server with these databases, for as long as the block."""
    with _home() as home:
        running = RunningPostgres(Postgres(home, None, databases), Processes(home))
        with _started(running):
            yield running


@contextmanager
def rabbitmq() -> Iterator[RunningRabbitMQ]:
    """A broker for as long as the block."""
    with _home() as home:
        running = RunningRabbitMQ(RabbitMQ(home, *free_ports(4)), Processes(home))
        with _started(running):
            yield running


@contextmanager
def mongod() -> Iterator[RunningMongod]:
    """A MongoDB for as long as the block. Where it cannot run, the test is skipped."""
    with _home() as home:
        running = RunningMongod(Mongod(home, *free_ports(1)), Processes(home))
        if reason := running.server.unfit():
            pytest.skip(f"MongoDB cannot run here: {reason}")
        with _started(running):
            yield running


@contextmanager
def zipkin() -> Iterator[Zipkin]:
    """A trace store for as long as the block."""
    with _home() as home:
        home.create()
        server = Zipkin(home, *free_ports(1))
        with _started(Running(server, Processes(home))):
            yield server


@contextmanager
def camunda(flavour: Flavour) -> Iterator[RunningCamunda]:
    """A process engine for as long as the block."""
    with _home() as home:
        home.create()
        processes, ports = Processes(home), free_ports(2)
        database = Postgres(home, ports[0], (flavour,))
        tables = Database(port=ports[0], name=flavour, user=flavour, password=database.password(flavour))
        kind = RunningCamunda if flavour == "camunda" else RunningOperaton
        running = kind(Camunda(home, ports[1], tables, flavour), processes)
        with _started(RunningPostgres(database, processes)), _started(running):
            yield running


@contextmanager
def _home() -> Iterator[Home]:
    """A folder for a server, deleted after the block. Its path is short: it leads to a socket."""
    root = Path(tempfile.mkdtemp(prefix="cs-"))
    root.chmod(0o711)  # where root runs the tests, the server is another account and must get through
    try:
        yield Home("tests", root / "state", default_cache())
    finally:
        shutil.rmtree(root)


@contextmanager
def _started(running: Running) -> Iterator[None]:
    try:
        running.start()
        yield
    finally:
        running.stop()
