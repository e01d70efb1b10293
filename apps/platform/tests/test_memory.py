"""What keeps the one process of the embedded stack small; what it takes in all, `make bench` measures."""

import os
import platform
import subprocess
import sys
from collections.abc import Mapping

import pytest

from platform_app.apps import ALLOCATOR
from platform_app.processes import may_inherit

GROWN = """
import threading
from argon2 import PasswordHasher

def megabytes():
    pages = int(open("/proc/self/statm").read().split()[1])
    return pages * 4096 / 1e6

def hash():
    PasswordHasher(time_cost=1, memory_cost=19 * 1024, parallelism=1).hash("secret")

before = megabytes()
for _ in range(2):
    thread = threading.Thread(target=hash)
    thread.start()
    thread.join()
print(megabytes() - before)
"""


def said(code: str, environment: Mapping[str, str]) -> str:
    """What Python prints when it runs this code in a process that is told no more than that."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**may_inherit(os.environ), **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout.strip()


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another allocator")
def test_the_memory_of_a_hashed_password_goes_back_to_the_system() -> None:
    assert float(said(GROWN, {})) > 15  # MB: or else the setting is of no use any more
    assert float(said(GROWN, ALLOCATOR)) < 5


def test_the_one_process_loads_no_client_of_servers_that_it_does_without() -> None:
    code = "import sys, platform_app.all_in_one; print(*{'aiohttp', 'aio_pika'} & sys.modules.keys())"
    assert said(code, {}) == ""
