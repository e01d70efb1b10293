"""Which port each server listens on: fixed by default, free ones on demand, remembered across restarts."""

import socket
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from platform_app.home import Home
from platform_app.trouble import Trouble

LOOPBACK = "127.0.0.1"


def free_ports(count: int) -> list[int]:
    """So many different loopback ports that nothing listens on right now."""
    with ExitStack() as held:  # all at once, lest one is given out twice
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind((LOOPBACK, 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def free_port() -> int:
    """A loopback port that nothing listens on right now."""
    return free_ports(1)[0]


def is_open(port: int) -> bool:
    """Whether something accepts connections on this loopback port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((LOOPBACK, port)) == 0


def is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


@dataclass(frozen=True)
class Kept:
    """The ports of a stack's last start, whether they were random, and the random ones of any start."""

    random: bool
    ports: Mapping[str, int]
    free: Mapping[str, int]

    @classmethod
    def of(cls, home: Home) -> "Kept":
        """What is kept in the stack's `ports.json`; empty when it never ran.

        Raises:
            Trouble: when that is damaged.
        """
        kept = home.read("ports")
        try:
            ports, free = (
                {str(name): int(port) for name, port in kept.get(part, {}).items()}
                for part in ("ports", "free")
            )
        except (AttributeError, TypeError, ValueError) as error:
            raise home.damaged("ports") from error
        return cls(bool(kept.get("random")), ports, free)


def assign(
    home: Home, wanted: Mapping[str, int], *, random: bool, chosen: Mapping[str, int]
) -> dict[str, int]:
    """Return the port of every server in `wanted`, and keep them in the stack's `ports.json`.

    What the user chose comes first. Otherwise a port is the fixed one of `wanted`, or, with `random`, a free
    one that is the same at every start with `random`.
    """
    free = dict(Kept.of(home).free)
    if random:
        fresh = zip(wanted, free_ports(len(wanted)), strict=True)
        free = {**dict(fresh), **free}
    ports = {name: chosen.get(name) or (free[name] if random else fixed) for name, fixed in wanted.items()}
    home.write("ports", {"random": random, "ports": ports, "free": free})
    return ports


def require_free(ports: Mapping[str, int], option: Mapping[str, str]) -> None:
    """Refuse to start when a port is taken; `option` names, per server, what changes its port.

    Raises:
        Trouble: naming the first port that is taken and how to choose another.
    """
    for name, port in ports.items():
        if not is_free(port):
            how = option.get(name, "--random-ports")
            raise Trouble(
                f"Port {port}, which {name} needs, is in use: "
                f"stop what uses it, or choose another with {how}."
            )
