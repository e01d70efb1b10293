"""The web application: the pages of builder, viewer and store, served by Node."""

from collections.abc import Sequence
from dataclasses import dataclass

from platform_app.home import Home
from platform_app.processes import Program
from platform_app.servers import Say, web_build
from platform_app.servers.ready import answers
from platform_app.tcp_ports import LOOPBACK


@dataclass(frozen=True)
class Web:
    """Serves what was built of `frontend/` on one loopback port, and asks the gateway for everything.

    It has no data: sessions are in the cookies of those who have signed in, sealed with a secret of ours.
    """

    home: Home
    port: int
    gateway: str

    @property
    def name(self) -> str:
        """What the person calls it."""
        return "web application"

    @property
    def url(self) -> str:
        """Where its pages are."""
        return f"http://{LOOPBACK}:{self.port}"

    def to_fetch(self) -> int:
        """What its libraries and the build take, unless it is built."""
        return web_build.to_fetch(self.home.cache)

    def provision(self, say: Say) -> None:
        """Build it from its sources, once for each state of them.

        Raises:
            Trouble: when its libraries cannot be fetched, or it cannot be built.
        """
        web_build.lay(self.home.cache, say)

    def programs(self) -> Sequence[Program]:
        """The one process of Node. It stays the account that runs this command, as our other processes do."""
        return [
            Program(
                name="web",
                command=[str(web_build.node()), "server.js"],
                env={
                    "NODE_ENV": "production",
                    "NEXT_TELEMETRY_DISABLED": "1",
                    "HOSTNAME": LOOPBACK,
                    "PORT": str(self.port),
                    "CATALOG_GATEWAY_URL": self.gateway,
                    "CATALOG_PUBLIC_URL": self.url,
                    "CATALOG_SESSION_SECRET": self.home.secret("web-session") + self.home.secret("web-more"),
                },
                folder=web_build.folder(self.home.cache),
                ready=lambda: answers(self.port, "/healthz"),
                grace=10.0,
            )
        ]

    def settle(self, say: Say) -> None:
        """Nothing is left to do."""
