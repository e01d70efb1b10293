"""A stack: waves of servers and apps, brought up wave by wave and taken down in reverse."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event

from platform_app.console import Steps
from platform_app.home import Home
from platform_app.processes import Processes, Program
from platform_app.servers import Server
from platform_app.tcp_ports import Kept, require_free
from platform_app.trouble import Trouble


@dataclass(frozen=True)
class Link:
    """An address a person may open or a program may use, and who may sign in there."""

    name: str
    url: str
    sign_in: str = ""


@dataclass(frozen=True)
class Spare:
    """What holds for a server that may be missing: the name of its port, and what is said without it."""

    port: str
    without: str


@dataclass(frozen=True, kw_only=True)
class Stack:
    """What is to run. The servers of a wave start at the same time, and need only those of earlier waves.

    `ports` maps servers to the ports they will listen on. `optional` has the names of the servers that may be
    missing: whatever trouble they make becomes a remark.
    """

    home: Home
    ports: Mapping[str, int]
    waves: Sequence[Sequence[Server]]
    links: Sequence[Link]
    optional: Mapping[str, Spare] = field(default_factory=dict)

    @property
    def to_fetch(self) -> int:
        """The bytes that the cache's disk must have free: all that is missing, and the largest twice.

        A download and what is made of it lie there at the same time.
        """
        sizes = [server.to_fetch() for wave in self.waves for server in wave]
        return sum(sizes) + max(sizes, default=0)


def require_same(home: Home, *, port: int | None, random: bool, engine: str) -> None:
    """Refuse to change a stack that runs: its gateway's port, the kind of its ports, its process engine.

    Raises:
        Trouble: naming what it has.
    """
    kept, running = Kept.of(home), Processes(home)
    has = kept.ports.get("gateway", port)
    if port is not None and port != has:
        raise Trouble(f"The {home.stack} stack runs on port {has}: `catalog down` first.")
    if random and not kept.random:
        raise Trouble(f"The {home.stack} stack runs on fixed ports: `catalog down` first.")
    for other in {"camunda", "operaton"} - {engine}:
        if running.find(other) is not None:
            raise Trouble(f"The {home.stack} stack runs with {other}: `catalog down` first.")


def bring_up(stack: Stack, steps: Steps) -> list[str]:
    """Start whatever does not run yet and wait until it serves; if that fails, stop what this call started.

    Returns what a person should know: which optional servers are missing, and why.

    Raises:
        Trouble: naming what is in the way.
    """
    stack.home.require_room(stack.to_fetch)
    starting = _Starting(stack, steps)
    starting.require_ports()
    try:
        waves = [[server for server in wave if starting.provision(server)] for wave in stack.waves]
        for number, wave in enumerate(waves):
            starting.wave(number, wave)
    except BaseException:
        starting.undo()
        raise
    stack.home.write("links", {link.name: {"url": link.url, "sign_in": link.sign_in} for link in stack.links})
    return starting.remarks


def take_down(home: Home, steps: Steps) -> list[str]:
    """Stop all programs of a stack, wave by wave, the last first; returns the names of those that ran."""
    processes = Processes(home)
    ran = [name for name in processes.names() if processes.find(name) is not None]

    def stop(name: str) -> None:
        with steps.step(name, done="stopped") as say:
            say("stopping")
            processes.stop(name)

    for wave in reversed(processes.waves()):
        with ThreadPoolExecutor(max_workers=len(wave)) as threads:
            list(threads.map(stop, wave))
    return ran


class _Starting:
    """The starting of a stack, which remembers what it started so that it can be undone."""

    def __init__(self, stack: Stack, steps: Steps) -> None:
        self._stack = stack
        self._processes = Processes(stack.home)
        self._steps = steps
        self._fresh = not any(self._processes.find(name) for name in self._processes.names())
        self._started: list[str] = []
        self._given_up = Event()
        self.remarks: list[str] = []

    def require_ports(self) -> None:
        """Refuse to start on taken ports; that of an optional server matters only if it can run here."""
        spare = {one.port for one in self._stack.optional.values()}
        self._require_free({name: port for name, port in self._stack.ports.items() if name not in spare})

    def provision(self, server: Server) -> bool:
        """Fetch and prepare a server. False, and a remark, for an optional one that cannot be had here."""
        spare = self._stack.optional.get(server.name)
        try:
            with self._steps.step(f"{server.name}: programs and folders") as say:
                server.provision(say)
            if spare is not None:
                self._require_free({spare.port: self._stack.ports[spare.port]})
        except Trouble as trouble:
            return self._goes_without(server, trouble)
        return True

    def wave(self, number: int, servers: Sequence[Server]) -> None:
        """Start these servers at the same time and wait for all; the first trouble is raised."""
        with ThreadPoolExecutor(max_workers=len(servers) or 1) as threads:
            try:
                for begun in [threads.submit(self._serve, server, number) for server in servers]:
                    begun.result()
            except BaseException:
                self.undo()  # ends the waiting of the other threads
                raise

    def undo(self) -> None:
        """Stop what was started, and start nothing more."""
        self._given_up.set()
        for name in reversed(self._started):
            self._processes.stop(name)

    def _serve(self, server: Server, wave: int) -> None:
        begun: list[str] = []
        try:
            with self._steps.step(server.name) as say:
                say("starting")
                for program in server.programs():
                    self._start(program, wave, begun)
                server.settle(say)
        except Trouble as trouble:
            self._goes_without(server, trouble)
            for name in reversed(begun):
                self._processes.stop(name)

    def _start(self, program: Program, wave: int, begun: list[str]) -> None:
        if self._given_up.is_set():
            raise Trouble(f"{program.name} was not started, because another server failed.")
        if self._processes.find(program.name) is None:
            self._started.append(program.name)
            begun.append(program.name)
        self._processes.start(program, wave=wave)

    def _goes_without(self, server: Server, trouble: Trouble) -> bool:
        """False, and a remark, when the stack can do without this server; its trouble is raised otherwise."""
        spare = self._stack.optional.get(server.name)
        if spare is None:
            raise trouble
        self.remarks.append(f"{trouble} {spare.without}")
        return False

    def _require_free(self, ports: Mapping[str, int]) -> None:
        """Part of what runs holds its ports: then what does not come up tells by itself."""
        if self._fresh:
            require_free(ports, {"gateway": "--port"})
