"""The secrets of the compose files survive a kill at any moment."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from platform_app.apps import SERVICES, WRITERS
from platform_app.repository import repository
from platform_app.servers.camunda import USERS

SCRIPT = repository() / "compose" / "make_secrets.py"
EVERY = {
    "mongo_keyfile",
    "rabbitmq_definitions.json",
    *(f"{name}_password" for name in ("camunda_admin", "keycloak_admin", "mongo_root", "mongo_store")),
    *(f"{name}_password" for name in ("postgres", "postgres_camunda", "postgres_keycloak")),
    *(f"rabbitmq_{name}_password" for name in ("admin", "catalog")),
    "gateway_client_secret",
    "specification_client_secret",
    "web_session_secret",
    *(f"postgres_{name}_password" for name in WRITERS),
    *(f"rabbitmq_{name}_password" for name in SERVICES),
    *(f"{name}_database_url" for name in WRITERS),
    *(f"{name}_broker_url" for name in SERVICES),
    "store_mongo_url",
    "camunda_admin_url",
    "camunda_database_url",
    *(f"camunda_{name}_password" for name in USERS),
    *(f"{name}_engine_url" for name in USERS),
}


def python(code: str) -> subprocess.CompletedProcess[str]:
    head = f"import os, pathlib, sys; sys.path.insert(0, {str(SCRIPT.parent)!r}); import make_secrets; "
    return subprocess.run([sys.executable, "-c", head + code], capture_output=True, text=True, check=False)


def make(folder: Path) -> str:
    return subprocess.run(
        [sys.executable, str(SCRIPT), str(folder)], capture_output=True, text=True, check=True
    ).stdout


def test_a_kill_while_a_secret_is_made_leaves_none(tmp_path: Path) -> None:
    file = tmp_path / "postgres_password"
    killed = python(f"make_secrets.write_once(pathlib.Path({str(file)!r}), lambda: os.kill(os.getpid(), 9))")
    assert killed.returncode == -9
    assert not file.exists()
    make(tmp_path)
    assert len(file.read_text()) == 43


def test_an_empty_secret_is_a_missing_one(tmp_path: Path) -> None:
    (tmp_path / "postgres_password").touch()
    assert make(tmp_path) == f"{len(EVERY)} secrets written to {tmp_path}\n"
    assert len((tmp_path / "postgres_password").read_text()) == 43
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o444}
    assert {file.name for file in tmp_path.iterdir()} == EVERY


@pytest.mark.parametrize("lost", ["", None])
def test_the_broker_s_accounts_follow_a_password_that_was_made_anew(tmp_path: Path, lost: str | None) -> None:
    make(tmp_path)
    password = tmp_path / "rabbitmq_catalog_password"
    before = json.loads((tmp_path / "rabbitmq_definitions.json").read_text())["users"]
    password.unlink()
    if lost is not None:
        password.write_text(lost)
    assert make(tmp_path) == f"2 secrets written to {tmp_path}\n"
    after = json.loads((tmp_path / "rabbitmq_definitions.json").read_text())["users"]
    assert after[1]["password_hash"] != before[1]["password_hash"]


@pytest.mark.parametrize(
    ("password", "made_of_it"),
    [
        ("postgres_characteristic_password", {"characteristic_database_url"}),
        ("rabbitmq_characteristic_password", {"characteristic_broker_url", "rabbitmq_definitions.json"}),
    ],
)
def test_a_service_s_addresses_follow_a_password_that_was_made_anew(
    tmp_path: Path, password: str, made_of_it: set[str]
) -> None:
    make(tmp_path)
    before = {file.name: file.read_text() for file in tmp_path.iterdir()}
    (tmp_path / password).unlink()
    make(tmp_path)
    after = {file.name: file.read_text() for file in tmp_path.iterdir()}
    assert {name for name in after if after[name] != before[name]} == {password, *made_of_it}
    assert all(after[password] in after[name] for name in made_of_it if name.endswith("_url"))


def test_the_broker_s_definitions_follow_the_queues(tmp_path: Path) -> None:
    make(tmp_path)
    file = tmp_path / "rabbitmq_definitions.json"
    made = json.loads(file.read_text())
    file.unlink()
    file.write_text(json.dumps({**made, "queues": []}))
    assert make(tmp_path) == f"1 secrets written to {tmp_path}\n"
    after = json.loads(file.read_text())
    assert {key: after[key] for key in made if key != "users"} == {
        key: made[key] for key in made if key != "users"
    }
