"""Programs that outlive the command which started them."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from apps.platform.tests.bench import eventually
from platform_app.home import Home
from platform_app.processes import Processes, Program, _Child
from platform_app.trouble import Trouble


@pytest.fixture
def processes(home: Home) -> Iterator[Processes]:
    processes = Processes(home)
    yield processes
    for name in processes.names():
        processes.stop(name)


def program(
    code: str, ready: Callable[[], bool] = lambda: True, patience: float = 20.0, grace: float = 10.0
) -> Program:
    return Program(
        name="sample", command=[sys.executable, "-c", code], ready=ready, patience=patience, grace=grace
    )


def shows(processes: Processes, word: str) -> Callable[[], bool]:
    """Ready as soon as the log says the word."""
    return lambda: word in processes.log("sample").read_text()


SERVE = "import time; print('serving', flush=True); time.sleep(60)"


def test_it_is_started_once_and_another_command_finds_it(home: Home, processes: Processes) -> None:
    sample = program(SERVE, shows(processes, "serving"))
    processes.start(sample)
    found = processes.find("sample")
    assert found is not None
    processes.start(sample)
    other = Processes(home)
    assert other.find("sample") == found
    assert other.names() == ["sample"]
    assert os.getsid(found.pid) == found.pid
    processes.stop("sample")
    assert not found.is_running()
    assert other.find("sample") is None
    assert other.names() == []


def test_another_command_stops_it(home: Home, processes: Processes) -> None:
    processes.start(program(SERVE, shows(processes, "serving")))
    begun = time.monotonic()
    Processes(home).stop("sample")  # leaves a corpse that only its parent, we, could bury
    assert time.monotonic() - begun < 5
    assert processes.find("sample") is None


def test_a_program_that_dies_is_told_with_its_last_words_of_this_run(processes: Processes) -> None:
    processes.log("sample").write_text("what an earlier run said\n")
    dying = program("print('one'); print('no such table'); raise SystemExit(3)", ready=lambda: False)
    with pytest.raises(Trouble) as trouble:
        processes.start(dying)
    assert str(trouble.value) == (
        "sample ended while it was starting. It last said: one | no such table. "
        f"The whole log is {processes.log('sample')}."
    )
    assert processes.names() == []


def test_a_program_that_dies_while_another_answers_is_not_taken_for_ready(processes: Processes) -> None:
    dying = program("raise SystemExit('the port is taken')")

    def ready() -> bool:
        eventually(lambda: processes.find("sample") is None)
        return True

    with pytest.raises(Trouble, match=r"ended while it was starting\. It last said: the port is taken"):
        processes.start(replace(dying, ready=ready))


def test_a_program_that_is_never_ready_is_stopped_and_told(processes: Processes) -> None:
    pids: list[int] = []

    def ready() -> bool:
        found = processes.find("sample")
        pids.extend([found.pid] if found else [])
        return False

    with pytest.raises(Trouble, match="sample was not ready within 0 s and was stopped"):
        processes.start(program(SERVE, ready, patience=0.3))
    assert not psutil.pid_exists(pids[0])
    assert processes.names() == []


def test_one_of_an_earlier_start_is_not_stopped_when_it_does_not_answer(processes: Processes) -> None:
    processes.start(program(SERVE, shows(processes, "serving")))
    found = processes.find("sample")
    with pytest.raises(Trouble) as trouble:
        processes.start(program(SERVE, lambda: False, patience=0.2))
    assert str(trouble.value) == (
        "sample runs since an earlier start but did not answer within 0 s: `catalog down`, then "
        f"`catalog up`, starts it anew. It last said: serving. The whole log is {processes.log('sample')}."
    )
    assert processes.find("sample") == found is not None


def test_two_threads_may_bury_the_same_child(processes: Processes) -> None:
    """The other thread comes in between: while this one asks whether the child is dead."""

    class Dead(_Child):
        def poll(self) -> int:
            del processes._children[self.pid]
            return super().wait()

    child = Dead([sys.executable, "-c", ""])
    processes._children[child.pid] = child
    assert processes.find("sample") is None
    assert processes._children == {}


def test_trouble_while_waiting_stops_it(processes: Processes) -> None:
    def ready() -> bool:
        raise Trouble("the data belongs to someone else.")

    with pytest.raises(Trouble, match="belongs to someone else"):
        processes.start(program(SERVE, ready))
    assert processes.names() == []


def test_a_missing_program_is_told(processes: Processes) -> None:
    with pytest.raises(Trouble, match="/nowhere/server cannot be started: No such file or directory"):
        processes.start(Program(name="sample", command=["/nowhere/server"], ready=lambda: True))
    assert processes.names() == []


def test_after_its_grace_the_whole_group_is_killed(tmp_path: Path, processes: Processes) -> None:
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    child = f"{deaf}; print('child', flush=True); import time; time.sleep(60)"
    parent = (
        f"{deaf}; import subprocess, sys, pathlib\n"
        f"child = subprocess.Popen([sys.executable, '-c', {child!r}])\n"
        f"pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(child.pid)); child.wait()"
    )
    processes.start(program(parent, shows(processes, "child"), grace=0.3))
    leader = processes.find("sample")
    assert leader is not None
    processes.stop("sample")
    grandchild = int((tmp_path / "pid").read_text())
    assert not leader.is_running()
    eventually(lambda: not psutil.pid_exists(grandchild) or psutil.Process(grandchild).status() == "zombie")


def test_its_signal_lets_it_end_by_itself(processes: Processes) -> None:
    polite = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (print('goodbye', flush=True), sys.exit(0)))\n" + SERVE
    )
    processes.start(program(polite, shows(processes, "serving")))
    processes.stop("sample")
    assert processes.log("sample").read_text() == "serving\ngoodbye\n"


@pytest.mark.parametrize("change", [{"created": 1.0}, {"boot": "another"}])
def test_a_pid_that_belongs_to_something_else_is_left_alone(
    home: Home, processes: Processes, change: dict[str, object]
) -> None:
    processes.start(program(SERVE, shows(processes, "serving")))
    entry = home.read("run")["sample"]
    with subprocess.Popen([sys.executable, "-c", SERVE], stdout=subprocess.DEVNULL) as stranger:
        try:
            born = psutil.Process(stranger.pid).create_time() - psutil.boot_time()
            home.write("run", {"sample": {**entry, "pid": stranger.pid, "created": born, **change}})
            assert processes.find("sample") is None
            processes.stop("sample")
            assert stranger.poll() is None
        finally:
            stranger.kill()
    home.write("run", {"sample": entry})


def test_only_what_a_server_needs_is_inherited(processes: Processes) -> None:
    code = "import os, time; print(*os.environ, 'told', flush=True); time.sleep(60)"
    os.environ["PGPASSWORD"] = "secret"
    try:
        processes.start(
            Program(
                name="sample",
                command=[sys.executable, "-c", code],
                ready=shows(processes, "told"),
                env={"SAMPLE": "1"},
            )
        )
    finally:
        del os.environ["PGPASSWORD"]
    said = processes.log("sample").read_text().split()
    assert "SAMPLE" in said
    assert "PATH" in said
    assert "PGPASSWORD" not in said


def test_what_cannot_be_remembered_does_not_run(small_disk: Path, tmp_path: Path) -> None:
    home = Home("test", small_disk / "state", tmp_path / "cache")
    home.create()
    with pytest.raises(Trouble, match="is full"):
        home.write("filling", {"text": "x" * 100_000})
    with (small_disk / "rest").open("wb", buffering=0) as rest, suppress(OSError):  # until it is full
        while True:
            rest.write(b"x" * 512)
    marker = f"marker-{tmp_path.name}"
    with pytest.raises(Trouble, match=f"The disk that holds {home.state} is full"):
        Processes(home).start(program(f"'{marker}'; {SERVE}"))
    commands = [" ".join(found.info["cmdline"] or []) for found in psutil.process_iter(["cmdline"])]
    assert [command for command in commands if marker in command] == []
