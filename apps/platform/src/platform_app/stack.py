"""A stack: waves of servers and apps, brought up wave by wave and taken down in reverse."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event

from platform_app.console import Steps
from platform_app.home import Home
from platform_app.ports import require_free
from platform_app.processes import Processes, Program
from platform_app.servers import Server
from platform_app.trouble import Trouble


@dataclass(frozen=True)
class Link:
    """An address a person may open or a program may use, and who may sign in there."""

    name: str
    url: str
    sign_in: str = ""


@dataclass(frozen=True, kw_only=True)
class Stack:
    """What is to run. The servers of a wave start at the same time, and need only those of earlier waves.

    `ports` maps servers to the ports they will listen on. `optional` maps the name of a server that may be
    missing to what is said then.
    """

    home: Home
    ports: Mapping[str, int]
    waves: Sequence[Sequence[Server]]
    links: Sequence[Link]
    optional: Mapping[str, str] = field(default_factory=dict)


def bring_up(stack: Stack, steps: Steps) -> list[str]:
    """Start whatever does not run yet and wait until it serves; if that fails, stop what this call started.

    Returns what a person should know: which optional servers are missing, and why.

    Raises:
        Trouble: naming what is in the way.
    """
    stack.home.require_room()
    starting = _Starting(Processes(stack.home), steps)
    if not starting.anything_runs():
        require_free(stack.ports, {"gateway": "--port"})
    try:
        waves = [
            [server for server in wave if starting.provision(server, stack.optional)] for wave in stack.waves
        ]
        for wave in waves:
            starting.wave(wave)
    except BaseException:
        starting.undo()
        raise
    stack.home.write("links", {link.name: {"url": link.url, "sign_in": link.sign_in} for link in stack.links})
    return starting.remarks


def take_down(home: Home, steps: Steps) -> list[str]:
    """Stop all programs of a stack, the last started first; returns the names of those that ran."""
    processes = Processes(home)
    ran = []
    for name in reversed(processes.names()):
        if processes.find(name) is not None:
            ran.append(name)
        with steps.step(name, done="stopped") as say:
            say("stopping")
            processes.stop(name)
    return ran


class _Starting:
    """The starting of a stack, which remembers what it started so that it can be undone."""

    def __init__(self, processes: Processes, steps: Steps) -> None:
        self._processes = processes
        self._steps = steps
        self._started: list[str] = []
        self._given_up = Event()
        self.remarks: list[str] = []

    def anything_runs(self) -> bool:
        """Whether a program of the stack runs already."""
        return any(self._processes.find(name) for name in self._processes.names())

    def provision(self, server: Server, optional: Mapping[str, str]) -> bool:
        """Fetch and prepare a server. False, and a remark, for an optional one that cannot be had here."""
        try:
            with self._steps.step(f"{server.name}: programs and folders") as say:
                server.provision(say)
        except Trouble as trouble:
            if server.name not in optional:
                raise
            self.remarks.append(f"{trouble} {optional[server.name]}")
            return False
        return True

    def wave(self, servers: Sequence[Server]) -> None:
        """Start these servers at the same time and wait for all; the first trouble is raised."""
        with ThreadPoolExecutor(max_workers=len(servers)) as threads:
            try:
                for begun in [threads.submit(self._serve, server) for server in servers]:
                    begun.result()
            except BaseException:
                self.undo()  # ends the waiting of the other threads
                raise

    def undo(self) -> None:
        """Stop what was started, and start nothing more."""
        self._given_up.set()
        for name in reversed(self._started):
            self._processes.stop(name)

    def _serve(self, server: Server) -> None:
        with self._steps.step(server.name) as say:
            say("starting")
            for program in server.programs():
                self._start(program)
            server.settle(say)

    def _start(self, program: Program) -> None:
        if self._given_up.is_set():
            raise Trouble(f"{program.name} was not started, because another server failed.")
        if self._processes.find(program.name) is None:
            self._started.append(program.name)
        self._processes.start(program)
