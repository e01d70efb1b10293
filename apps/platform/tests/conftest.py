"""Homes that the account of the databases can reach, whoever runs the tests."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from apps.platform.tests.bench import Bench
from apps.platform.tests.gateway import Gateway
from platform_app.home import Home
from platform_app.processes import Processes, Program
from platform_app.tcp_ports import LOOPBACK


@pytest.fixture(scope="session")
def cache() -> Iterator[Path]:
    """One cache for the whole run, so that servers are unpacked and downloaded once."""
    folder = Path(tempfile.mkdtemp(prefix="cc-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """The folders of a stack that starts no servers."""
    home = Home("test", tmp_path / "state", tmp_path / "cache")
    home.create()
    return home


@pytest.fixture
def place() -> Iterator[Path]:
    """A short folder for all to pass through; `tmp_path` is closed to the databases' account."""
    folder = Path(tempfile.mkdtemp(prefix="ct-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def stack(place: Path, cache: Path) -> Iterator[Bench]:
    stack = Bench(Home("test", place / "state", cache))
    stack.home.create()
    yield stack
    stack.down()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KB that can really be full."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = subprocess.run(
        ["/bin/mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if mount.returncode != 0:
        pytest.skip("this account may not mount a small disk")
    yield folder
    subprocess.run(["/bin/umount", str(folder)], check=True)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """A gateway on a port."""
    with Gateway() as server:
        Thread(target=server.serve_forever, args=(0.01,)).start()
        yield server
        server.shutdown()


@pytest.fixture
def up(place: Path, cache: Path, gateway: Gateway) -> Iterator[Path]:
    """The folder of an embedded stack that is up, of which that is the gateway."""
    home = Home("embedded", place / "embedded", cache)
    home.create()
    home.secret("user-operator")
    home.write("links", {"gateway": {"url": f"http://{LOOPBACK}:{gateway.server_port}"}})
    processes = Processes(home)
    sleeping = [sys.executable, "-c", "import time; time.sleep(600)"]
    processes.start(Program(name="gateway", command=sleeping, ready=lambda: True))
    yield place
    processes.stop("gateway")
