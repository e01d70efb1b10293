"""Start a process of ours for a test, and always stop it by its pid."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from platform_app.processes import may_inherit

T = TypeVar("T")


def eventually(check: Callable[[], T], within: float = 10.0) -> T:
    """Ask until the answer is true, and return it; fail with the last error after `within` seconds."""
    deadline = time.monotonic() + within
    while True:
        failure: Exception | None = None
        try:
            if answer := check():
                return answer
        except (OSError, AssertionError) as error:
            failure = error
        if time.monotonic() > deadline:
            raise AssertionError(f"not so within {within} s") from failure
        time.sleep(0.02)


@contextmanager
def running(arguments: Sequence[str], env: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run `python ARGUMENTS` with this environment and nothing else; its output goes to `log`."""
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            env={**may_inherit(os.environ), **env},
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(10)
