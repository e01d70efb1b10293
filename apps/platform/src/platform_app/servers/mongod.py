"""MongoDB on a loopback port: one node that is a replica set, for transactions and change streams."""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pymongo import MongoClient
from pymongo.errors import ConnectionFailure, OperationFailure, PyMongoError

from platform_app.home import Home
from platform_app.processes import Program
from platform_app.servers import Say
from platform_app.servers.account import Account
from platform_app.servers.mongod_binary import BINARY_SIZE, binary, lay, why_not
from platform_app.tcp_ports import LOOPBACK, is_open
from platform_app.trouble import Trouble

USER = "catalog"
ADMIN = "admin"
SET = "rs0"
APP_ROLES = ["readWriteAnyDatabase", "dbAdminAnyDatabase"]

# The server's numbers for the refusals that have a meaning here.
AUTHENTICATION_FAILED = 18
ALREADY_INITIALISED = 23


@dataclass(frozen=True)
class Mongod:
    """One MongoDB server. It asks for a password: any account of the machine can reach a loopback port."""

    home: Home
    port: int

    @property
    def name(self) -> str:
        """What the person calls it."""
        return "MongoDB"

    def unfit(self) -> str | None:
        """Why the server cannot run on this machine, in one line, or None when it can. Downloads nothing."""
        return why_not(self.home)

    def to_fetch(self) -> int:
        """What the program takes, unless it is there or of no use here."""
        return 0 if binary(self.home).exists() or self.unfit() else BINARY_SIZE

    def provision(self, say: Say) -> None:
        """Download the server (once for all stacks) and make its data folder.

        Raises:
            Trouble: when it cannot run here, or the download fails, or folders cannot be used.
        """
        self.home.create()
        if reason := self.unfit():
            raise Trouble(f"MongoDB cannot run here: {reason}")
        account = Account.of_servers()
        account.require_path(lay(self.home, say).parent)
        account.require_path(self._folder.parent)
        account.private_folder(self._folder)
        account.private_folder(self._folder / "db")
        account.private_file(self._key, self._key_text)

    def programs(self) -> Sequence[Program]:
        """The one process; it logs to its standard output. Its members' key turns authorization on."""
        return [
            Program(
                name="mongod",
                command=[
                    *(str(binary(self.home)), "--dbpath", str(self._folder / "db")),
                    *("--bind_ip", LOOPBACK, "--port", str(self.port), "--nounixsocket"),
                    *("--replSet", SET, "--keyFile", str(self._key), "--oplogSize", "64"),
                    *("--wiredTigerCacheSizeGB", "1", "--quiet"),
                    # A lie about the length of a compressed message had it tell what else is in its memory,
                    # before any sign-in (CVE-2025-14847); this release is older than the remedy.
                    *("--networkMessageCompressors", "disabled"),
                    *("--setParameter", "diagnosticDataCollectionEnabled=false"),
                ],
                ready=self._ready,
                user=Account.of_servers().name,
                grace=30.0,
            )
        ]

    def settle(self, say: Say) -> None:
        """Make it the primary of its set, with the port it has now, and make the user that the apps are.

        Raises:
            Trouble: when it refuses, or its data belongs to other secrets.
        """
        say("Preparing MongoDB's replica set")
        try:
            if not self._knows_admin():
                self._found()
            with self._client(ADMIN) as admin:
                self._move_to_port(admin)
                _wait(lambda: _is_primary(admin))
                if not admin.admin.command("usersInfo", USER)["users"]:
                    password = self.home.secret("mongod")
                    admin.admin.command("createUser", USER, pwd=password, roles=APP_ROLES)
        except PyMongoError as error:
            raise Trouble(
                f"MongoDB could not prepare its replica set: {error}. If the data in {self._folder} "
                "belongs to other secrets, `catalog reset` begins anew (and deletes this stack's data)."
            ) from error

    def url(self, database: str) -> str:
        """The address of a database, with user and password: keep it out of logs.

        It names the set, so that a client waits for the primary again after a restart; that takes up to 4 s
        after a kill, hence the patience.
        """
        password = quote(self.home.secret("mongod"), safe="")
        return (
            f"mongodb://{USER}:{password}@{LOOPBACK}:{self.port}/{quote(database, safe='')}"
            f"?replicaSet={SET}&authSource=admin&serverSelectionTimeoutMS=10000"
        )

    @property
    def _folder(self) -> Path:
        return self.home.data("mongod")

    @property
    def _key(self) -> Path:
        return self._folder / "key"

    @property
    def _key_text(self) -> str:
        """The key of the set's members, whose alphabet is narrower than that of our secrets."""
        return hashlib.sha256(self.home.secret("mongod-key").encode()).hexdigest()

    @property
    def _member(self) -> dict[str, Any]:
        return {"_id": 0, "host": f"{LOOPBACK}:{self.port}"}

    def _client(self, user: str | None = None) -> MongoClient[dict[str, Any]]:
        """A client of this one node, whatever its state in the set; without a user it may do little."""
        login = f"{user}:{quote(self.home.secret(f'mongod-{user}'), safe='')}@" if user else ""
        options = "directConnection=true&serverSelectionTimeoutMS=2000&timeoutMS=20000"
        return MongoClient(f"mongodb://{login}{LOOPBACK}:{self.port}/?{options}")

    def _ready(self) -> bool:
        if not is_open(self.port):  # a client would look again only half a second later
            return False
        try:
            with self._client() as client:
                client.admin.command("ping")
        except ConnectionFailure:
            return False
        return True

    def _knows_admin(self) -> bool:
        try:
            with self._client(ADMIN) as admin:
                admin.admin.command("connectionStatus")
        except OperationFailure as error:
            if error.code == AUTHENTICATION_FAILED:
                return False
            raise
        return True

    def _found(self) -> None:
        """Begin the set and make the first user, which a server without users lets a local client do."""
        with self._client() as client:
            try:
                client.admin.command("replSetInitiate", {"_id": SET, "members": [self._member]})
            except OperationFailure as error:
                if error.code != ALREADY_INITIALISED:  # by a run that was interrupted here
                    raise
            _wait(lambda: _is_primary(client))
            client.admin.command("createUser", ADMIN, pwd=self.home.secret(f"mongod-{ADMIN}"), roles=["root"])

    def _move_to_port(self, admin: MongoClient[dict[str, Any]]) -> None:
        """Write the present port into the set's configuration: a node that is none of its members idles.

        By force, because such a node is not the primary that would have to agree.
        """
        config = admin.local["system.replset"].find_one({})
        if config is not None and config["members"][0]["host"] != self._member["host"]:
            config["members"][0]["host"] = self._member["host"]
            config["version"] += 1
            admin.admin.command("replSetReconfig", config, force=True)


def _is_primary(client: MongoClient[dict[str, Any]]) -> bool:
    return bool(client.admin.command("hello").get("isWritablePrimary"))


def _wait(check: Callable[[], bool], patience: float = 20.0) -> None:
    """Ask every 20 ms until the answer is yes.

    Raises:
        Trouble: after `patience` seconds.
    """
    deadline = time.monotonic() + patience
    while not check():
        if time.monotonic() > deadline:
            raise Trouble(f"MongoDB did not become the primary of its replica set within {patience:.0f} s.")
        time.sleep(0.02)
