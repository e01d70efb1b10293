"""What RabbitMQ is configured with, and what is said when it is not installed."""

import stat
from pathlib import Path

import pytest

from apps.platform.tests.machine import Machine
from platform_app.home import Home
from platform_app.servers.account import Account
from platform_app.servers.rabbitmq import INSTALLED, RabbitMQ, installed
from platform_app.tcp_ports import free_port
from platform_app.trouble import Trouble


@pytest.fixture
def rabbitmq(place: Path) -> RabbitMQ:
    home = Home("test", place / "state", place / "cache")
    home.create()
    return RabbitMQ(home, 5672, 15672, 25672, 4369)


def lay(folder: Path, version: str) -> Path:
    program = folder / f"rabbitmq_server-{version}" / "sbin" / "rabbitmq-server"
    program.parent.mkdir(parents=True)
    program.touch()
    return program


def test_the_script_inside_the_package_is_used(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Machine(place / "bin", monkeypatch).install("epmd", "")
    program = lay(place, "3.10.8")
    assert installed(place) == (program, place / "bin" / "epmd")


def test_without_it_a_sentence_names_the_package(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(place / "bin", monkeypatch)
    said = "The native stack needs RabbitMQ, which is not installed: apt-get install -y rabbitmq-server"
    machine.install("epmd", "")
    with pytest.raises(Trouble, match=said):
        installed(place)
    lay(place, "3.10.8")
    (machine.folder / "epmd").unlink()
    with pytest.raises(Trouble, match=said):
        installed(place)


def test_the_configuration_knows_one_user_and_only_loopback(rabbitmq: RabbitMQ) -> None:
    assert rabbitmq.configuration().splitlines() == [
        "listeners.tcp.1 = 127.0.0.1:5672",
        "management.tcp.ip = 127.0.0.1",
        "management.tcp.port = 15672",
        "default_user = catalog",
        f"default_pass = {rabbitmq.password}",
        "default_vhost = catalog",
        "default_user_tags.administrator = true",
        "vm_memory_high_watermark.absolute = 512MB",
        "disk_free_limit.absolute = 100MB",
        "log.console = true",
        "log.console.use_colors = off",
        "log.file = false",
    ]
    assert rabbitmq.url == f"amqp://catalog:{rabbitmq.password}@127.0.0.1:5672/catalog"


def test_nobody_else_can_read_it(rabbitmq: RabbitMQ) -> None:
    rabbitmq.write_configuration()
    data = rabbitmq.home.data("rabbitmq")
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert {one.stat().st_uid for one in (data, *data.iterdir())} == {Account.of_servers().uid}
    assert stat.S_IMODE((data / "rabbitmq.conf").stat().st_mode) == 0o600
    assert (data / "enabled_plugins").read_text() == "[rabbitmq_management].\n"


@pytest.mark.skipif(not INSTALLED.exists(), reason="RabbitMQ is not installed here")
def test_as_root_it_becomes_the_account_of_the_servers(rabbitmq: RabbitMQ) -> None:
    assert {program.user for program in rabbitmq.programs()} == {Account.of_servers().name}


def test_nothing_of_a_machine_wide_broker_is_used(rabbitmq: RabbitMQ) -> None:
    data = rabbitmq.home.data("rabbitmq")
    environment = rabbitmq.environment()
    assert {value for name, value in environment.items() if value.startswith("/") and name != "HOME"} == {
        str(data / name)
        for name in (
            "mnesia",
            "log",
            "rabbitmq.conf",
            "conf.d",
            "advanced.config",
            "rabbitmq-env.conf",
            "enabled_plugins",
        )
    }
    assert environment["HOME"] == str(data)
    assert (environment["ERL_EPMD_PORT"], environment["RABBITMQ_DIST_PORT"]) == ("4369", "25672")
    assert rabbitmq.password not in environment.values()
    assert not RabbitMQ(rabbitmq.home, free_port(), free_port(), 0, 0).ready()
