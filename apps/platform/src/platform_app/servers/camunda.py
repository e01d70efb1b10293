"""Camunda 7, or its fork Operaton: runs the process that publishes an offering."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from platform_app.home import Home
from platform_app.processes import Program
from platform_app.repository import repository
from platform_app.servers import Say
from platform_app.servers.account import Account
from platform_app.servers.java import java, small
from platform_app.servers.maven import NATIVE, Bundle, fetch
from platform_app.servers.ready import answers
from platform_app.tcp_ports import LOOPBACK
from platform_app.trouble import Trouble

Flavour = Literal["camunda", "operaton"]

ADMIN = "catalog"
USERS = ("offering", "pricing", "specification", "store")
"""The services that the engine knows, by their names."""
BUNDLES: dict[Flavour, Bundle] = {
    "camunda": Bundle.of("camunda", "Camunda", megabytes=77),
    "operaton": Bundle.of("operaton", "Operaton", megabytes=92),
}


def sources(flavour: Flavour) -> list[str]:
    """The parts that make up the application, in the order they must be set up.

    In an application with code Spring Boot finds them by itself; naming them spares us code and a compiler.
    """
    boot, engine = "org.springframework.boot.autoconfigure", f"org.{flavour}.bpm.spring.boot.starter"
    stem = f"{flavour.title()}Bpm"
    return [
        f"{boot}.context.PropertyPlaceholderAutoConfiguration",
        f"{boot}.context.ConfigurationPropertiesAutoConfiguration",
        f"{boot}.context.LifecycleAutoConfiguration",
        f"{boot}.task.TaskExecutionAutoConfiguration",
        f"{boot}.jackson.JacksonAutoConfiguration",
        f"{boot}.jdbc.DataSourceAutoConfiguration",
        f"{boot}.jdbc.JdbcTemplateAutoConfiguration",
        f"{boot}.jdbc.DataSourceTransactionManagerAutoConfiguration",
        f"{boot}.transaction.TransactionAutoConfiguration",
        f"{boot}.http.HttpMessageConvertersAutoConfiguration",
        f"{boot}.web.servlet.ServletWebServerFactoryAutoConfiguration",
        f"{boot}.web.servlet.DispatcherServletAutoConfiguration",
        f"{boot}.web.servlet.WebMvcAutoConfiguration",
        f"{boot}.web.servlet.error.ErrorMvcAutoConfiguration",
        f"{engine}.{stem}AutoConfiguration",
        f"{engine}.rest.{stem}RestJerseyAutoConfiguration",
        f"{boot}.jersey.JerseyAutoConfiguration",
        f"{engine}.webapp.{stem}WebappAutoConfiguration",
        f"file:{NATIVE / 'engine-rest-auth.xml'}",
    ]


@dataclass(frozen=True, kw_only=True)
class Database:
    """The PostgreSQL database of the engine; it must exist, the engine creates its tables."""

    host: str = LOOPBACK
    port: int
    name: str
    user: str
    password: str = field(repr=False)

    @property
    def jdbc(self) -> str:
        """The address in Java's spelling."""
        return f"jdbc:postgresql://{self.host}:{self.port}/{self.name}"

    @property
    def url(self) -> str:
        """The address for programs in Python, password included."""
        return f"postgresql://{self.user}:{self.password}@{self.host}:{self.port}/{self.name}"


