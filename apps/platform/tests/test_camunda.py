"""What the engine is started with, in both flavours."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from apps.platform.tests.bench import quiet
from apps.platform.tests.machine import Machine
from platform_app.home import Home
from platform_app.repository import repository
from platform_app.servers.account import Account
from platform_app.servers.camunda import BUNDLES, USERS, Camunda, Database, Flavour, sources
from platform_app.servers.engine_setup import PROCESS, RIGHTS, EngineSetup
from platform_app.servers.maven import NATIVE
from platform_app.tcp_ports import free_port
from platform_app.trouble import Trouble

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


@pytest.mark.parametrize("flavour", ["camunda", "operaton"])
def test_users_may_only_what_they_were_given(tmp_path: Path, flavour: Flavour) -> None:
    settings: dict[str, Any] = json.loads(json.dumps(engine(tmp_path, flavour).settings()))
    assert settings[flavour]["bpm"]["authorization"] == {"enabled": True}


def test_the_poll_of_a_worker_that_has_gone_can_be_ended(tmp_path: Path) -> None:
    settings: dict[str, Any] = json.loads(json.dumps(engine(tmp_path, "camunda").settings()))
    parameters = settings["server"]["servlet"]["context-parameters"]
    assert parameters == {"fetch-and-lock-unique-worker-request": "true"}


def test_each_service_that_does_tasks_is_a_user_of_its_own(tmp_path: Path) -> None:
    server = engine(tmp_path, "camunda")
    assert tuple(sorted(RIGHTS)) == USERS
    assert len({server.password_of(name) for name in (*USERS, "catalog")}) == len(USERS) + 1
    assert server.url_of("store") == f"http://store:{server.password_of('store')}@127.0.0.1:8080/engine-rest"
    assert server.url_of("catalog") == f"http://catalog:{server.password}@127.0.0.1:8080/engine-rest"


def test_nobody_is_granted_more_than_a_process_of_ours() -> None:
    granted = {(right.type, right.id) for rights in RIGHTS.values() for right in rights}
    assert granted == {(6, "publish-offering"), (8, "*")}
    process = re.search(
        r'<bpmn:process id="([^"]+)"', (repository() / "bpmn/publish_offering.bpmn").read_text()
    )
    assert process is not None
    assert process[1] == PROCESS


def test_a_setup_does_not_tell_its_passwords(tmp_path: Path) -> None:
    setup = EngineSetup(
        url="http://catalog:secret@h/engine-rest",
        database="postgresql://camunda:secret@h/camunda",
        passwords={"store": "secret"},
        diagrams=(),
    )
    assert "secret" not in repr(setup)


def test_an_engine_that_cannot_be_set_up_is_a_trouble(tmp_path: Path) -> None:
    home = Home("test", tmp_path / "state", tmp_path / "cache")
    home.create()
    nowhere = Database(port=free_port(), name="camunda", user="camunda", password="database-secret")
    with pytest.raises(Trouble, match="Camunda could not be prepared for the services") as trouble:
        Camunda(home, free_port(), nowhere).settle(quiet)
    assert "secret" not in str(trouble.value)


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
