"""What the engine is started with, in both flavours."""

import json
from pathlib import Path
from typing import Any

import pytest

from apps.platform.tests.machine import Machine
from platform_app.home import Home
from platform_app.servers.account import Account
from platform_app.servers.camunda import BUNDLES, Camunda, Database, Flavour, sources
from platform_app.servers.maven import NATIVE

DATABASE = Database(port=5432, name="camunda", user="camunda", password="database-secret")


def engine(folder: Path, flavour: Flavour) -> Camunda:
    home = Home("test", folder / "state", folder / "cache")
    home.create()
    jars = BUNDLES[flavour].folder(home.cache)
    jars.mkdir(parents=True)
    (jars / "b.jar").touch()
    (jars / "a.jar").touch()
    return Camunda(home, 8080, DATABASE, flavour)


@pytest.mark.parametrize("flavour", ["camunda", "operaton"])
def test_secrets_are_in_the_environment_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flavour: Flavour
) -> None:
    Machine(tmp_path / "bin", monkeypatch).install_java()
    server = engine(tmp_path, flavour)
    (program,) = server.programs()
    line = " ".join(program.command)
    assert "database-secret" not in line
    assert server.password not in line
    settings: dict[str, Any] = json.loads(program.env["SPRING_APPLICATION_JSON"])
    assert settings[flavour]["bpm"]["admin-user"] == {"id": "catalog", "password": server.password}
    assert settings["spring"]["datasource"]["url"] == "jdbc:postgresql://127.0.0.1:5432/camunda"
    assert settings["spring"]["datasource"]["password"] == "database-secret"
    assert settings["server"]["address"] == "127.0.0.1"
    assert "database-secret" not in repr(server)


def test_the_jars_are_in_a_fixed_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Machine(tmp_path / "bin", monkeypatch).install_java()
    (program,) = engine(tmp_path, "camunda").programs()
    names = [Path(jar).name for jar in program.command[program.command.index("-cp") + 1].split(":")]
    assert names == ["a.jar", "b.jar"]
    assert program.user == Account.of_servers().name


def test_an_unknown_error_code_is_an_error(tmp_path: Path) -> None:
    settings: dict[str, Any] = json.loads(json.dumps(engine(tmp_path, "camunda").settings()))
    properties = settings["camunda"]["bpm"]["generic-properties"]["properties"]
    assert properties == {"enable-exceptions-after-unhandled-bpmn-error": True}


def test_the_fork_has_other_names() -> None:
    camunda, operaton = sources("camunda"), sources("operaton")
    assert "org.camunda.bpm.spring.boot.starter.rest.CamundaBpmRestJerseyAutoConfiguration" in camunda
    renamed = [name.replace("org.camunda", "org.operaton").replace("Camunda", "Operaton") for name in camunda]
    assert renamed == operaton
    assert camunda[-1] == f"file:{NATIVE / 'engine-rest-auth.xml'}"


def test_addresses(tmp_path: Path) -> None:
    server = engine(tmp_path, "operaton")
    assert server.name == "Operaton"
    assert server.url == "http://127.0.0.1:8080/engine-rest"
    assert server.cockpit == "http://127.0.0.1:8080/operaton/app/cockpit/default/"
