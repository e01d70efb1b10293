"""Where a stack keeps its things: secrets, ports, data, logs; and the cache of binaries all stacks share."""

import errno
import fcntl
import json
import os
import re
import secrets
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platform_app.trouble import Trouble

_TURNS = threading.RLock()

ROOM = 300_000_000
"""Bytes that must be free where a stack keeps its data: what the empty databases take, and some for logs."""


def default_state() -> Path:
    """The folder of all stacks: CATALOG_HOME, else a system folder for root, else the user's XDG data folder.

    Root does not use its own home: PostgreSQL refuses to run as root, and the account it runs as cannot
    enter a home folder of mode 0700.
    """
    if chosen := os.environ.get("CATALOG_HOME"):
        return Path(chosen).absolute()
    if os.geteuid() == 0:
        return Path("/var/lib/catalog")
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "catalog"


def default_cache() -> Path:
    """The folder of unpacked servers, safe to delete: CATALOG_CACHE, a system folder for root, else XDG."""
    if chosen := os.environ.get("CATALOG_CACHE"):
        return Path(chosen).absolute()
    if os.geteuid() == 0:
        return Path("/var/cache/catalog")
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "catalog"


def write_private(file: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    part = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(file)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def make_folder(folder: Path) -> None:
    """Make `folder` and its parents where missing, for all to enter even under a strict umask."""
    missing = [step for step in (folder, *folder.parents) if not step.exists()]
    for step in reversed(missing):
        step.mkdir(exist_ok=True)
        step.chmod(0o755)


def _number(error: OSError) -> int | None:
    """The number of an error. That of `shutil.Error` is in the text of what it has collected."""
    if error.errno is None and isinstance(error, shutil.Error):
        found = [int(number) for number in re.findall(r"\[Errno (\d+)\]", str(error))]
        full = [number for number in found if number in (errno.ENOSPC, errno.EDQUOT)]
        return next(iter(full or found), None)
    return error.errno


@contextmanager
def disk_trouble(folder: Path) -> Iterator[None]:
    """Turn a disk that is full, read-only or not ours into a sentence.

    Start no program inside: that one is missing is another sentence, see `starting`.

    Raises:
        Trouble: naming the folder and what to do.
    """
    try:
        yield
    except OSError as error:
        place, number = error.filename or folder, _number(error)
        reason = os.strerror(number) if number is not None else str(error)
        match number:
            case errno.ENOSPC | errno.EDQUOT:
                said = f"The disk that holds {folder} is full: free some space, then try again."
            case errno.EACCES | errno.EPERM | errno.EROFS:
                said = (
                    f"{place} cannot be used ({reason}): give yourself the right to write there, "
                    "or set CATALOG_HOME and CATALOG_CACHE to folders of yours."
                )
            case errno.ENOTDIR | errno.EEXIST | errno.ELOOP | errno.ENAMETOOLONG:
                said = (
                    f"{place} cannot be used ({reason}): "
                    "set CATALOG_HOME and CATALOG_CACHE to folders of yours."
                )
            case _:
                said = f"{place} cannot be used: {reason}."
        raise Trouble(said) from error


def _require_free(folder: Path, needed: int, who: str) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise Trouble(
            f"The disk that holds {folder} has {free // 1_000_000} MB left and {who} "
            f"{needed // 1_000_000} MB: free some space, then try again."
        )


@dataclass(frozen=True)
class Home:
    """The folders of one stack.

    Everything below `state` belongs to it alone; `cache` is shared by all stacks.
    """

    stack: str
    state: Path
    cache: Path

    @classmethod
    def of(cls, stack: str) -> "Home":
        """The home of `stack` under the default folders; nothing is created yet."""
        return cls(stack, default_state() / stack, default_cache())

    def create(self) -> None:
        """Make the folders.

        The state folder may be passed through (0711) but not listed, because PostgreSQL runs as another
        account when this runs as root; what is secret in it is 0600 itself.

        Raises:
            Trouble: when they cannot be made.
        """
        with disk_trouble(self.state):
            for folder in (self.state, self.state / "data", self.logs, self.cache):
                make_folder(folder)
            self.state.chmod(0o711)
            self.logs.chmod(0o700)

    @property
    def exists(self) -> bool:
        """Whether this stack has ever been started here.

        Raises:
            Trouble: when this account may not look.
        """
        with disk_trouble(self.state):
            return self.state.exists()

    @property
    def logs(self) -> Path:
        """The folder with one log file per process."""
        return self.state / "logs"

    def data(self, server: str) -> Path:
        """The data folder of one server; the server's own module creates it with the mode it needs."""
        return self.state / "data" / server

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let one `catalog` command at a time change this stack.

        Raises:
            Trouble: when another one is at it.
        """
        self.create()
        # Only its owner can open it: another account that holds it would keep us out.
        with disk_trouble(self.state):
            descriptor = os.open(self.state / "lock", os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w") as lock:
            os.fchmod(descriptor, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise Trouble(
                    f"Another catalog command is changing the {self.stack} stack right now: "
                    "wait until it ends, then try again."
                ) from error
            yield

    def read(self, name: str) -> dict[str, Any]:
        """The JSON document `name` ("secrets", "ports", "run"), or {} when there is none.

        Raises:
            Trouble: when it is not JSON, or not ours to read.
        """
        file = self.state / f"{name}.json"
        try:
            document = json.loads(file.read_text())
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise Trouble(
                f"{file} cannot be read ({error.strerror}): the {self.stack} stack belongs to the account "
                "that started it, so be that one, or set CATALOG_HOME to a folder of yours."
            ) from error
        except ValueError as error:
            raise self.damaged(name) from error
        if not isinstance(document, dict):
            raise self.damaged(name)
        return document

    def damaged(self, name: str) -> Trouble:
        """What to say of a document that is not what was written; whoever finds it so raises it."""
        return Trouble(
            f"{self.state / f'{name}.json'} is damaged: "
            f"`catalog reset --stack {self.stack}` begins anew (and deletes this stack's data)."
        )

    def write(self, name: str, document: dict[str, Any]) -> None:
        """Write the JSON document `name`, readable by its owner only, whole or not at all."""
        with disk_trouble(self.state):
            write_private(self.state / f"{name}.json", json.dumps(document, indent=2) + "\n")

    @contextmanager
    def changing(self, name: str) -> Iterator[dict[str, Any]]:
        """Give the JSON document `name` to be changed, and write it after the block.

        Servers start in threads, so this takes turns; between commands `locked` does.
        """
        with _TURNS:
            document = self.read(name)
            before = json.dumps(document)
            yield document
            if json.dumps(document) != before:
                self.write(name, document)

    def secret(self, name: str) -> str:
        """The secret `name` of this stack, generated on first use (160 random bits, URL-safe) and kept."""
        with self.changing("secrets") as known:
            return str(known.setdefault(name, secrets.token_urlsafe(20)))

    def require_room(self, to_fetch: int = 0) -> None:
        """Refuse to begin what a full disk would end half-way; `to_fetch` are the bytes the cache will take.

        Raises:
            Trouble: naming the disk, what is left of it and what is needed.
        """
        self.create()
        if self.state.stat().st_dev == self.cache.stat().st_dev:
            _require_free(self.state, ROOM + to_fetch, "a stack needs")
        else:
            _require_free(self.state, ROOM, "a stack needs")
            _require_free(self.cache, to_fetch, "the servers still to be fetched need")

    def delete(self) -> None:
        """Delete everything of this stack; the cache stays.

        It is moved away first: whoever starts the stack meanwhile starts in a folder that stays.
        """
        with disk_trouble(self.state):
            for old in self.state.parent.glob(f".{self.stack}.gone-*"):  # an interrupted deletion
                shutil.rmtree(old)
            gone = self.state.with_name(f".{self.stack}.gone-{secrets.token_hex(4)}")
            self.state.rename(gone)
            shutil.rmtree(gone)
