"""Stopping: requests in flight are answered, nobody new is taken, and nothing hangs for ever."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from platform_app.tcp_ports import free_port
from tests.processes import eventually, running

pytestmark = pytest.mark.real

APP = str(Path(__file__).with_name("slow_app.py"))


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def service(port: int, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    with running([APP, str(port), "4"], {}, tmp_path / "log") as process:
        eventually(lambda: _get(port, "/healthz").status_code == 200)
        yield process


def _get(port: int, path: str) -> httpx.Response:
    try:
        return httpx.get(f"http://127.0.0.1:{port}{path}", timeout=10, trust_env=False)
    except httpx.TransportError as error:
        raise ConnectionError(str(error)) from error


class _Asking(threading.Thread):
    """A request in the background."""

    def __init__(self, port: int, path: str) -> None:
        super().__init__()
        self._port, self._path = port, path
        self.answer: httpx.Response | Exception | None = None

    def run(self) -> None:
        try:
            self.answer = _get(self._port, self._path)
        except ConnectionError as error:
            self.answer = error


def test_a_request_in_flight_is_answered_and_the_exit_is_clean(
    service: subprocess.Popen[bytes], port: int
) -> None:
    asking = _Asking(port, "/slow?seconds=2")
    asking.start()
    time.sleep(0.3)
    begin = time.monotonic()
    service.send_signal(signal.SIGTERM)
    eventually(lambda: _get(port, "/readyz").json()["status"] == "stopping", within=0.9)
    asking.join(5)
    assert isinstance(asking.answer, httpx.Response)
    assert (asking.answer.status_code, asking.answer.json()) == (200, "done")
    assert service.wait(5) == 0
    assert 1.0 <= time.monotonic() - begin <= 4.0, "a second of farewell, then as long as the request takes"


def test_nobody_is_refused_in_the_second_of_farewell_and_nobody_taken_after(
    service: subprocess.Popen[bytes], port: int
) -> None:
    service.send_signal(signal.SIGTERM)
    assert _get(port, "/slow?seconds=0").status_code == 200
    assert service.wait(5) == 0
    with pytest.raises(ConnectionError):
        _get(port, "/healthz")


def test_a_second_signal_changes_nothing(service: subprocess.Popen[bytes], port: int) -> None:
    asking = _Asking(port, "/slow?seconds=1.5")
    asking.start()
    time.sleep(0.3)
    for _ in range(3):
        service.send_signal(signal.SIGTERM)
        time.sleep(0.1)
    asking.join(5)
    assert isinstance(asking.answer, httpx.Response)
    assert asking.answer.status_code == 200
    assert service.wait(5) == 0


@pytest.mark.parametrize("handler", ["slow", "wedged"])
def test_a_handler_that_hangs_does_not_keep_the_process(
    service: subprocess.Popen[bytes], port: int, handler: str
) -> None:
    asking = _Asking(port, f"/{handler}?seconds=60")
    asking.start()
    time.sleep(0.3)
    begin = time.monotonic()
    service.send_signal(signal.SIGTERM)
    assert service.wait(8) == 70, "the hard stop, which this service has at 4 s"
    assert time.monotonic() - begin < 6
    asking.join(5)
    assert isinstance(asking.answer, ConnectionError)


def test_a_signal_while_the_parts_close_changes_nothing(port: int, tmp_path: Path) -> None:
    with running([APP, str(port), "8", "2"], {}, tmp_path / "log") as process:
        eventually(lambda: _get(port, "/healthz").status_code == 200)
        process.send_signal(signal.SIGTERM)
        eventually(lambda: "adapter closing" in (tmp_path / "log").read_text())
        process.send_signal(signal.SIGTERM)
        assert process.wait(8) == 0
    assert "adapter closed" in (tmp_path / "log").read_text()


def test_a_signal_while_the_parts_start_stops_it_cleanly(port: int, tmp_path: Path) -> None:
    with running([APP, str(port), "8", "1", "2"], {}, tmp_path / "log") as process:
        eventually(lambda: "adapter opening" in (tmp_path / "log").read_text())
        process.send_signal(signal.SIGTERM)
        assert process.wait(8) == 0
    assert "adapter closed" in (tmp_path / "log").read_text()


def test_a_log_that_nobody_reads_does_not_keep_the_process(port: int) -> None:
    reader, writer = os.pipe()
    process = subprocess.Popen([sys.executable, APP, str(port), "3"], stderr=writer)
    try:
        os.close(writer)
        eventually(lambda: _get(port, "/healthz").status_code == 200)
        asking = _Asking(port, "/chatty")
        asking.start()
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        assert process.wait(8) == 70
        asking.join(5)
    finally:
        os.close(reader)
        if process.poll() is None:
            process.kill()
        process.wait(5)


def test_a_port_in_use_is_one_line(service: subprocess.Popen[bytes], port: int, tmp_path: Path) -> None:
    with running([APP, str(port)], {}, tmp_path / "second") as second:
        assert second.wait(20) == 1
    assert (tmp_path / "second").read_text() == f"cannot listen on 127.0.0.1:{port}: Address already in use\n"
