"""Start programs that outlive this command, wait until they are ready, and stop them by pid."""

import os
import pwd
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from platform_app.home import Home, disk_trouble
from platform_app.trouble import Trouble


@dataclass(frozen=True, kw_only=True)
class Program:
    """One server as an ordinary process.

    `ready` answers whether the server serves by now; it is asked every 50 ms and must itself return within a
    second or two. `user` is the account to become when this runs as root (no effect otherwise). `patience`
    and `grace` are the seconds that start and stop may take; after `grace` the whole process group is killed.
    """

    name: str
    command: Sequence[str]
    ready: Callable[[], bool]
    env: Mapping[str, str] = field(default_factory=dict)
    folder: Path = Path("/")
    user: str | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 60.0
    grace: float = 15.0


def may_inherit(environment: Mapping[str, str]) -> dict[str, str]:
    """The part of our environment that a server may see: paths, language, certificates; no stray settings."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "JAVA_HOME", "SSL_CERT_FILE", "SSL_CERT_DIR")
    return {name: value for name, value in environment.items() if name in kept}


class Processes:
    """The running programs of one stack, remembered in its `run.json` for the next command."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def log(self, name: str) -> Path:
        """The log file of a program."""
        return self._home.logs / f"{name}.log"

    def names(self) -> list[str]:
        """The programs this stack has started, in their order, whether alive or not."""
        return list(self._home.read("run"))

    def find(self, name: str) -> psutil.Process | None:
        """The live process of a program, or None. A pid that now belongs to something else does not count."""
        entry = self._home.read("run").get(name)
        if entry is None:
            return None
        try:
            process = psutil.Process(int(entry["pid"]))
            same = abs(process.create_time() - float(entry["created"])) < 0.05
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None

    def start(self, program: Program) -> None:
        """Start a program in a session of its own, unless it runs already, and wait until it is ready.

        Raises:
            Trouble: when it ends early, or is not ready within its patience (it is stopped then).
        """
        if self.find(program.name) is None:
            self._launch(program)
        deadline = time.monotonic() + program.patience
        while not program.ready():
            if self.find(program.name) is None:
                self._forget(program.name)
                raise Trouble(f"{program.name} ended while it was starting. {self._last_words(program.name)}")
            if time.monotonic() > deadline:
                self.stop(program.name)
                raise Trouble(
                    f"{program.name} was not ready within {program.patience:.0f} s and was stopped. "
                    f"{self._last_words(program.name)}"
                )
            time.sleep(0.05)

    def _launch(self, program: Program) -> None:
        account = pwd.getpwnam(program.user) if program.user and os.geteuid() == 0 else None
        environment = {**may_inherit(os.environ), **program.env}
        if account is not None:
            environment["HOME"] = program.env.get("HOME", "/")
        with disk_trouble(self._home.state), self.log(program.name).open("ab") as log:
            try:
                child = subprocess.Popen(
                    list(program.command),
                    cwd=program.folder,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    user=account.pw_uid if account else None,
                    group=account.pw_gid if account else None,
                    extra_groups=[] if account else None,
                )
            except FileNotFoundError as error:
                raise Trouble(f"{program.name} cannot be started: {error.filename} is not there.") from error
        try:
            created = psutil.Process(child.pid).create_time()
        except psutil.NoSuchProcess:  # ended at once; `start` will say so
            created = 0.0
        known = self._home.read("run")
        known[program.name] = {
            "pid": child.pid,
            "created": created,
            "stop_signal": int(program.stop_signal),
            "grace": program.grace,
        }
        self._home.write("run", known)

    def stop(self, name: str) -> None:
        """Stop a program: its signal, then its grace, then the kill of its whole group.

        Nothing happens when it is gone.
        """
        process = self.find(name)
        if process is not None:
            entry = self._home.read("run")[name]
            process.send_signal(int(entry["stop_signal"]))
            deadline = time.monotonic() + float(entry["grace"])
            while self._group_alive(process.pid) and time.monotonic() < deadline:
                self._reap(process.pid)
                time.sleep(0.02)
            if self._group_alive(process.pid):
                os.killpg(process.pid, signal.SIGKILL)
                self._reap(process.pid)
        self._forget(name)

    @staticmethod
    def _reap(pid: int) -> None:
        """Take a dead child off the process table; what another command started is not our child."""
        with suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)

    @staticmethod
    def _group_alive(leader: int) -> bool:
        """Whether any process of the group lives.

        The leader began the group, so its pid is the group's number.
        """
        try:
            os.killpg(leader, 0)
        except ProcessLookupError:
            return False
        return True

    def _forget(self, name: str) -> None:
        known = self._home.read("run")
        if known.pop(name, None) is not None:
            self._home.write("run", known)

    def _last_words(self, name: str, lines: int = 5) -> str:
        """The end of a program's log, in one line, and where the rest is."""
        file = self.log(name)
        try:
            said = [line.strip() for line in file.read_text(errors="replace").splitlines() if line.strip()][
                -lines:
            ]
        except FileNotFoundError:
            said = []
        return f"It last said: {' | '.join(said) or 'nothing'}. The whole log is {file}."
