"""Start programs that outlive this command, wait until they are ready, and stop them by pid."""

import os
import pwd
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psutil

from platform_app.home import Home, disk_trouble
from platform_app.trouble import Trouble

TAIL = 16_384  # bytes of a log that are looked at for the last words
LAST_WAIT = 5.0  # seconds for the kernel to clear away a killed group


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


@dataclass(frozen=True, kw_only=True)
class Started:
    """What is remembered of a program: when it began, in seconds since `boot`, and its log, in bytes."""

    pid: int
    boot: str
    created: float
    stop_signal: int
    grace: float
    log_from: int
    wave: int

    @classmethod
    def of(cls, entry: Any) -> "Started":
        """Read it back. Raises KeyError, TypeError or ValueError when that is not what was written."""
        return cls(
            pid=int(entry["pid"]),
            boot=str(entry["boot"]),
            created=float(entry["created"]),
            stop_signal=int(entry["stop_signal"]),
            grace=float(entry["grace"]),
            log_from=int(entry["log_from"]),
            wave=int(entry["wave"]),
        )


@contextmanager
def starting(program: str | Path) -> Iterator[None]:
    """Turn a program that cannot be started into a sentence; inside is its start and nothing else.

    Raises:
        Trouble: naming the program and the reason.
    """
    try:
        yield
    except OSError as error:
        raise Trouble(f"{error.filename or program} cannot be started: {error.strerror}.") from error


def _boot() -> str:
    """What tells this run of the machine from the one before; empty where the system does not say."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _created(process: psutil.Process) -> float:
    """When a process began, in seconds since the machine did: setting the clock does not move it."""
    return float(process.create_time() - psutil.boot_time())


def _lives(process: psutil.Process) -> bool:
    """Whether a process still does anything; one that looks dead may have threads that are not done yet."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE or process.num_threads() > 1
    except psutil.NoSuchProcess:
        return False


class _Child(subprocess.Popen[bytes]):
    """A program that is meant to outlive the command that started it."""

    def __del__(self, *_: Any) -> None:
        """Say nothing: Python warns of a child that still runs."""