@dataclass(frozen=True)
class Camunda:
    """The process engine with its REST API and Cockpit, on one loopback port.

    Both flavours speak the same API. Their tables are not the same: each needs a database of its own.
    """

    home: Home
    port: int
    database: Database
    flavour: Flavour = "camunda"

    @property
    def name(self) -> str:
        """What the person calls it."""
        return BUNDLES[self.flavour].title

    @property
    def url(self) -> str:
        """The base address of the REST API, which asks for HTTP Basic as `catalog`."""
        return f"http://{LOOPBACK}:{self.port}/engine-rest"

    @property
    def cockpit(self) -> str:
        """Where a person watches the process instances, logged in as `catalog`."""
        return f"http://{LOOPBACK}:{self.port}/{self.flavour}/app/cockpit/default/"

    @property
    def password(self) -> str:
        """The password of `catalog`, the engine's administrator."""
        return self.home.secret("camunda-admin")

    def url_of(self, user: str) -> str:
        """The address of the REST API for a service, or for the administrator, password included."""
        return f"http://{user}:{self.password_of(user)}@{LOOPBACK}:{self.port}/engine-rest"

    def password_of(self, user: str) -> str:
        """The password of one of the engine's users."""
        return self.password if user == ADMIN else self.home.secret(f"camunda-{user}")

    def to_fetch(self) -> int:
        """What the jars take, unless they are there."""
        return BUNDLES[self.flavour].to_fetch(self.home.cache)

    def provision(self, say: Say) -> None:
        """Fetch the jars of the chosen flavour.

        Raises:
            Trouble: when they cannot be fetched.
        """
        self.home.create()
        account, data = Account.of_servers(), self.home.data(self.flavour)
        account.require_path(fetch(BUNDLES[self.flavour], self.home.cache, say))
        account.require_path(data.parent)
        account.private_folder(data)

    def programs(self) -> Sequence[Program]:
        """The one Java process: Spring Boot's own main class, told everything by its environment."""
        jars = sorted(BUNDLES[self.flavour].folder(self.home.cache).glob("*.jar"))
        return [
            Program(
                name=self.flavour,
                command=[
                    java(),
                    *small(192),
                    "-cp",
                    ":".join(map(str, jars)),
                    "org.springframework.boot.SpringApplication",
                ],
                env={"SPRING_APPLICATION_JSON": json.dumps(self.settings())},
                folder=self.home.data(self.flavour),
                ready=lambda: answers(self.port, "/engine-rest/engine"),  # the one path that is open to all
                user=Account.of_servers().name,
                patience=120.0,
            )
        ]

    def settings(self) -> dict[str, object]:
        """The configuration, secrets included: it goes through the environment, never through a command line.

        Telemetry needs no switch: neither version can send any.
        """
        engine: dict[str, object] = {
            "admin-user": {"id": ADMIN, "password": self.password},
            "authorization": {"enabled": True},
            "auto-deployment-enabled": False,
            "default-number-of-retries": 3,
            "filter": {"create": "All tasks"},
            "history-level": "full",
            "job-execution": {"wait-time-in-millis": 500, "max-wait": 2000},  # a timer is due within 2 s
            "metrics": {"db-reporter-activate": False},
            # without it an error code that the diagram does not know ends a sub-process as if all were well
            "generic-properties": {"properties": {"enable-exceptions-after-unhandled-bpmn-error": True}},
        }
        return {
            "server": {
                "address": LOOPBACK,
                "port": self.port,
                "shutdown": "graceful",
                # else the poll of a worker that has gone is answered, too, and tasks stay locked for nobody
                "servlet": {"context-parameters": {"fetch-and-lock-unique-worker-request": "true"}},
            },
            "spring": {
                "application": {"name": self.flavour},
                "main": {"banner-mode": "off", "sources": ",".join(sources(self.flavour))},
                "lifecycle": {"timeout-per-shutdown-phase": "5s"},
                "web": {"resources": {"static-locations": "NULL"}},  # the web applications bring their own
                "datasource": {
                    "url": self.database.jdbc,
                    "username": self.database.user,
                    "password": self.database.password,
                    "hikari": {"maximum-pool-size": 10, "minimum-idle": 2},
                },
            },
            "logging": {"level": {"root": "WARN"}},
            "engine": {"package": f"org.{self.flavour}.bpm"},  # for engine-rest-auth.xml
            self.flavour: {"bpm": engine},
        }

    def settle(self, say: Say) -> None:
        """Make a user for each service, deploy the diagrams, and let each business key begin once.

        Raises:
            Trouble: when the engine or its database refuses.
        """
        from platform_app.servers.engine_setup import TROUBLES, EngineSetup  # takes a second to load

        say("Preparing the engine's users and diagrams")
        setup = EngineSetup(
            url=self.url_of(ADMIN),
            database=self.database.url,
            passwords={name: self.password_of(name) for name in USERS},
            diagrams=tuple(sorted((repository() / "bpmn").glob("*.bpmn"))),
        )
        try:
            asyncio.run(setup())
        except TROUBLES as error:
            raise Trouble(f"{self.name} could not be prepared for the services: {error}") from error
