"""The links between our processes and the servers, with or without a proxy in between."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from tests.resilience.harness.proxy import Opened, Proxy
from tests.servers import RunningPostgres, RunningRabbitMQ

LINKS = ("service-broker", "consumer-broker", "service-postgres", "consumer-postgres")
"""Who, and to what; all processes of a kind share one proxy."""


@dataclass(frozen=True)
class Links:
    """The addresses that processes are told."""

    postgres: RunningPostgres
    rabbitmq: RunningRabbitMQ
    proxies: Mapping[str, Proxy]

    @classmethod
    @contextmanager
    def open(
        cls, postgres: RunningPostgres, rabbitmq: RunningRabbitMQ, via_proxy: Collection[str]
    ) -> Iterator["Links"]:
        """The links, with a proxy in each of those that are named."""
        if unknown := set(via_proxy).difference(LINKS):
            raise ValueError(f"there is no link {unknown}: {LINKS}")
        broker = urlsplit(rabbitmq.url)
        to_postgres = postgres_dial(postgres)

        async def to_broker() -> Opened:
            return await asyncio.open_connection(broker.hostname, broker.port)

        with ExitStack() as opened:
            dials = {name: to_broker if name.endswith("broker") else to_postgres for name in via_proxy}
            yield cls(
                postgres,
                rabbitmq,
                {name: opened.enter_context(Proxy(dial)) for name, dial in dials.items()},
            )

    def broker(self, who: str) -> str:
        """The broker's address for a kind of process."""
        proxy, broker = self.proxies.get(f"{who}-broker"), urlsplit(self.rabbitmq.url)
        if proxy is None:
            return self.rabbitmq.url
        return f"amqp://{broker.username}:{broker.password}@127.0.0.1:{proxy.port}{broker.path}"

    def database(self, who: str, database: str) -> str:
        """The address of a database for a kind of process."""
        proxy, url = self.proxies.get(f"{who}-postgres"), self.postgres.url(database)
        return url if proxy is None else address_through(proxy, url)


def postgres_dial(postgres: RunningPostgres) -> Callable[[], Awaitable[Opened]]:
    """The way to a database server, which listens on a socket in a folder; the port names the file."""
    (folder,) = parse_qs(urlsplit(postgres.url("any")).query)["host"]
    (number,) = parse_qs(urlsplit(postgres.url("any")).query)["port"]

    async def dial() -> Opened:
        return await asyncio.open_unix_connection(f"{folder}/.s.PGSQL.{number}")

    return dial


def address_through(proxy: Proxy, url: str) -> str:
    """The address of a database, by way of a proxy."""
    found = urlsplit(url)
    return f"{found.scheme}://{found.username}:{found.password}@127.0.0.1:{proxy.port}{found.path}"
