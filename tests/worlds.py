"""The two worlds the features run in: a stack that `catalog up` has really brought up, seen from outside."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx

from platform_app import embedded, native
from platform_app.home import Home, default_cache
from platform_app.servers.camunda import Camunda
from platform_app.servers.keycloak import Keycloak
from platform_app.servers.mongod import Mongod
from platform_app.servers.postgres import Postgres
from platform_app.servers.rabbitmq import RabbitMQ
from platform_app.servers.zipkin import Zipkin

PATIENCE = 900  # seconds; the first start of the real world downloads half a gigabyte


@dataclass(frozen=True)
class World:
    """A running stack: where its gateway is, who may sign in, and the command that rules it.

    With `web` it has the web application, too, which takes a minute to build when its sources have changed.
    """

    stack: str
    state: Path
    http: httpx.Client = field(repr=False)
    web: bool = False

    @property
    def home(self) -> Home:
        """Where the stack keeps its things."""
        return Home(self.stack, self.state / self.stack, default_cache())

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which the `catalog` command is about this world."""
        return {
            **os.environ,
            "CATALOG_HOME": str(self.state),
            "CATALOG_STACK": self.stack,
            "CATALOG_WEB": str(int(self.web)),
        }

    def catalog(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run the `catalog` command on this world, as a person would."""
        done = subprocess.run(
            ["catalog", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        if check and done.returncode != 0:
            raise AssertionError(f"catalog {' '.join(arguments)}: {done.stdout}\n{done.stderr}")
        return done

    @property
    def gateway(self) -> str:
        """The gateway's address."""
        return self.link("gateway")

    def link(self, name: str) -> str:
        """The address of an app, as `catalog status` tells it."""
        report = json.loads(self.catalog("status", "--json").stdout)
        return str(report[self.stack]["links"][name]["url"])

    def database(self, name: str) -> str:
        """The address of a service's database, for its owner."""
        server = embedded.postgres(self.home) if self.stack == "embedded" else native.postgres(self.home)
        return server.url(name).replace("+asyncpg", "")

    @cached_property
    def passwords(self) -> dict[str, str]:
        """The demo users' passwords."""
        users: dict[str, str] = json.loads(self.catalog("users", "--json").stdout)
        return users

    def get(self, path: str, **options: Any) -> httpx.Response:
        """Ask the gateway."""
        return self.http.get(path, **options)

    def post(self, path: str, body: object, **options: Any) -> httpx.Response:
        """Tell the gateway."""
        return self.http.post(path, json=body, **options)

    def sign_in(self, user: str) -> dict[str, Any]:
        """The tokens of a demo user."""
        answer = self.post("/login", {"username": user, "password": self.passwords[user]})
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json()
        return tokens

    def log_lines(self, process: str) -> list[dict[str, Any]]:
        """The structured lines a process of ours has logged."""
        text = (self.home.logs / f"{process}.log").read_text()
        whole = text.split("\n")[:-1]  # the last one may be half written
        return [json.loads(line) for line in whole if line.startswith("{")]


@dataclass(frozen=True)
class Servers:
    """The real servers of the native stack, for tests that look into them."""

    postgres: Postgres
    rabbitmq: RabbitMQ
    mongod: Mongod
    zipkin: Zipkin
    keycloak: Keycloak
    camunda: Camunda

    @classmethod
    def of(cls, world: World) -> "Servers":
        """The servers that run in the real world."""
        stack = native.native(world.home, random=True, chosen={}, engine="camunda")
        found = {type(server).__name__.lower(): server for wave in stack.waves for server in wave}
        return cls(**{name: found[name] for name in cls.__dataclass_fields__})  # type: ignore[arg-type]


@contextmanager
def running(state: Path) -> Iterator[World]:
    """The embedded stack, with pages, that somebody has brought up; it stays up."""
    with httpx.Client(timeout=30, trust_env=False) as http:
        world = World("embedded", state, http, web=True)
        http.base_url = httpx.URL(world.gateway)
        yield world


@contextmanager
def world_of(stack: str, *, web: bool = False) -> Iterator[World]:
    """Bring a stack up in a home of its own, and delete it after the block."""
    # As root PostgreSQL runs as `nobody`, who cannot pass through pytest's private temporary folders.
    state = Path(tempfile.mkdtemp(prefix="catalog-world-"))
    state.chmod(0o711)
    try:
        with httpx.Client(timeout=30, trust_env=False) as http:
            world = World(stack, state, http, web)
            try:
                world.catalog("up", "--random-ports")
                http.base_url = httpx.URL(world.gateway)
                yield world
            finally:
                world.catalog("reset", "--yes", check=False)
    finally:
        shutil.rmtree(state, ignore_errors=True)
