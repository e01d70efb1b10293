"""PostgreSQL: on a private socket for the embedded stack, on a loopback port for the native one."""

import asyncio
import hashlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import asyncpg
import psutil

from platform_app.home import Home
from platform_app.processes import Program, may_inherit, starting
from platform_app.servers import Say
from platform_app.servers.account import Account
from platform_app.servers.postgres_binaries import binaries, binaries_to_fetch, major_version
from platform_app.tcp_ports import LOOPBACK
from platform_app.trouble import Trouble

T = TypeVar("T")

ADMIN = "postgres"
SOCKET_NUMBER = 5432  # names the socket file; nothing listens on that port
SHORT = Path("/tmp")  # noqa: S108 - the same for every command, whatever TMPDIR it has; the folder in it is checked
LONGEST_SOCKET_PATH = 107  # bytes: what the kernel's address structure holds, less its closing zero

SETTINGS = {
    "max_connections": "100",
    "shared_buffers": "64MB",  # a catalogue fits, and the system caches the rest
    "max_wal_size": "256MB",
    "huge_pages": "off",  # containers announce some and then refuse them
    "jit": "off",  # our statements are shorter than its compilation
    "timezone": "UTC",
    "log_timezone": "UTC",
}


@dataclass(frozen=True)
class Postgres:
    """One PostgreSQL with one database and one role for each of `databases`; no `port` means: a socket only.

    Every connection needs a password (SCRAM), on the socket too. Trust or peer there would make whoever may
    open the socket a superuser, and every app the owner of every other app's data; as root's server runs as
    `nobody`, peer would also need a map of accounts. One way for both modes is the simplest that keeps the
    apps apart.
    """

    home: Home
    port: int | None
    databases: tuple[str, ...]

    @property
    def name(self) -> str:
        """What the person calls it."""
        return "PostgreSQL"

    def to_fetch(self) -> int:
        """What the programs take, unless they are there."""
        return binaries_to_fetch(self.home)

    def provision(self, say: Say) -> None:
        """Unpack the programs, make the data folder, and clear away what a crash left.

        Raises:
            Trouble: without programs, with data of another major version, or with unusable folders.
        """
        self.home.create()
        programs = binaries(self.home, say)
        account = Account.of_servers()
        account.require_path(self._folder.parent)
        account.private_folder(self._folder)
        if self.port is None:
            account.private_folder(self._socket_folder)
        if not self._cluster.exists():
            say("Preparing PostgreSQL's data")
            self._initialise(programs, account)
        self._require_version(programs)
        self._heal(account)

    def programs(self) -> Sequence[Program]:
        """The one process, which starts its helpers itself. SIGINT makes it end all sessions and stop."""
        where = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._socket_folder),
            "port": str(SOCKET_NUMBER),
        }
        if self.port is not None:
            where = {"listen_addresses": LOOPBACK, "unix_socket_directories": "", "port": str(self.port)}
        options = [
            part for name, value in {**SETTINGS, **where}.items() for part in ("-c", f"{name}={value}")
        ]
        return [
            Program(
                name="postgres",
                command=[str(binaries(self.home, _silent) / "postgres"), "-D", str(self._cluster), *options],
                ready=self._ready,
                user=Account.of_servers().name,
                stop_signal=signal.SIGINT,
                grace=30.0,
            )
        ]

    def settle(self, say: Say) -> None:
        """Make each database and the role that owns it, and close it to all others.

        Raises:
            Trouble: when the server refuses, for example because its disk is full.
        """
        say("Preparing PostgreSQL's databases")
        try:
            _run(self._settle)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise Trouble(f"PostgreSQL could not prepare the databases: {error}") from error

    def url(self, database: str) -> str:
        """The address of a database for SQLAlchemy with asyncpg; it holds the password: not for logs."""
        return f"postgresql+asyncpg://{self._place(database, self.password(database), database)}"

    def password(self, database: str) -> str:
        """The password of the role that owns a database; the role is named as the database."""
        return self.home.secret(f"postgres-{database}")

    @property
    def _folder(self) -> Path:
        return self.home.data("postgres")

    @property
    def _cluster(self) -> Path:
        return self._folder / "cluster"

    @property
    def _socket_folder(self) -> Path:
        """Beside the data, or, where that path is too long for a socket, a short one made from it."""
        near = self._folder / "socket"
        if len(os.fsencode(near / f".s.PGSQL.{SOCKET_NUMBER}")) <= LONGEST_SOCKET_PATH:
            return near
        mark = hashlib.sha256(os.fsencode(self.home.state)).hexdigest()[:16]
        return SHORT / f"catalog-{mark}"

    def _place(self, role: str, password: str, database: str) -> str:
        who, where = f"{quote(role, safe='')}:{quote(password, safe='')}", quote(database, safe="")
        if self.port is not None:
            return f"{who}@{LOOPBACK}:{self.port}/{where}"
        folder = quote(str(self._socket_folder), safe="")
        return f"{who}@/{where}?host={folder}&port={SOCKET_NUMBER}"  # the number, as a PGPORT may be set

    def _initialise(self, programs: Path, account: Account) -> None:
        """Run initdb in a folder of its own and move the result into place: there is never half a cluster."""
        work = self._folder / "new"
        account.fresh_folder(work)
        account.private_file(work / "password", self.home.secret("postgres") + "\n")
        try:
            with starting(programs / "initdb"):
                done = subprocess.run(
                    [
                        *(programs / "initdb", "-D", work / "cluster", "--username", ADMIN),
                        *("--pwfile", work / "password", "--auth=scram-sha-256"),
                        *("--encoding=UTF8", "--locale=C.UTF-8"),
                    ],
                    cwd="/",
                    env=may_inherit(os.environ),
                    capture_output=True,
                    text=True,
                    errors="replace",
                    check=False,
                    user=account.uid if account.name else None,
                    group=account.gid if account.name else None,
                    extra_groups=[] if account.name else None,
                )
            if done.returncode != 0:
                said = " | ".join(line for line in done.stderr.splitlines() if line.strip())
                raise Trouble(
                    f"PostgreSQL could not prepare its data in {self._folder}: {said or done.returncode}"
                )
            account.move(work / "cluster", self._cluster)
        finally:
            shutil.rmtree(work, ignore_errors=True)

    def _require_version(self, programs: Path) -> None:
        has, needs = self._data_version(), major_version(programs)
        if has != needs:
            raise Trouble(
                f"The data in {self._cluster} is of PostgreSQL {has} and the programs are of {needs}: set "
                f"CATALOG_POSTGRES_BIN to those of {has}, or begin anew with `catalog reset` (it deletes "
                "this stack's data)."
            )

    def _data_version(self) -> int:
        try:
            return int((self._cluster / "PG_VERSION").read_text())
        except (OSError, ValueError) as error:
            raise Trouble(
                f"{self._cluster} is damaged: `catalog reset` begins anew (and deletes this stack's data)."
            ) from error

    def _heal(self, account: Account, patience: float = 5.0) -> None:
        """Clear away what a killed server left, unless one runs on this data.

        Its helpers end by themselves, but a new server refuses to start before they have. Its pid file names
        a process that may be another by now, which a new server would take for a rival.
        """
        lock = self._cluster / "postmaster.pid"
        try:
            first = lock.read_text().split("\n", 1)[0]
        except FileNotFoundError:
            return
        owners = self._running()
        if first.isdigit() and int(first) in owners:
            return
        deadline = time.monotonic() + patience
        while owners and time.monotonic() < deadline:
            time.sleep(0.02)
            owners = self._running()
        if owners:
            raise Trouble(
                f"A killed PostgreSQL left processes that still use {self._cluster}: "
                f"end {', '.join(map(str, owners))}."
            )
        account.remove(lock)

    def _running(self) -> list[int]:
        """The pids of all server processes on this data: each works in the data folder."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.name() == "postgres" and process.cwd() == str(self._cluster.resolve()):
                    found.append(process.pid)
            except psutil.Error:
                continue
        return found

    def _ready(self) -> bool:
        """Whether the server lets us in, which also proves that it is ours.

        Raises:
            Trouble: when it does not know our password.
        """
        try:
            _run(self._greet)
        except asyncpg.InvalidPasswordError as error:
            raise Trouble(
                f"PostgreSQL does not know this stack's password: the data in {self._folder} belongs to "
                "other secrets. `catalog reset` begins anew (and deletes this stack's data)."
            ) from error
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
            return False  # not yet, or something else answers on our port while ours is about to end
        return True

    async def _greet(self) -> None:
        await (await self._connect(ADMIN)).close()

    async def _connect(self, database: str) -> asyncpg.Connection:
        return await asyncpg.connect(
            f"postgresql://{self._place(ADMIN, self.home.secret('postgres'), database)}", timeout=2, ssl=False
        )

    async def _settle(self) -> None:
        admin = await self._connect(ADMIN)
        try:
            for name in ("postgres", "template1"):
                await admin.execute(f"revoke all on database {name} from public")
            for name in self.databases:
                await self._settle_database(admin, name)
        finally:
            await admin.close()

    async def _settle_database(self, admin: asyncpg.Connection, name: str) -> None:
        """The server quotes the names itself: its own `format` is the one that cannot get that wrong."""

        async def execute(statement: str, *values: str) -> None:
            types = ", ".join(f"${number}::text" for number in range(1, len(values) + 1))
            await admin.execute(await admin.fetchval(f"select format('{statement}', {types})", *values))

        if not await admin.fetchval("select exists (select from pg_roles where rolname = $1)", name):
            await execute("create role %I login password %L", name, self.password(name))
        if not await admin.fetchval("select exists (select from pg_database where datname = $1)", name):
            await execute("create database %I owner %I", name, name)
        await execute("revoke all on database %I from public", name)


def _run(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    return asyncio.run(work())


def _silent(text: str, *, done: float | None = None, total: float | None = None) -> None:
    """A `Say` for work that is done already."""
