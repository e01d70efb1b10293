"""Our processes behind the gateway, without broker and engine, and links between any two that can be harmed.

A test builds what it needs: `with open_door(folder) as door:`, services by `door.service(...)`, a link by
`door.link(...)`, the gateway by `door.gateway(...)`, and then `door.ready()`. Events stay in the outbox.
"""

import asyncio
import json
import random
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Final
from urllib.parse import urlsplit

import psutil

from platform_app.tcp_ports import free_port, is_open
from tests.contract.issuer import Issuer, issuing
from tests.processes import eventually
from tests.resilience.harness.child import Child
from tests.resilience.harness.issuer import Tokens
from tests.resilience.harness.links import address_through, postgres_dial
from tests.resilience.harness.proxy import Opened, Proxy
from tests.resilience.harness.sizes import chosen_seed
from tests.servers import RunningPostgres

SERVICES: Final = {
    "characteristic": "tests.resilience.harness.service",  # it can harm itself; see `faults`
    "specification": "specification_app.main",
}
"""The services there are, and the module that each is run as."""
AUDIENCES: Final = ("gateway", *SERVICES)
_NO_BROKER = "amqp://nobody:nothing@127.0.0.1:1/"
_NO_ENGINE = "http://nobody:nothing@127.0.0.1:1/engine-rest"


@dataclass
class Door:
    """What runs, by name. Everything ends with the block that it was opened in."""

    folder: Path
    issuer: Issuer
    tokens: Tokens
    seed: int
    chance: random.Random
    children: dict[str, Child] = field(default_factory=dict)
    urls: dict[str, str] = field(default_factory=dict)
    links: dict[str, Proxy] = field(default_factory=dict)
    _ends: ExitStack = field(default_factory=ExitStack)

    def link(self, name: str, url: str) -> str:
        """The address of a server, through a proxy that `links` has under this name."""
        found = urlsplit(url)

        async def dial() -> Opened:
            return await asyncio.open_connection(found.hostname, found.port)

        self.links[name] = proxy = self._ends.enter_context(Proxy(dial))
        return url.replace(f"{found.hostname}:{found.port}", f"127.0.0.1:{proxy.port}", 1)

    def database_link(self, name: str, postgres: RunningPostgres, database: str) -> str:
        """The address of a database, through a proxy that `links` has under this name."""
        self.links[name] = proxy = self._ends.enter_context(Proxy(postgres_dial(postgres)))
        return address_through(proxy, postgres.url(database))

    def service(self, kind: str, database_url: str, *, name: str = "", **env: str) -> str:
        """Start a service; returns its address. The variables of `env` are written without its prefix."""
        away = {"BROKER_URL": _NO_BROKER, "ENGINE_URL": _NO_ENGINE, "CLIENT_SECRET": "only-for-tests-only"}
        told = {"AUTH_ISSUER": self.issuer.forge.issuer, **away, **env}
        own = {f"{kind.upper()}_{key}": value for key, value in told.items() if key not in _HARM}
        harm = {key: value for key, value in env.items() if key in _HARM}
        own |= {f"{kind.upper()}_DATABASE_URL": database_url, **harm}
        return self._start(name or kind, kind, SERVICES[kind], own)

    def gateway(self, upstreams: Mapping[str, str | Sequence[str]], **env: str) -> str:
        """Start the gateway; returns its address with `/api`. Variables are written without its prefix."""
        told = {
            "AUTH_ISSUER": self.issuer.forge.issuer,
            "IDENTITY_URL": self.issuer.url,
            "IDENTITY_CLIENT_SECRET": "only-for-tests-only",
            "UPSTREAMS": json.dumps(upstreams),
            **env,
        }
        own = {f"GATEWAY_{key}": value for key, value in told.items()}
        return self._start("gateway", "gateway", "gateway_app.main", own) + "/api"

    def ready(self) -> None:
        """Wait until all of them serve."""
        for child in self.children.values():
            child.wait_ready()

    def headers(self, name: str = "somebody", role: str = "author", **more: str) -> dict[str, str]:
        """The headers of an account; names have dashes for underscores."""
        own = {key.replace("_", "-"): value for key, value in more.items()}
        return {"authorization": self.tokens.header(name, role), **own}

    def tasks(self, name: str) -> int:
        """How many asyncio tasks a process has now."""
        file = self.folder / f"{name}.tasks"
        file.unlink(missing_ok=True)
        self.children[name].signal(signal.SIGUSR1)
        return int(eventually(lambda: file.exists() and file.read_text()))

    def connections(self, name: str) -> int:
        """How many TCP connections a process has now, of either direction."""
        found = psutil.Process(self.children[name].pid).net_connections("tcp")
        return sum(one.status != psutil.CONN_LISTEN for one in found)

    def memory(self, name: str) -> int:
        """The bytes that a process has in memory now."""
        return int(psutil.Process(self.children[name].pid).memory_info().rss)

    def _start(self, name: str, kind: str, module: str, env: Mapping[str, str]) -> str:
        port = free_port()
        told = {
            **env,
            f"{kind.upper()}_PORT": str(port),
            "OBSERVED": module,
            "OBSERVED_TASKS": str(self.folder / f"{name}.tasks"),
        }
        observed = "tests.resilience.harness.observed"
        child = Child(name, observed, told, self.folder, lambda _: is_open(port))
        self._ends.callback(child.close)
        self.children[name] = child
        child.start(wait=False)
        self.urls[name] = f"http://127.0.0.1:{port}"
        return self.urls[name]


_HARM = frozenset({"CRASH_AT", "COMMIT_DELAY", "LATE_COMMITS"})


@contextmanager
def open_door(folder: Path) -> Iterator[Door]:
    """Nothing yet, but an issuer of tokens that all services and the gateway believe. Logs go to `folder`."""
    seed = chosen_seed()
    print(f"seed={seed}")  # noqa: T201  # known even if the run never ends
    with issuing("gateway") as issuer, ExitStack() as ends:
        chance = random.Random(seed)  # noqa: S311  # chance that can be repeated, not a secret
        yield Door(folder, issuer, Tokens(issuer, AUDIENCES), seed, chance, _ends=ends)


@dataclass(frozen=True)
class Calm:
    """What a process has while nobody asks it anything: what is more afterwards has leaked.

    `KEPT` connections to an upstream may be more: so many are kept in case they are wanted again.
    """

    KEPT: ClassVar[int] = 20  # httpx; the gateway closes its own after two seconds

    door: Door
    name: str
    tasks: int
    connections: int

    @classmethod
    async def of(cls, door: Door, name: str) -> "Calm":
        """Look at it until it is calm: twice the same, a while apart."""
        before, now = (-1, -1), (0, 0)
        while now != before:
            await asyncio.sleep(0.3)
            before, now = now, (await asyncio.to_thread(door.tasks, name), door.connections(name))
        return cls(door, name, *now)

    async def again(self, within: float = 10.0, spare: int = 0) -> str:
        """Wait until it has no more than then, but for `spare` connections; returns what it has.

        Raises AssertionError after `within` seconds.
        """
        until = time.monotonic() + within
        while True:
            tasks = await asyncio.to_thread(self.door.tasks, self.name)
            connections = self.door.connections(self.name)
            said = f"{tasks} tasks of {self.tasks}, {connections} connections of {self.connections}"
            if 0 <= tasks <= self.tasks and connections <= self.connections + spare:
                return said
            if time.monotonic() > until:
                raise AssertionError(f"seed={self.door.seed} {self.name} leaks: {said}")
            await asyncio.sleep(0.1)
