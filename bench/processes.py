"""Start what is measured, each as a process of its own."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx

from platform_app.tcp_ports import free_port, is_open
from tests.processes import eventually, running


@dataclass(frozen=True)
class Servers:
    """Starts the servers of `bench.servers`; their logs go to `folder`."""

    folder: Path

    def start(self, stack: ExitStack, name: str, *arguments: str, log: str = "") -> tuple[int, int]:
        """Start one until `stack` closes; returns its port and its pid. `log` is the file's name.

        Raises RuntimeError, with the end of its log, when it has ended instead.
        """
        port, file = free_port(), self.folder / (log or name)
        process = stack.enter_context(running(["-m", "bench.servers", name, str(port), *arguments], {}, file))

        def listens() -> bool:
            if process.poll() is not None:
                raise RuntimeError(f"{name} has ended:\n{file.read_text()[-2000:]}")
            return is_open(port)

        eventually(listens, within=60)
        return port, process.pid

    @staticmethod
    def token(keys: int, audience: str) -> str:
        """A token for `audience` from the issuer on the port `keys`; it is good for an hour."""
        answer = httpx.get(f"http://127.0.0.1:{keys}/token?audience={audience}", trust_env=False)
        return str(answer.json()["token"])
