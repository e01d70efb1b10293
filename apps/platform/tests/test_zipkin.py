"""What Zipkin is started with."""

from pathlib import Path

import pytest

from apps.platform.tests.machine import Machine
from platform_app.home import Home
from platform_app.servers.account import Account
from platform_app.servers.zipkin import BUNDLE, Zipkin


def test_it_listens_on_loopback_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Machine(tmp_path / "bin", monkeypatch).install_java()
    home = Home("test", tmp_path / "state", tmp_path / "cache")
    folder = BUNDLE.folder(home.cache)
    folder.mkdir(parents=True)
    (folder / "zipkin-server.jar").touch()
    (program,) = Zipkin(home, 9411).programs()
    assert program.command[-5:] == [
        "-jar",
        str(folder / "zipkin-server.jar"),
        "--armeria.ports[0].ip=127.0.0.1",
        "--armeria.ports[0].port=9411",
        "--armeria.ports[0].protocols[0]=http",
    ]
    assert not program.ready()
    assert program.user == Account.of_servers().name