class Processes:
    """The running programs of one stack, remembered in its `run.json` for the next command."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._children: dict[int, _Child] = {}  # those this very object started, to bury them

    def log(self, name: str) -> Path:
        """The log file of a program."""
        return self._home.logs / f"{name}.log"

    def names(self) -> list[str]:
        """The programs this stack has started, in their order, whether alive or not."""
        return list(self._started())

    def _started(self) -> dict[str, Started]:
        try:
            return {name: Started.of(entry) for name, entry in self._home.read("run").items()}
        except (KeyError, TypeError, ValueError) as error:
            raise self._home.damaged("run") from error

    def find(self, name: str) -> psutil.Process | None:
        """The live process of a program, or None. A pid that now belongs to something else does not count."""
        for pid in list(self._children):
            self._reap(pid)
        entry = self._started().get(name)
        if entry is None:
            return None
        try:
            process = psutil.Process(entry.pid)
            same = entry.boot == _boot() and abs(_created(process) - entry.created) < 0.05
            return process if same and _lives(process) else None
        except psutil.NoSuchProcess:
            return None

    def waves(self) -> list[list[str]]:
        """The programs of `names` by the wave they were started in, in the order of the waves."""
        waves: dict[int, list[str]] = {}
        for name, entry in self._started().items():
            waves.setdefault(entry.wave, []).append(name)
        return [waves[number] for number in sorted(waves)]

    def start(self, program: Program, *, wave: int = 0) -> None:
        """Start a program in a session of its own, unless it runs already, and wait until it is ready.

        Raises:
            Trouble: when it ends early, or is not ready within its patience. It is stopped then, unless an
                earlier call has started it.
        """
        launched = self.find(program.name) is None
        if launched:
            self._launch(program, wave)
        deadline = time.monotonic() + program.patience
        try:
            while True:
                ready = program.ready()
                # Also when it says that it is ready: on its port something else may have answered.
                if self.find(program.name) is None:
                    raise Trouble(
                        f"{program.name} ended while it was starting. {self._last_words(program.name)}"
                    )
                if ready:
                    return
                if time.monotonic() > deadline and not launched:
                    raise Trouble(
                        f"{program.name} runs since an earlier start but did not answer within "
                        f"{program.patience:.0f} s: `catalog down`, then `catalog up`, starts it anew. "
                        f"{self._last_words(program.name)}"
                    )
                if time.monotonic() > deadline:
                    raise Trouble(
                        f"{program.name} was not ready within {program.patience:.0f} s and was stopped. "
                        f"{self._last_words(program.name)}"
                    )
                time.sleep(0.05)
        except Trouble:
            if launched:
                self.stop(program.name)
            raise

    def _launch(self, program: Program, wave: int) -> None:
        account = pwd.getpwnam(program.user) if program.user and os.geteuid() == 0 else None
        environment = {**may_inherit(os.environ), **program.env}
        if account is not None:
            environment["HOME"] = program.env.get("HOME", "/")
        with disk_trouble(self._home.state):
            log = self.log(program.name).open("ab")
        with log:
            said_before = log.tell()
            with starting(program.command[0]):
                child = _Child(
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
        self._children[child.pid] = child
        try:
            created = _created(psutil.Process(child.pid))
        except psutil.NoSuchProcess:  # ended at once; `start` will say so
            created = 0.0
        entry = Started(
            pid=child.pid,
            boot=_boot(),
            created=created,
            stop_signal=int(program.stop_signal),
            grace=program.grace,
            log_from=said_before,
            wave=wave,
        )
        try:
            with self._home.changing("run") as known:
                known[program.name] = asdict(entry)
        except BaseException:  # nobody would find it again
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            raise

    def stop(self, name: str) -> None:
        """Stop a program: its signal, then its grace, then the kill of its whole group.

        Nothing happens when it is gone.
        """
        process = self.find(name)
        if process is not None:
            entry = self._started()[name]
            with suppress(psutil.NoSuchProcess):
                process.send_signal(entry.stop_signal)
            if not self._ends_within(entry.grace, process.pid):
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                self._ends_within(LAST_WAIT, process.pid)
        self._forget(name)

    def _ends_within(self, seconds: float, leader: int) -> bool:
        deadline = time.monotonic() + seconds
        while self._group_alive(leader):
            if time.monotonic() > deadline:
                return False
            self._reap(leader)
            time.sleep(0.02)
        self._reap(leader)
        return True

    def _reap(self, pid: int) -> None:
        """Take a dead child of ours off the process table; what another command started is not our child.

        Servers start in threads: another one may have done it in between.
        """
        if (child := self._children.get(pid)) is not None and child.poll() is not None:
            self._children.pop(pid, None)

    @staticmethod
    def _group_alive(leader: int) -> bool:
        """Whether any process of the group lives. The leader began the group, so its pid is the group's.

        The dead that nobody has buried do not count: in many containers process 1 never does.
        """
        try:
            os.killpg(leader, 0)
        except ProcessLookupError:
            return False
        for process in psutil.process_iter():
            with suppress(ProcessLookupError):
                if os.getpgid(process.pid) == leader and _lives(process):
                    return True
        return False

    def _forget(self, name: str) -> None:
        """Take a stopped program off the list. A full disk does not matter: on it, the dead do no harm."""
        with suppress(Trouble), self._home.changing("run") as known:
            known.pop(name, None)

    def _last_words(self, name: str, lines: int = 5) -> str:
        """The end of what a program said in this run, in one line, and where the rest is."""
        file = self.log(name)
        said: list[str] = []
        with suppress(FileNotFoundError), file.open("rb") as log:
            entry = self._started().get(name)
            begin = entry.log_from if entry else 0
            log.seek(max(begin, log.seek(0, os.SEEK_END) - TAIL))
            said = [
                line.strip() for line in log.read().decode(errors="replace").splitlines() if line.strip()
            ][-lines:]
        return (
            f"It last said: {' | '.join(line[:300] for line in said) or 'nothing'}. The whole log is {file}."
        )
