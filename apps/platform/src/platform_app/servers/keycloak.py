"""Keycloak: who a person is and what roles they have."""

import asyncio
import json
import os
import shutil
import string
import subprocess
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx
from keycloak import KeycloakAdmin, KeycloakOpenIDConnection
from keycloak.exceptions import KeycloakError

from platform_app.apps import ACCOUNTS, client_secret
from platform_app.demo import passwords
from platform_app.home import Home
from platform_app.processes import Program, may_inherit, starting
from platform_app.repository import repository
from platform_app.servers import Say
from platform_app.servers.account import Account
from platform_app.servers.java import java, small
from platform_app.servers.maven import Bundle, fetch
from platform_app.servers.ready import answers
from platform_app.tcp_ports import LOOPBACK
from platform_app.trouble import Trouble

REALM = "catalog"
ADMIN = "catalog-admin"

BUILD = ("build", "--db=dev-file", "--health-enabled=true")
"""What is fixed when the server is assembled in the cache: the database is a file, `/health` is served."""

BUNDLE = Bundle.of("keycloak", "Keycloak", megabytes=184, recipe=" ".join(BUILD))

OPENED = ("java.util", "java.util.concurrent", "java.security", "java.lang")
"""Packages of Java that the libraries inside Keycloak reach into."""


