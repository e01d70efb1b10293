"""Lay something into the shared cache once, however many stacks and commands want it at the same time."""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from platform_app.home import disk_trouble, make_folder


def lay_once(folder: Path, fill: Callable[[Path], None]) -> Path:
    """Return `folder`, after `fill` has filled it if it was not there: whole or not at all.

    `fill` gets an empty folder beside it. Two commands at once wait for each other; what an interrupted one
    left is begun anew. Every account may read the result, because servers may run as another.

    Raises:
        Trouble: when the disk is full or not ours to write, and what `fill` raises.
    """
    if folder.exists():
        return folder
    with disk_trouble(folder.parent):
        make_folder(folder.parent)  # a bench or a test may be the first that wants something here
    with disk_trouble(folder.parent), folder.with_name(f".{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.exists():
            return folder
        part = folder.with_name(f".{folder.name}.part")
        if part.exists():
            shutil.rmtree(part)
        part.mkdir()
        try:
            fill(part)
            _open_to_all(part)
            part.rename(folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return folder


def _open_to_all(folder: Path) -> None:
    """Undo a strict umask: all may read, and run what its owner may run."""
    for place, _, files in os.walk(folder):
        Path(place).chmod(0o755)
        for name in files:
            file = Path(place, name)
            if not file.is_symlink():
                file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)
