"""The account that a database server runs as.

PostgreSQL refuses to be root, and a database of 2023 had better not be: run by root, they become `nobody`.
Run by anyone else they stay that person.
"""

import os
import pwd
import shutil
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from platform_app.home import disk_trouble
from platform_app.trouble import Trouble

UNPRIVILEGED = "nobody"


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
                f"The databases do not run as root and there is no account {UNPRIVILEGED}: "
                "run this as another user."
            ) from error
        return cls(UNPRIVILEGED, entry.pw_uid, entry.pw_gid)

    def require_path(self, folder: Path) -> None:
        """Make sure that the account can pass through `folder` and all that leads to it.

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
                    f"The account {self.name}, which the databases run as, cannot pass through {step}: "
                    "set CATALOG_HOME and CATALOG_CACHE to folders it can reach, or run this as another user."
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

        Raises:
            Trouble: when it cannot be made, or something is there already that another account made.
        """
        with disk_trouble(folder.parent):
            with suppress(FileExistsError):
                folder.mkdir(mode=0o700)
            about = folder.lstat()
            # What lies in a place that all may write to, like /tmp, may be someone's trap.
            if not stat.S_ISDIR(about.st_mode) or about.st_uid not in (self.uid, os.geteuid()):
                raise Trouble(f"{folder} is not a folder that this command made: look at it, then remove it.")
            os.chown(folder, self.uid, self.gid, follow_symlinks=False)
            folder.chmod(0o700)

    def private_file(self, file: Path, text: str) -> None:
        """Write `file`, which only the account may read (0600), over what was there.

        Raises:
            Trouble: when the disk does not take it.
        """
        with disk_trouble(file.parent):
            file.unlink(missing_ok=True)
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
                os.fchown(stream.fileno(), self.uid, self.gid)
                stream.write(text)

    def fresh_folder(self, folder: Path) -> None:
        """Make `folder` as `private_folder` does, empty: what an interrupted run left there goes.

        Raises:
            Trouble: when it cannot be made.
        """
        with disk_trouble(folder.parent):
            if folder.exists():
                shutil.rmtree(folder)
        self.private_folder(folder)
