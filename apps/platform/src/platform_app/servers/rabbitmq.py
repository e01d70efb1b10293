"""RabbitMQ: carries the events from one context to the others."""

import asyncio
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kernel.errors import CatalogError, Unavailable
from platform_app.home import Home
from platform_app.processes import Program
from platform_app.servers import Say
from platform_app.servers.account import Account
from platform_app.servers.ready import answers, basic
from platform_app.tcp_ports import LOOPBACK, is_open
from platform_app.trouble import Trouble

HOW = "apt-get install -y rabbitmq-server"
INSTALLED = Path("/usr/lib/rabbitmq/lib")
USER = VHOST = "catalog"
NODE = "catalog@localhost"
SETTLING = 30.0
"""Seconds that the broker may take, once it listens, until its queues can be had."""


def installed(place: Path = INSTALLED) -> tuple[Path, Path]:
    """The broker's start script inside the distribution's package, and Erlang's directory of nodes.

    The script on the PATH is a wrapper that insists on the account and folders of the machine-wide broker.

    Raises:
        Trouble: when RabbitMQ is not installed.
    """
    scripts, epmd = sorted(place.glob("rabbitmq_server-*/sbin/rabbitmq-server")), shutil.which("epmd")
    if not scripts or epmd is None:
        raise Trouble(f"The native stack needs RabbitMQ, which is not installed: {HOW}")
    return scripts[-1], Path(epmd)


@dataclass(frozen=True)
class RabbitMQ:
    """The broker with its management page, on four loopback ports, with nothing of a machine-wide one.

    `port` speaks AMQP and `management_port` HTTP. `node_port` and `epmd_port` are Erlang's own: the node's,
    and that of the little directory in which Erlang programs find a node's port by its name.
    """

    home: Home
    port: int
    management_port: int
    node_port: int
    epmd_port: int

    @property
    def name(self) -> str:
        """What the person calls it."""
        return "RabbitMQ"

    @property
    def password(self) -> str:
        """The password of `catalog`, the only user."""
        return self.home.secret("rabbitmq")

    @property
    def url(self) -> str:
        """The AMQP address, password included."""
        return f"amqp://{USER}:{self.password}@{LOOPBACK}:{self.port}/{VHOST}"

    @property
    def management(self) -> str:
        """Where a person watches the queues, logged in as `catalog`."""
        return f"http://{LOOPBACK}:{self.management_port}"

    def to_fetch(self) -> int:
        """Nothing: it is a package of the system."""
        return 0

    def provision(self, say: Say) -> None:
        """Write the configuration of an installed RabbitMQ.

        Raises:
            Trouble: when there is none.
        """
        installed()
        self.write_configuration()

    def write_configuration(self) -> None:
        """Lay out the data folder; what is secret in it can be read by its owner only."""
        self.home.create()
        account, data = Account.of_servers(), self.home.data("rabbitmq")
        account.require_path(data.parent)
        for folder in (data, data / "mnesia", data / "log", data / "conf.d"):
            account.private_folder(folder)
        account.private_file(data / "rabbitmq.conf", self.configuration())
        account.private_file(data / "enabled_plugins", "[rabbitmq_management].\n")

    def configuration(self) -> str:
        """The text of `rabbitmq.conf`.

        User and virtual host are created on the first start, instead of `guest` and `/`. The limits suit a
        developer's machine: by default the broker may take two fifths of its memory.
        """
        settings = {
            "listeners.tcp.1": f"{LOOPBACK}:{self.port}",
            "management.tcp.ip": LOOPBACK,
            "management.tcp.port": self.management_port,
            "default_user": USER,
            "default_pass": self.password,
            "default_vhost": VHOST,
            "default_user_tags.administrator": "true",
            "vm_memory_high_watermark.absolute": "512MB",
            "disk_free_limit.absolute": "100MB",
            "log.console": "true",
            "log.console.use_colors": "off",
            "log.file": "false",
        }
        return "".join(f"{key} = {value}\n" for key, value in settings.items())

    def programs(self) -> Sequence[Program]:
        """Erlang's directory of nodes, then the broker."""
        script, epmd = installed()
        return [
            Program(
                name="epmd",
                command=[str(epmd), "-address", LOOPBACK, "-port", str(self.epmd_port)],
                ready=lambda: is_open(self.epmd_port),
                user=Account.of_servers().name,
            ),
            Program(
                name="rabbitmq",
                command=[str(script)],
                env=self.environment(),
                folder=self.home.data("rabbitmq"),
                ready=self.ready,
                user=Account.of_servers().name,
                patience=120.0,
                grace=30.0,
            ),
        ]

    def environment(self) -> dict[str, str]:
        """What keeps the broker within the data folder and the ports of this stack."""
        data = self.home.data("rabbitmq")
        return {
            "HOME": str(data),  # the place of Erlang's cookie
            "ERL_EPMD_PORT": str(self.epmd_port),
            "RABBITMQ_NODENAME": NODE,
            "RABBITMQ_DIST_PORT": str(self.node_port),
            "RABBITMQ_MNESIA_BASE": str(data / "mnesia"),
            "RABBITMQ_LOG_BASE": str(data / "log"),
            "RABBITMQ_CONFIG_FILE": str(data / "rabbitmq.conf"),
            # An empty folder and two files that are not there, lest those of the machine be read.
            "RABBITMQ_CONFIG_FILES": str(data / "conf.d"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(data / "advanced.config"),
            "RABBITMQ_CONF_ENV_FILE": str(data / "rabbitmq-env.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(data / "enabled_plugins"),
            # The node on loopback only; its schedulers sleep when there is nothing to do.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
                "-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none"
            ),
            "RABBITMQ_LOG": "warning",
            "RUNNING_UNDER_SYSTEMD": "true",  # then the script becomes the broker, not its parent
        }

    def ready(self) -> bool:
        """Whether AMQP is served, which comes last, and our user may look at the management API."""
        ours = basic(USER, self.password)
        return is_open(self.port) and answers(self.management_port, "/api/whoami", authorization=ours)

    def settle(self, say: Say) -> None:
        """Create the exchange and the queues; the configuration has created the user and the virtual host.

        Raises:
            Trouble: when a queue is there and is another than it should be.
        """
        from kernel.rabbit import apply  # these libraries take a second to load
        from platform_app.topology import QUEUES

        deadline = time.monotonic() + SETTLING
        while True:
            try:
                return asyncio.run(apply(self.url, QUEUES))
            except Unavailable as error:  # after a crash its queues elect their leaders anew
                if time.monotonic() > deadline:
                    raise Trouble(error.message) from error
            except CatalogError as error:
                raise Trouble(error.message) from error
            time.sleep(0.2)
