"""The account that the servers run as.

PostgreSQL refuses to be root, and a database of 2023 had better not be: run by root, all servers become
`nobody`. Run by anyone else they stay that person.

So root works in folders that belong to `nobody`, who could put a link in the place of anything there. Hence
every step below goes through the descriptor of an opened folder, and follows no link of another account.
"""

import errno
import os
import pwd
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from platform_app.home import disk_trouble
from platform_app.trouble import Trouble

UNPRIVILEGED = "nobody"
LOOK = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY  # one may pass through what one cannot read
OTHERS_FOLDERS = "set CATALOG_HOME and CATALOG_CACHE to folders it can reach"


@dataclass(frozen=True)
class Account:
    """An account of this machine; `name` is None when it is the one that runs this command."""

    name: str | None
    uid: int
    gid: int

    @classmethod
    def of_servers(cls) -> "Account":
        """`nobody` for root, else whoever runs this.

        Raises:
            Trouble: when there is no `nobody`.
        """
        if os.geteuid() != 0:
            return cls(None, os.geteuid(), os.getegid())
        try:
            entry = pwd.getpwnam(UNPRIVILEGED)
        except KeyError as error:
            raise Trouble(
                f"The servers do not run as root and there is no account {UNPRIVILEGED}: "
                "run this as another user."
            ) from error
        return cls(UNPRIVILEGED, entry.pw_uid, entry.pw_gid)

    def require_path(self, folder: Path, how: str = OTHERS_FOLDERS) -> None:
        """Make sure that the account can pass through `folder` and all that leads to it; `how` to help it.

        Never changes the mode of any of them. Judges by the plain permission bits: an access list that allows
        more goes unseen.

        Raises:
            Trouble: naming the first folder that is closed to it.
        """
        if self.name is None:
            return
        for step in (*reversed(folder.resolve().parents), folder.resolve()):
            if step.exists() and not self._passes(step):
                raise Trouble(
                    f"The account {self.name}, which the servers run as, cannot pass through {step}: "
                    f"{how}, or run this as another user."
                )

    def _passes(self, folder: Path) -> bool:
        about = folder.stat()
        if about.st_uid == self.uid:
            return bool(about.st_mode & stat.S_IXUSR)
        if about.st_gid == self.gid:
            return bool(about.st_mode & stat.S_IXGRP)
        return bool(about.st_mode & stat.S_IXOTH)

    def private_folder(self, folder: Path) -> None:
        """Make `folder`, which only the account may enter (0700). Its parent must exist.

        What is in it belongs to the account too, also what root made there in earlier versions.

        Raises:
            Trouble: when it cannot be made, or something is there already that another account made.
        """
        with self._inside(folder.parent) as parent:
            with suppress(FileExistsError):
                os.mkdir(folder.name, 0o700, dir_fd=parent)
            about = os.stat(folder.name, dir_fd=parent, follow_symlinks=False)
            # What lies in a place that all may write to, like /tmp, may be someone's trap.
            if not stat.S_ISDIR(about.st_mode) or about.st_uid not in (self.uid, os.geteuid()):
                raise Trouble(f"{folder} is not a folder that this command made: look at it, then remove it.")
            made = os.open(folder.name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=parent)
            try:
                if os.fstat(made).st_uid not in (self.uid, os.geteuid()):
                    raise Trouble(f"{folder} was exchanged while this command looked at it.")
                if os.fstat(made).st_uid != self.uid:
                    self._give(made)
                os.fchmod(made, 0o700)
            finally:
                os.close(made)

    def private_file(self, file: Path, text: str) -> None:
        """Write `file`, which only the account may read (0600), over what was there: whole or not at all.

        Raises:
            Trouble: when the disk does not take it.
        """
        part = f".{file.name}.{secrets.token_hex(4)}"
        with self._inside(file.parent) as parent:
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600, dir_fd=parent)
            try:
                with os.fdopen(descriptor, "w") as stream:
                    os.fchown(descriptor, self.uid, self.gid)
                    stream.write(text)
                os.rename(part, file.name, src_dir_fd=parent, dst_dir_fd=parent)
            except BaseException:
                os.unlink(part, dir_fd=parent)
                raise

    def private_link(self, link: Path, target: Path) -> None:
        """Make `link` lead to `target`, whatever it was before.

        Raises:
            Trouble: when the disk does not take it.
        """
        with self._inside(link.parent) as parent:
            with suppress(OSError):  # not there, or no link
                if os.readlink(link.name, dir_fd=parent) == str(target):
                    return
            with suppress(FileNotFoundError):
                os.unlink(link.name, dir_fd=parent)
            os.symlink(target, link.name, dir_fd=parent)

    def fresh_folder(self, folder: Path) -> None:
        """Make `folder` as `private_folder` does, empty: what an interrupted run left there goes.

        Raises:
            Trouble: when it cannot be made.
        """
        with self._inside(folder.parent) as parent, suppress(FileNotFoundError):
            shutil.rmtree(folder.name, dir_fd=parent)
        self.private_folder(folder)

    def move(self, source: Path, target: Path) -> None:
        """Rename what the account has made.

        Raises:
            Trouble: when the disk does not take it.
        """
        with self._inside(source.parent) as here, self._inside(target.parent) as there:
            os.rename(source.name, target.name, src_dir_fd=here, dst_dir_fd=there)

    def remove(self, file: Path) -> None:
        """Delete a file, if it is there.

        Raises:
            Trouble: when the disk does not let it go.
        """
        with self._inside(file.parent) as parent, suppress(FileNotFoundError):
            os.unlink(file.name, dir_fd=parent)

    @contextmanager
    def _inside(self, folder: Path) -> Iterator[int]:
        """The descriptor of a folder. On the way there, no link is followed that its owner could have placed.

        Raises:
            Trouble: when the way leads over such a link, and for what goes wrong with the disk inside.
        """
        with disk_trouble(folder):
            here = os.open("/", LOOK)
            try:
                for step in folder.absolute().parts[1:]:
                    ours = os.fstat(here).st_uid in (0, os.geteuid())
                    try:
                        below = os.open(step, LOOK | (0 if ours else os.O_NOFOLLOW), dir_fd=here)
                    except OSError as error:
                        if ours or error.errno not in (errno.ELOOP, errno.ENOTDIR):
                            raise
                        raise Trouble(
                            f"{step} on the way to {folder} is not a folder that this command made: "
                            "look at it, then remove it."
                        ) from error
                    os.close(here)
                    here = below
                yield here
            finally:
                os.close(here)

    def _give(self, folder: int) -> None:
        """Let the account own a folder that is ours, and all that is in it."""
        for _, folders, files, place in os.fwalk(".", dir_fd=folder, follow_symlinks=False):
            for name in (*folders, *files):
                os.chown(name, self.uid, self.gid, dir_fd=place, follow_symlinks=False)
        os.fchown(folder, self.uid, self.gid)
