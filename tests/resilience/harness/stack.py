"""The servers, our processes by name, the harm that can be done to them, and waiting until all is quiet."""

import asyncio
import random
import signal
import time
from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from platform_app.tcp_ports import free_port, is_open
from tests.contract.issuer import issuing
from tests.resilience.harness.checker import judge
from tests.resilience.harness.child import Child
from tests.resilience.harness.consumer import STARTED
from tests.resilience.harness.evidence import read_evidence
from tests.resilience.harness.issuer import Tokens
from tests.resilience.harness.ledger import Ledger
from tests.resilience.harness.links import Links
from tests.resilience.harness.proxy import Proxy
from tests.resilience.harness.quiet import parked, under_way
from tests.resilience.harness.servers import COPY, SERVICE, TIERS, Servers
from tests.resilience.harness.sizes import chosen_seed
from tests.resilience.harness.writers import Writers


@dataclass(frozen=True)
class Stack:
    """What runs. Processes are named service-1, service-2, ..., consumer-1, ...; proxies as in `links`."""

    servers: Servers
    children: Mapping[str, Child]
    proxies: Mapping[str, Proxy]
    urls: Mapping[str, str]
    tokens: Tokens
    heard: Path
    seed: int
    random: random.Random
    ledger: Ledger = field(default_factory=Ledger)
    killed: list[str] = field(default_factory=list)

    def kill(self, name: str) -> None:
        """SIGKILL."""
        self.children[name].kill()
        self.killed.append(name)

    def stop(self, name: str) -> None:
        """SIGSTOP: it lives, and does nothing."""
        self.children[name].signal(signal.SIGSTOP)

    def cont(self, name: str) -> None:
        """SIGCONT: it goes on where it was."""
        self.children[name].signal(signal.SIGCONT)

    async def start(self, name: str, *, wait: bool = True, **env: str) -> None:
        """Start it again, and by default wait until it serves; `env` is for this start only."""
        await asyncio.to_thread(self.children[name].start, wait=wait, **env)

    async def restart(self, name: str, *, wait: bool = True, **env: str) -> None:
        """Kill it and start it again."""
        self.kill(name)
        await self.start(name, wait=wait, **env)

    @asynccontextmanager
    async def supervised(self, *names: str) -> AsyncIterator[None]:
        """Start these again whenever they die, as a container platform does, while the block lasts."""

        async def supervise() -> None:
            while True:
                for name in names:
                    await self.start(name, wait=False)
                await asyncio.sleep(0.1)

        supervising = asyncio.create_task(supervise())
        try:
            yield
        finally:
            supervising.cancel()
            await asyncio.wait([supervising])

    def writers(self, **bounds: Any) -> Writers:
        """A load on all services that keeps the ledger of this stack; `bounds` are fields of `Writers`."""
        return Writers(
            urls=list(self.urls.values()),
            tokens=self.tokens,
            ledger=self.ledger,
            chance=self.random,
            **bounds,
        )

    async def quiet(self, within: float = 30.0) -> float:
        """Wait until nothing is under way: outbox and queues empty, every event applied or parked.

        Returns the seconds that took. Raises AssertionError, saying what is left, after `within`.
        """
        began, calm = time.monotonic(), 0
        while calm < 2:  # twice in a row, so that a duplicate that is still in a consumer's hands ends, too
            left = await under_way(self.servers)
            calm = 0 if any(left.values()) else calm + 1
            if calm == 0 and time.monotonic() - began > within:
                raise AssertionError(f"seed={self.seed} not quiet after {within:g} s: {left}")
            await asyncio.sleep(0.3)
        return time.monotonic() - began

    async def check(self, within: float = 30.0) -> None:
        """Wait for quiet, compare ledger and databases, and print the counts.

        Raises AssertionError unless everything is where it belongs, exactly once and in order. What is never
        quiet is judged all the same: a lost event is a better message than a long wait.
        """
        restless: AssertionError | None = None
        try:
            drained = await self.quiet(within)
        except AssertionError as error:
            restless, drained = error, within
            print(error)  # noqa: T201  # what is under way still is not lost, though it counts as that
        evidence = await read_evidence(
            self.servers.database(SERVICE), self.servers.database(COPY), self.heard
        )
        verdict = judge(self.ledger, evidence, await parked(self.servers))
        print(  # noqa: T201  # what a run was good for
            f"{verdict.line(self.seed)} operations={len(self.ledger)} events={len(evidence.log)}"
            f" again={len(evidence.heard) - len(set(evidence.heard))} kills={len(self.killed)}"
            f" starts={sum(child.starts for child in self.children.values())} drained={drained:.1f}s"
        )
        verdict.require_clean(self.seed)
        if restless is not None:
            raise restless


@contextmanager
def harness(
    servers: Servers,
    folder: Path,
    *,
    services: int = 2,
    consumers: int = 1,
    via_proxy: Collection[str] = (),
    service_env: Mapping[str, str] | None = None,
    consumer_env: Mapping[str, str] | None = None,
) -> Iterator[Stack]:
    """A stack with empty tables and queues; its logs are in `folder`.

    `via_proxy` names the links (see `links.LINKS`) between which a proxy stands. The environments are for
    every start of a process of that kind: SABOTEUR, COMMIT_DELAY, COPY_FAILING, ...

    It blocks while it starts. Everything that lives is killed at the end.
    """
    seed = chosen_seed()
    print(f"seed={seed}")  # noqa: T201  # known even if the run never ends
    with ExitStack() as opened:
        # In a thread: a test that is a coroutine has a loop running in this one.
        opened.enter_context(ThreadPoolExecutor(1)).submit(asyncio.run, servers.empty()).result()
        links = opened.enter_context(Links.open(servers.postgres, servers.rabbitmq, via_proxy))
        issuer = opened.enter_context(issuing("characteristic"))
        urls = {f"service-{number}": f"http://127.0.0.1:{free_port()}" for number in range(1, services + 1)}
        to_service = {
            "CHARACTERISTIC_AUTH_ISSUER": issuer.forge.issuer,
            "CHARACTERISTIC_DATABASE_URL": links.database("service", SERVICE),
            "CHARACTERISTIC_BROKER_URL": links.broker("service"),
            **(service_env or {}),
        }
        to_consumer = {
            "COPY_DATABASE_URL": links.database("consumer", COPY),
            "COPY_BROKER_URL": links.broker("consumer"),
            "COPY_HEARD": str(folder / "heard"),
            "COPY_TIERS": str(list(TIERS)),
            **(consumer_env or {}),
        }
        children = [
            *(_service(name, url, to_service, folder) for name, url in urls.items()),
            *(_consumer(f"consumer-{number}", to_consumer, folder) for number in range(1, consumers + 1)),
        ]
        for child in children:
            opened.callback(child.close)
            child.start(wait=False)
        for child in children:
            child.wait_ready()
        yield Stack(
            servers=servers,
            children={child.name: child for child in children},
            proxies=links.proxies,
            urls=urls,
            tokens=Tokens(issuer),
            heard=folder / "heard",
            seed=seed,
            random=random.Random(seed),  # noqa: S311  # chance that can be repeated, not a secret
        )


def _service(name: str, url: str, env: Mapping[str, str], logs: Path) -> Child:
    port = int(url.rsplit(":", 1)[1])
    told = {**env, "CHARACTERISTIC_PORT": str(port)}
    return Child(name, "tests.resilience.harness.service", told, logs, lambda _: is_open(port))


def _consumer(name: str, env: Mapping[str, str], logs: Path) -> Child:
    return Child(name, "tests.resilience.harness.consumer", env, logs, lambda log: STARTED in log.read_text())
