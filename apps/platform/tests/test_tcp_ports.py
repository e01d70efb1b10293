"""Which ports a stack uses."""

import socket
from collections.abc import Iterator

import pytest

from platform_app.home import Home
from platform_app.tcp_ports import LOOPBACK, assign, free_port, is_free, is_open, require_free
from platform_app.trouble import Trouble


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server((LOOPBACK, 0)) as server:
        yield int(server.getsockname()[1])


def test_fixed_ports_unless_chosen_otherwise(home: Home) -> None:
    wanted = {"gateway": 8000, "mongod": 27117}
    assert assign(home, wanted, random=False, chosen={"gateway": 9000}) == {"gateway": 9000, "mongod": 27117}
    assert assign(home, wanted, random=False, chosen={}) == wanted


def test_random_ports_stay_and_do_not_outlast_the_wish(home: Home) -> None:
    first = assign(home, {"gateway": 8000}, random=True, chosen={})
    assert first["gateway"] != 8000
    assert assign(home, {"gateway": 8000}, random=True, chosen={}) == first
    assert assign(home, {"gateway": 8000}, random=False, chosen={}) == {"gateway": 8000}


def test_random_ports_differ_from_each_other(home: Home) -> None:
    wanted = {f"server-{number}": 1 for number in range(50)}
    ports = assign(home, wanted, random=True, chosen={})
    assert len(set(ports.values())) == 50


def test_a_taken_port_is_told_with_the_way_out(taken: int) -> None:
    assert is_open(taken)
    assert not is_free(taken)
    with pytest.raises(Trouble, match=f"Port {taken}, which gateway needs, is in use: .* with --port"):
        require_free({"mongod": free_port(), "gateway": taken}, {"gateway": "--port"})
    with pytest.raises(Trouble, match="--random-ports"):
        require_free({"mongod": taken}, {})


def test_free_ports_are_no_trouble() -> None:
    port = free_port()
    assert is_free(port)
    assert not is_open(port)
    require_free({"gateway": port}, {})


def test_random_ports_are_the_same_each_time_also_after_a_start_on_fixed_ones(home: Home) -> None:
    first = assign(home, {"a": 1, "b": 2}, random=True, chosen={})
    assert assign(home, {"a": 1, "b": 2}, random=False, chosen={}) == {"a": 1, "b": 2}
    assert assign(home, {"a": 1, "b": 2, "c": 3}, random=True, chosen={}).items() >= first.items()
