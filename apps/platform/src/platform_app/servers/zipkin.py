"""Zipkin: the traces of the last minutes, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass

from platform_app.home import Home
from platform_app.processes import Program
from platform_app.servers import Say
from platform_app.servers.account import Account
from platform_app.servers.java import java, small
from platform_app.servers.maven import Bundle, fetch
from platform_app.servers.ready import answers
from platform_app.tcp_ports import LOOPBACK

BUNDLE = Bundle.of("zipkin", "Zipkin", megabytes=98)
MOST_SPANS, HEAP = 20_000, 192
"""Spans that are kept, and megabytes for them: with 50,000 and 96 it ran out of memory during an import."""


@dataclass(frozen=True)
class Zipkin:
    """The trace store and its web page, on one loopback port. Traces do not outlive it."""

    home: Home
    port: int

    @property
    def name(self) -> str:
        """What the person calls it."""
        return "Zipkin"

    @property
    def url(self) -> str:
        """Where the web page is; spans go to `/api/v2/spans` of the same address."""
        return f"http://{LOOPBACK}:{self.port}"

    def to_fetch(self) -> int:
        """What the jar takes, unless it is there."""
        return BUNDLE.to_fetch(self.home.cache)

    def provision(self, say: Say) -> None:
        """Fetch the jar.

        Raises:
            Trouble: when it cannot be fetched.
        """
        Account.of_servers().require_path(fetch(BUNDLE, self.home.cache, say))

    def programs(self) -> Sequence[Program]:
        """The one Java process. Its address is given as an Armeria port: the plain one listens everywhere."""
        (jar,) = BUNDLE.folder(self.home.cache).glob("*.jar")
        listen = {"ip": LOOPBACK, "port": str(self.port), "protocols[0]": "http"}
        return [
            Program(
                name="zipkin",
                command=[
                    java(),
                    *small(HEAP),
                    "-jar",
                    str(jar),
                    *(f"--armeria.ports[0].{key}={value}" for key, value in listen.items()),
                ],
                env={"STORAGE_TYPE": "mem", "MEM_MAX_SPANS": str(MOST_SPANS)},
                ready=lambda: answers(self.port, "/health"),
                user=Account.of_servers().name,
            )
        ]

    def settle(self, say: Say) -> None:
        """Nothing is left to do."""