def assemble(folder: Path) -> None:
    """Turn the folder with the downloaded zip into one with a server that is ready to start.

    Raises:
        Trouble: when Keycloak cannot be assembled.
    """
    (archive,) = folder.glob("*.zip")
    with zipfile.ZipFile(archive) as content:
        content.extractall(folder)
    archive.unlink()
    (unpacked,) = folder.iterdir()
    for item in unpacked.iterdir():
        item.rename(folder / item.name)
    unpacked.rmdir()
    with starting("/bin/sh"):
        result = subprocess.run(
            ["/bin/sh", str(folder / "bin" / "kc.sh"), *BUILD],
            env=may_inherit(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    if result.returncode != 0:
        said = result.stdout.strip().splitlines()[-1:] or ["nothing"]
        raise Trouble(f"Keycloak could not be assembled after it was fetched. It last said: {said[0]}")
    shutil.rmtree(folder / "data", ignore_errors=True)  # the data of a stack lies in the stack's own folder


@dataclass(frozen=True)
class Keycloak:
    """The identity provider with the catalog's realm, on two loopback ports.

    `port` serves people and applications, `health_port` tells whether the server is up. Its database is a
    file in the stack's folder. The realm is imported on the first start; on a later one only the accounts of
    services are added that the realm file has got meanwhile.
    """

    home: Home
    port: int
    health_port: int

    @property
    def name(self) -> str:
        """What the person calls it."""
        return "Keycloak"

    @property
    def url(self) -> str:
        """The base address."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def issuer(self) -> str:
        """The `iss` of every token."""
        return f"{self.url}/realms/{REALM}"

    @property
    def client_secret(self) -> str:
        """The secret of the realm's client `gateway`."""
        return client_secret(self.home, "gateway")

    def to_fetch(self) -> int:
        """What the server takes, unless it is there."""
        return BUNDLE.to_fetch(self.home.cache)

    def provision(self, say: Say) -> None:
        """Fetch and assemble the server, and lay out the stack's own folder for it.

        Raises:
            Trouble: when it cannot be fetched or the realm file is not there.
        """

        def finish(folder: Path) -> None:
            say("Assembling Keycloak (about 20 s, once)")
            assemble(folder)

        self.home.create()
        program = fetch(BUNDLE, self.home.cache, say, finish=finish)
        text = _realm_text()
        account, data = Account.of_servers(), self.home.data("keycloak")
        account.require_path(program)
        account.require_path(data.parent)
        for folder in (data, data / "conf", data / "providers", data / "data", data / "data" / "import"):
            account.private_folder(folder)
        account.private_link(
            data / "lib", program / "lib"
        )  # it looks below its home for what `build` has left
        account.private_file(data / "data" / "import" / _realm_file().name, text)

    def programs(self) -> Sequence[Program]:
        """The one Java process.

        It is started directly, not through `kc.sh`, which stays its parent: so the pid we know is the
        server's own, and its home can be the stack's folder while the program in the cache is shared.
        """
        data = self.home.data("keycloak")
        return [
            Program(
                name="keycloak",
                command=[
                    java(),
                    *small(192),
                    "-XX:MaxMetaspaceSize=256m",
                    *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in OPENED),
                    "--enable-native-access=ALL-UNNAMED",
                    "-Duser.language=en",
                    f"-Dkc.home.dir={data}",
                    f"-Djboss.server.config.dir={data / 'conf'}",
                    "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                    "-Dpicocli.disable.closures=true",
                    "-cp",
                    str(data / "lib" / "quarkus-run.jar"),
                    "io.quarkus.bootstrap.runner.QuarkusEntryPoint",
                    "start",
                    "--optimized",
                    "--import-realm",
                ],
                env=self._environment(),
                folder=data,
                ready=lambda: answers(self.health_port, "/health/ready"),
                user=Account.of_servers().name,
                patience=180.0,
            )
        ]

    def _environment(self) -> dict[str, str]:
        """What the server is told when it starts, passwords too: others can read a command line, not this."""
        return {
            "KC_HTTP_ENABLED": "true",
            "KC_HTTP_HOST": LOOPBACK,
            "KC_HTTP_PORT": str(self.port),
            "KC_HTTP_MANAGEMENT_PORT": str(self.health_port),
            "KC_HOSTNAME": self.url,
            "KC_CACHE": "local",  # the default looks for other nodes, on ports beyond loopback
            "KC_LOG_LEVEL": "warn",
            "KC_BOOTSTRAP_ADMIN_USERNAME": ADMIN,
            "KC_BOOTSTRAP_ADMIN_PASSWORD": self.home.secret("keycloak-admin"),
            **self._client_secrets(),
        }

    def _client_secrets(self) -> dict[str, str]:
        """What stands for the realm file's placeholders, by their names."""
        clients = ("gateway", *ACCOUNTS)
        return {f"{name}_client_secret".upper(): client_secret(self.home, name) for name in clients}

    def settle(self, say: Say) -> None:
        """Create the demo users and the services' accounts that are missing. What is there stays as it is.

        Raises:
            Trouble: when Keycloak refuses.
        """
        say("Creating the demo users in Keycloak")
        services = Services.of(json.loads(string.Template(_realm_text()).substitute(self._client_secrets())))
        users = [demo_user(name, password) for name, password in passwords(self.home).items()]
        try:
            asyncio.run(self._import(services, users))
        except (KeycloakError, TypeError, KeyError) as error:
            raise Trouble(
                f"Keycloak refused to create the demo users ({error}): if {ADMIN} was changed by "
                "hand, `catalog reset` begins anew (and deletes this stack's data)."
            ) from error

    async def _import(self, services: "Services", users: list[dict[str, Any]]) -> None:
        connection = KeycloakOpenIDConnection(
            server_url=self.url,
            username=ADMIN,
            password=self.home.secret("keycloak-admin"),
            user_realm_name="master",
            realm_name=REALM,
            client_id="admin-cli",
            max_retries=0,
        )
        parts = (connection, connection.keycloak_openid.connection)
        # The library's own clients obey the environment's proxies, which would see the passwords.
        async with httpx.AsyncClient(trust_env=False, timeout=60) as http:
            for part in parts:
                await part.async_s.aclose()
                part.async_s = http
            # One request, one transaction: no user is ever left without a role.
            what = {"clients": services.clients, "users": [*services.users, *users]}
            admin = KeycloakAdmin(connection=connection)
            await admin.a_partial_import_realm(REALM, {"ifResourceExists": "SKIP", **what})
            # What roles a client's tokens may carry is no part of that; to say it again changes nothing.
            for client, roles in services.scopes.items():
                id = await admin.a_get_client_id(client)
                named = [await admin.a_get_realm_role(role) for role in roles]
                await admin.a_assign_realm_roles_to_client_scope(str(id), named)


@dataclass(frozen=True)
class Services:
    """What a realm says of the services' accounts: their clients and users, and what tokens may carry."""

    clients: list[dict[str, Any]]
    users: list[dict[str, Any]]
    scopes: dict[str, list[str]]

    @classmethod
    def of(cls, realm: dict[str, Any]) -> Self:
        """The services of a realm file whose placeholders are filled."""
        clients = [client for client in realm["clients"] if client["serviceAccountsEnabled"]]
        names = {client["clientId"] for client in clients}
        users = [user for user in realm["users"] if user.get("serviceAccountClientId") in names]
        scopes = {one["client"]: one["roles"] for one in realm["scopeMappings"] if one["client"] in names}
        return cls(clients, users, scopes)


def _realm_file() -> Path:
    return repository() / "compose" / "keycloak" / "catalog-realm.json"


def _realm_text() -> str:
    """The realm file as it is in the repository. Raises Trouble when it cannot be read."""
    file = _realm_file()
    try:
        return file.read_text()
    except OSError as error:
        raise Trouble(
            f"The realm file {file} cannot be read ({error.strerror}): restore it from the repository."
        ) from error


def demo_user(name: str, password: str) -> dict[str, object]:
    """A user with the role of its own name, as Keycloak imports it.

    An account without address and names counts as not fully set up, and cannot log in with its password.
    """
    return {
        "username": name,
        "enabled": True,
        "email": f"{name}@catalog.invalid",
        "emailVerified": True,
        "firstName": name.title(),
        "lastName": "Demo",
        "credentials": [{"type": "password", "value": password, "temporary": False}],
        "realmRoles": [name],
    }
