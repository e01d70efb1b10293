"""The command as a person meets it: what is in the way ends as one sentence on the error stream, status 1."""

import fcntl
import json
import os
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from platform_app.home import Home
from platform_app.tcp_ports import free_port
from tests.processes import eventually


def catalog(home: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["catalog", *arguments],
        env={**os.environ, "CATALOG_HOME": str(home), **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    """The one line a refusal consists of."""
    assert done.returncode == 1, done.stdout + done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith("catalog: ")
    return line.removeprefix("catalog: ")


def test_a_port_in_use_says_which_and_how_to_choose_another(place: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = sentence(catalog(place, "up", "--port", str(port)))
    assert said == (
        f"Port {port}, which gateway needs, is in use: stop what uses it, or choose another with --port."
    )


def test_a_home_that_cannot_be_made(place: Path) -> None:
    (place / "file").write_text("")
    said = sentence(catalog(place / "file" / "below", "up"))
    assert said.startswith(f"{place}/file/below")
    assert "set CATALOG_HOME" in said


def test_a_disk_with_too_little_room(small_disk: Path) -> None:
    said = sentence(catalog(small_disk, "up", "--random-ports"))
    assert said == (
        f"The disk that holds {small_disk}/embedded has 0 MB left and a stack needs 300 MB: "
        "free some space, then try again."
    )


def test_one_command_at_a_time(place: Path) -> None:
    (place / "embedded").mkdir()
    with (place / "embedded" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = sentence(catalog(place, "up"))
    assert said.startswith("Another catalog command is changing the embedded stack right now")


@pytest.mark.parametrize("missing", ["java", "RabbitMQ"])
def test_what_the_native_stack_misses_is_named_with_the_command_that_brings_it(
    missing: str, place: Path, tmp_path: Path
) -> None:
    if missing == "RabbitMQ" and Path("/usr/lib/rabbitmq/lib").exists():
        pytest.skip("RabbitMQ is installed here")
    (tmp_path / "bin").mkdir()
    catalog_path = Path(os.environ["PATH"].split(":")[0])
    (tmp_path / "bin" / "catalog").symlink_to(catalog_path / "catalog")
    done = catalog(
        place, "up", "--stack", "native", "--random-ports", PATH=str(tmp_path / "bin"), JAVA_HOME=""
    )
    assert "apt-get install -y" in sentence(done)


def test_logs_of_what_does_not_run(place: Path) -> None:
    assert sentence(catalog(place, "logs", "nothing")).startswith("There is no log of nothing")


def test_users_before_there_are_any(place: Path) -> None:
    assert sentence(catalog(place, "users")) == (
        "The embedded stack has no users yet: `catalog up --stack embedded` makes them."
    )


def test_what_others_say_cannot_steer_the_terminal(place: Path) -> None:
    assert "There is no log of \\x1b[2J\\n;" in sentence(catalog(place, "logs", "\x1b[2J\n"))


def test_a_damaged_stack_can_be_reset(place: Path) -> None:
    (place / "embedded").mkdir()
    (place / "embedded" / "run.json").write_text("{")
    done = catalog(place, "reset", "--yes")
    assert done.returncode == 0, done.stderr
    assert "run.json is damaged" in done.stdout
    assert not (place / "embedded").exists()


def test_a_stack_that_runs_keeps_its_port_and_shows_its_users_once(place: Path, cache: Path) -> None:
    here = {"CATALOG_CACHE": str(cache)}
    # As after a first start that failed half-way: there are secrets already.
    Home("embedded", place / "embedded", cache).create()
    Home("embedded", place / "embedded", cache).secret("user-reader")
    try:
        first = catalog(place, "up", "--random-ports", **here)
        assert first.returncode == 0, first.stderr
        assert "Demo users (shown once" in first.stdout
        ports = json.loads((place / "embedded" / "ports.json").read_text())
        pids = [one["pid"] for one in json.loads((place / "embedded" / "run.json").read_text()).values()]
        port, other = ports["ports"]["gateway"], free_port()
        said = sentence(catalog(place, "up", "--port", str(other), **here))
        assert said == f"The embedded stack runs on port {port}: `catalog down` first."
        again = catalog(place, "up", "--port", str(port), **here)
        assert again.returncode == 0, again.stderr
        assert "Demo users" not in again.stdout
        assert json.loads((place / "embedded" / "ports.json").read_text()) == ports
        run = json.loads((place / "embedded" / "run.json").read_text())
        assert [one["pid"] for one in run.values()] == pids
    finally:
        assert catalog(place, "reset", "--yes", **here).returncode == 0


def test_nothing_runs_and_nothing_is_there(place: Path) -> None:
    assert "Nothing is running" in catalog(place, "status").stdout
    assert catalog(place, "down").stdout == "Nothing was running.\n"
    assert catalog(place, "reset", "--yes").stdout == "The embedded stack has no data.\n"
    assert list(place.iterdir()) == [], "looking changes nothing"


DAMAGED = {
    "run": ['{"postgres": {}}', '{"postgres": 3}', '{"postgres": {"pid": "x"}}', "[", "[]"],
    "ports": ['{"ports": 3}', '{"ports": {"gateway": "x"}}', '{"free": []}', "["],
}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name in DAMAGED for text in DAMAGED[name]])
def test_what_is_damaged_is_named_with_the_way_out_and_the_way_out_works(
    place: Path, name: str, text: str
) -> None:
    (place / "embedded").mkdir()
    (place / "embedded" / f"{name}.json").write_text(text)
    for command in ("status", "down") if name == "run" else ("up",):
        assert sentence(catalog(place, command)) == (
            f"{place}/embedded/{name}.json is damaged: "
            "`catalog reset --stack embedded` begins anew (and deletes this stack's data)."
        )
    assert catalog(place, "reset", "--yes").returncode == 0
    assert not (place / "embedded").exists()


def test_an_interrupted_start_says_what_it_left(place: Path, cache: Path) -> None:
    env = {**os.environ, "CATALOG_HOME": str(place), "CATALOG_CACHE": str(cache)}
    starting = subprocess.Popen(
        ["catalog", "up", "--random-ports"],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell that starts tests in the background has them ignore it, and what they start, too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    run = place / "embedded" / "run.json"
    eventually(lambda: run.exists() and "postgres" in run.read_text(), within=60)
    starting.send_signal(signal.SIGINT)
    _, said = starting.communicate(timeout=60)
    assert said == "catalog: Interrupted: what this command had started is stopped again.\n"
    assert json.loads(run.read_text()) == {}
