"""A stack of small servers: brought up in waves, taken down in reverse, with and without troubles."""

import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
import pytest

from apps.platform.tests.bench import eventually
from platform_app.console import Steps
from platform_app.home import Home
from platform_app.processes import Processes, Program
from platform_app.servers import Say
from platform_app.stack import Link, Spare, Stack, bring_up, take_down
from platform_app.tcp_ports import free_port
from platform_app.trouble import Trouble

SERVE = "import time; print('serving', flush=True); time.sleep(60)"


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A server of one process that runs `code`; the troubles are what it cannot do."""

    name: str
    code: str = SERVE
    answers: bool = True
    unfit: str = ""
    unsettled: str = ""
    size: int = 0

    def to_fetch(self) -> int:
        return self.size

    def provision(self, say: Say) -> None:
        if self.unfit:
            raise Trouble(self.unfit)

    def programs(self) -> Sequence[Program]:
        return [
            Program(
                name=self.name,
                command=[sys.executable, "-c", self.code],
                ready=lambda: self.answers,
                patience=1.0,
            )
        ]

    def settle(self, say: Say) -> None:
        if self.unsettled:
            raise Trouble(self.unsettled)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home("test", tmp_path / "state", tmp_path / "cache")
    yield home
    if home.exists:
        take_down(home, Steps())


def stack(home: Home, *waves: list[Sample], spare: str = "", port: int = 0) -> Stack:
    return Stack(
        home=home,
        ports={spare: port or free_port()} if spare else {},
        waves=waves,
        links=[Link("gateway", "http://127.0.0.1:1")],
        optional={spare: Spare(spare, "It goes without.")} if spare else {},
    )


def alive(home: Home) -> list[str]:
    processes = Processes(home)
    return [name for name in processes.names() if processes.find(name)]


def test_all_of_it_runs_and_stops(home: Home) -> None:
    assert (
        bring_up(stack(home, [Sample(name="one"), Sample(name="two")], [Sample(name="three")]), Steps()) == []
    )
    assert sorted(alive(home)) == ["one", "three", "two"]
    assert sorted(take_down(home, Steps())) == ["one", "three", "two"]
    assert alive(home) == Processes(home).names() == []


def test_what_fails_takes_down_what_this_call_started(home: Home) -> None:
    broken = replace(Sample(name="broken"), unsettled="broken refuses.")
    bring_up(stack(home, [Sample(name="before")]), Steps())
    with pytest.raises(Trouble, match="broken refuses"):
        bring_up(stack(home, [Sample(name="before")], [Sample(name="fresh")], [broken]), Steps())
    assert alive(home) == ["before"]


def test_what_runs_but_does_not_answer_is_told_and_left_alone(home: Home) -> None:
    bring_up(stack(home, [Sample(name="one")]), Steps())
    before = Processes(home).find("one")
    with pytest.raises(Trouble) as refused:
        bring_up(stack(home, [Sample(name="one", answers=False)]), Steps())
    assert str(refused.value) == (
        "one runs since an earlier start but did not answer within 1 s: `catalog down`, then `catalog up`, "
        f"starts it anew. It last said: serving. The whole log is {home.logs / 'one.log'}."
    )
    assert Processes(home).find("one") == before is not None


@pytest.mark.parametrize(
    ("spare", "said"),
    [
        (Sample(name="spare", unfit="spare is not for this machine."), "spare is not for this machine."),
        (
            Sample(name="spare", code="print('no AVX'); raise SystemExit(1)", answers=False),
            "spare ended while it was starting",
        ),
        (Sample(name="spare", answers=False), "spare was not ready within 1 s and was stopped"),
        (Sample(name="spare", unsettled="spare has other secrets."), "spare has other secrets."),
    ],
)
def test_an_optional_server_is_missed_wherever_it_fails(home: Home, spare: Sample, said: str) -> None:
    (remark,) = bring_up(stack(home, [Sample(name="one"), spare], spare="spare"), Steps())
    assert remark.startswith(said)
    assert remark.endswith(" It goes without.")
    assert alive(home) == Processes(home).names() == ["one"]


@pytest.mark.parametrize(
    ("unfit", "said"), [("", "Port {port}, which spare needs, is in use"), ("no.", "no.")]
)
def test_the_port_of_an_optional_server_is_no_obstacle(home: Home, unfit: str, said: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
        spare = Sample(name="spare", unfit=unfit)
        (remark,) = bring_up(stack(home, [Sample(name="one"), spare], spare="spare", port=port), Steps())
    assert remark.startswith(said.format(port=port))
    assert alive(home) == ["one"]


def test_a_wave_of_nothing_but_missing_servers(home: Home) -> None:
    spare = Sample(name="spare", unfit="no.")
    assert bring_up(stack(home, [spare], spare="spare"), Steps()) == ["no. It goes without."]


def test_what_is_still_to_be_fetched_must_fit(home: Home) -> None:
    huge = Sample(name="huge", size=10**16)
    with pytest.raises(Trouble, match=r"MB left and a stack needs 20000000300 MB: free some space"):
        bring_up(stack(home, [Sample(name="one"), huge]), Steps())
    assert alive(home) == []


def test_the_disk_of_the_cache_counts_too(small_disk: Path, tmp_path: Path) -> None:
    home = Home("test", tmp_path / "state", small_disk / "cache")
    with pytest.raises(Trouble) as refused:
        bring_up(stack(home, [Sample(name="one", size=5_000_000)]), Steps())
    assert str(refused.value) == (
        f"The disk that holds {home.cache} has 0 MB left and the servers still to be fetched need 10 MB: "
        "free some space, then try again."
    )
    bring_up(stack(home, [Sample(name="one")]), Steps())
    take_down(home, Steps())


ON_STOP = (
    "import pathlib, signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit({then})); "
    "here = pathlib.Path({folder!r}); (here / 'up-{name}').touch(); time.sleep(60)"
)


def stopping(folder: Path, name: str, then: str) -> Sample:
    return Sample(name=name, code=ON_STOP.format(folder=str(folder), name=name, then=then))


def up_and_listening(home: Home, folder: Path, *waves: list[Sample]) -> None:
    bring_up(stack(home, *waves), Steps())
    names = [one.name for wave in waves for one in wave]
    eventually(lambda: all((folder / f"up-{name}").exists() for name in names))


def test_the_last_wave_is_stopped_first(home: Home, tmp_path: Path) -> None:
    note = "here.joinpath('order').open('a').write('{} ')"
    first = stopping(tmp_path, "first", note.format("first"))
    last = stopping(tmp_path, "last", f"(time.sleep(0.3), {note.format('last')})")
    up_and_listening(home, tmp_path, [first], [last])
    take_down(home, Steps())
    assert (tmp_path / "order").read_text() == "last first "


def test_a_wave_is_stopped_at_once(home: Home, tmp_path: Path) -> None:
    """Each of the two ends only after the other was told to."""
    meet = (
        "(here.joinpath('{me}').touch(), [time.sleep(0.02) for _ in range(400) "
        "if not here.joinpath('{you}').exists()], "
        "here.joinpath('met-{me}').touch() if here.joinpath('{you}').exists() else None)"
    )
    pair = [
        stopping(tmp_path, "a", meet.format(me="a", you="b")),
        stopping(tmp_path, "b", meet.format(me="b", you="a")),
    ]
    up_and_listening(home, tmp_path, pair)
    take_down(home, Steps())
    assert (tmp_path / "met-a").exists()
    assert (tmp_path / "met-b").exists()


def test_a_full_disk_hinders_neither_the_end_nor_the_deletion(small_disk: Path, tmp_path: Path) -> None:
    home = Home("test", small_disk / "state", tmp_path / "cache")
    home.create()
    processes = Processes(home)
    started = []
    for name in ("one", "two"):
        (program,) = Sample(name=name).programs()
        processes.start(program)
        started.append(processes.find(name))
    with (small_disk / "rest").open("wb", buffering=0) as rest, suppress(OSError):  # until it is full
        while True:
            rest.write(b"x" * 512)
    try:
        with home.locked():
            assert sorted(take_down(home, Steps())) == ["one", "two"]
            assert [one for one in started if one and one.is_running() and one.status() != "zombie"] == []
            assert alive(home) == []
            home.delete()
        assert not home.state.exists()
    finally:
        for process in started:
            with suppress(psutil.NoSuchProcess):
                assert process is not None
                process.kill()
