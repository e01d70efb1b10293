"""A stack: servers, then the apps on top of them; brought up in order, taken down in reverse."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from platform_app.console import Steps
from platform_app.home import Home
from platform_app.ports import require_free
from platform_app.processes import Processes, Program
from platform_app.servers import Server


@dataclass(frozen=True)
class Link:
    """An address a person may open or a program may use, and who may sign in there."""

    name: str
    url: str
    sign_in: str = ""


@dataclass(frozen=True, kw_only=True)
class Stack:
    """What is to run. `ports` maps servers to ports they will listen on; `remarks` are said at the end."""

    home: Home
    ports: Mapping[str, int]
    servers: Sequence[Server]
    apps: Callable[[], Sequence[Program]]
    links: Sequence[Link]
    remarks: Sequence[str] = ()


def bring_up(stack: Stack, steps: Steps) -> None:
    """Start whatever does not run yet and wait until it serves; if that fails, stop what this call started.

    Raises:
        Trouble: naming what is in the way.
    """
    processes = Processes(stack.home)
    if not any(processes.find(name) for name in processes.names()):
        require_free(stack.ports, {"gateway": "--port"})
    started: list[str] = []

    def start(program: Program) -> None:
        if processes.find(program.name) is None:
            started.append(program.name)
        processes.start(program)

    try:
        for server in stack.servers:
            with steps.step(server.name) as say:
                server.provision(say)
                say("starting")
                for program in server.programs():
                    start(program)
                server.settle(say)
        for app in stack.apps():
            with steps.step(app.name) as say:
                say("starting")
                start(app)
    except BaseException:
        for name in reversed(started):
            processes.stop(name)
        raise
    stack.home.write("links", {link.name: {"url": link.url, "sign_in": link.sign_in} for link in stack.links})


def take_down(home: Home, steps: Steps) -> list[str]:
    """Stop all programs of a stack, the last started first; returns the names of those that ran."""
    processes = Processes(home)
    ran = []
    for name in reversed(processes.names()):
        if processes.find(name) is not None:
            ran.append(name)
        with steps.step(name) as say:
            say("stopping")
            processes.stop(name)
    return ran
