"""Our own processes: what each is told, and when it serves."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from platform_app.demo import passwords
from platform_app.home import Home
from platform_app.processes import Program
from platform_app.servers import Say
from platform_app.servers.ready import answers
from platform_app.tcp_ports import LOOPBACK

REALM = "catalog"
WRITERS = ("characteristic", "specification", "pricing", "offering")
"""The services with a database of their own, from which they tell all others what has changed."""
SERVICES = (*WRITERS, "store")
"""The services behind the gateway; each is an audience of the tokens, and the name of a consumer."""
ACCOUNTS = {"specification": {"roles": ["reader"], "audience": ["characteristic"]}}
"""The services with an account of their own at the issuer: what it may do, and at whose doors.

The realm file says the same to Keycloak.
"""

ALLOCATOR = {
    "MALLOC_MMAP_THRESHOLD_": "1048576",
    "MALLOC_TRIM_THRESHOLD_": "2097152",
    "MALLOC_ARENA_MAX": "2",
}
"""What glibc's allocator is told: a block of a megabyte or more goes back to the system when it is freed.

Left alone it keeps the first large block for the next one: 19 MB for ever, because a password was hashed
once. An arena for each thread likewise keeps what that thread has freed. What is free at the end of the heap
goes back from two megabytes on, as glibc itself would choose. Elsewhere than on glibc all of it says nothing.
"""


@dataclass(frozen=True)
class App:
    """A Python process of ours, a `Server` like the others; it serves /readyz on `port`.

    It stays the account that runs this command, root too: it runs from the developer's checkout and its
    environment, which `nobody` may be unable to enter.
    `env` is asked for when it starts, because it may hold what only a running server knows.
    """

    name: str
    module: str
    port: int
    env: Callable[[], Mapping[str, str]]

    def to_fetch(self) -> int:
        """Nothing: it is installed with this command."""
        return 0

    def provision(self, say: Say) -> None:
        """Nothing: it is installed with this command."""

    def programs(self) -> Sequence[Program]:
        """The one process; it stops by itself within 15 seconds."""
        return [
            Program(
                name=self.name,
                command=[sys.executable, "-m", self.module],
                env={**self.env(), **ALLOCATOR, "PYTHONUNBUFFERED": "1"},
                ready=lambda: answers(self.port, "/readyz"),
                grace=20.0,
            )
        ]

    def settle(self, say: Say) -> None:
        """Nothing is left to do."""


def gateway_env(home: Home, port: int, issuer: str, identity_url: str) -> dict[str, str]:
    """What the gateway is told."""
    return {
        "GATEWAY_HOST": LOOPBACK,
        "GATEWAY_PORT": str(port),
        "GATEWAY_AUTH_ISSUER": issuer,
        "GATEWAY_IDENTITY_URL": identity_url,
        "GATEWAY_IDENTITY_REALM": REALM,
        "GATEWAY_IDENTITY_CLIENT_SECRET": client_secret(home, "gateway"),
    }


def service_env(name: str, port: int, issuer: str, **urls: str) -> dict[str, str]:
    """What a service behind the gateway is told; without a `broker_url` it shares a bus with the others."""
    told = {"host": LOOPBACK, "port": str(port), "auth_issuer": issuer, **urls}
    return {f"{name}_{variable}".upper(): value for variable, value in told.items()}


def client_secret(home: Home, client: str) -> str:
    """The secret by which a client proves itself to the issuer, either of them."""
    return home.secret(f"{client}-client")


def account(home: Home, name: str) -> dict[str, str]:
    """What a service is told that has an account of its own at the issuer; nothing for the others."""
    return {"client_secret": client_secret(home, name)} if name in ACCOUNTS else {}


def event_logs(database_url: Callable[[str], str]) -> dict[str, str]:
    """What the store is told of the databases from which it can be made anew."""
    return {"STORE_EVENT_LOGS": json.dumps({name: database_url(name) for name in WRITERS})}


def identity_env(home: Home, port: int, issuer: str, database_url: str) -> dict[str, str]:
    """What the embedded issuer is told."""
    users = [
        {
            "name": name,
            "password": password,
            "roles": [name],
            "full_name": f"Demo {name}",
            "email": f"{name}@catalog.invalid",
        }
        for name, password in passwords(home).items()
    ]
    services = {name: {"secret": client_secret(home, name), **may} for name, may in ACCOUNTS.items()}
    return {
        "IDENTITY_HOST": LOOPBACK,
        "IDENTITY_PORT": str(port),
        "IDENTITY_AUTH_ISSUER": issuer,
        "IDENTITY_DATABASE_URL": database_url,
        "IDENTITY_CLIENT_SECRET": client_secret(home, "gateway"),
        "IDENTITY_SERVICE_CLIENTS": json.dumps(services),
        "IDENTITY_KEY_SECRET": home.secret("identity-keys"),
        "IDENTITY_AUDIENCE": json.dumps(["gateway", *SERVICES]),
        "IDENTITY_USERS": json.dumps(users),
    }
